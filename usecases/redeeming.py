"""Uses of codes: taken for an order after its stock is held, and freed when it comes to nothing.

Each step is one commit in the code's partition, keyed by the order, so each is safe to repeat, at once and
in any order. The limit of all and that of one customer are guarded in the same batch: neither can be overrun.
"""

from functools import partial

from domain.access import Caller
from domain.order import AppliedPromotion, Order
from domain.promotion import PROMOTION_ID, Promotion
from domain.redemption import CustomerUses, PromotionUse, customer_id, use_id
from usecases.again import again
from usecases.holding import Taking
from usecases.ports.store import AlreadyExists, Change, GuardRefused, Take
from usecases.shop import Shop


async def redeem(shop: Shop, caller: Caller, order: Order, applied: AppliedPromotion) -> Taking:
    """Take a use of the code for the order: one guarded batch, no read, so a hot code does not spin.

    A customer's first use makes the counter; a later one takes from it, in a second batch. Asked again it
    finds the use and changes nothing.
    """
    use = _use(shop, order, applied)
    try:
        try:
            await shop.store.commit(_first(caller, use, applied))
        except AlreadyExists as conflict:
            if conflict.entity_id == use.id:
                return await _found(shop, use)
            await shop.store.commit(_later(caller, use, applied))
    except GuardRefused:
        return Taking.SHORT
    except AlreadyExists:
        return await _found(shop, use)
    return Taking.HELD


async def free_uses(shop: Shop, caller: Caller, order: Order) -> None:
    """Give back every use that the order has taken.

    One that was never taken gets a mark, which keeps a stalled attempt from taking it later.
    """
    for applied in order.promotions:
        await again(shop, partial(_free, shop, caller, order, applied))


async def _free(shop: Shop, caller: Caller, order: Order, applied: AppliedPromotion) -> None:
    use = await shop.store.get(PromotionUse, use_id(order.order_id), applied.code)
    if use is None:
        mark = _use(shop, order, applied).freed()
        await shop.store.commit(Change(by=caller, puts=(mark,)))
    elif use.is_taken:
        takes = (*_of_all(applied, -1), *_of_customer(use, -1))
        await shop.store.commit(Change(by=caller, puts=(use.freed(),), takes=takes))


async def _found(shop: Shop, use: PromotionUse) -> Taking:
    found = await shop.store.get(PromotionUse, use.id, use.code)
    return Taking.HELD if found is not None and found.is_taken else Taking.ENDED


def _first(caller: Caller, use: PromotionUse, applied: AppliedPromotion) -> Change:
    """The use, with the counter that is made by it where the code counts customers."""
    takes = _of_all(applied, 1)
    if applied.per_customer is None:
        return Change(by=caller, puts=(use,), takes=takes)
    counter = CustomerUses(id=use.customer, code=use.code, left=applied.per_customer - 1)
    return Change(by=caller, puts=(use, counter), takes=takes)


def _later(caller: Caller, use: PromotionUse, applied: AppliedPromotion) -> Change:
    takes = (*_of_customer(use, 1), *_of_all(applied, 1))
    return Change(by=caller, puts=(use,), takes=takes)


def _of_all(applied: AppliedPromotion, uses: int) -> tuple[Take, ...]:
    if not applied.is_limited:
        return ()
    return (Take(Promotion, PROMOTION_ID, applied.code, "left", uses),)


def _of_customer(use: PromotionUse, uses: int) -> tuple[Take, ...]:
    return (Take(CustomerUses, use.customer, use.code, "left", uses),) if use.customer else ()


def _use(shop: Shop, order: Order, applied: AppliedPromotion) -> PromotionUse:
    counted = applied.per_customer is not None
    return PromotionUse(
        id=use_id(order.order_id),
        code=applied.code,
        order_id=order.order_id,
        customer=customer_id(shop.secret, order.user_id, order.email) if counted else "",
    )
