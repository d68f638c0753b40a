"""What becomes of a cart that an order was being made of, and of an order that could not be placed."""

from domain.access import Caller
from domain.cart import CART_ID, Cart
from domain.order import REJECTED, Order, OrderFence, ShortLine
from usecases.again import again
from usecases.holding import free
from usecases.ports.store import AlreadyExists, Change, VersionConflict
from usecases.redeeming import free_uses
from usecases.shop import Shop


async def settled_cart(shop: Shop, caller: Caller, cart: Cart) -> Cart:
    """The cart after its claim was settled: closed where its order was placed, open again where not.

    An order that is still being placed is rejected first, and where none was written yet a fence takes
    its id, so that a stalled attempt can neither place nor write it later. Safe to run at any moment
    and by several at once.
    """
    if cart.claim is None:
        return cart
    order = await shop.store.get(Order, cart.claim.order_id, cart.user_id)
    order = order or await _fenced(shop, caller, cart)
    if order is not None:
        order = await rejected(shop, caller, order, ())
    if order is not None and order.is_placed:
        await close_cart(shop, caller, cart)
    else:
        await give_back(shop, caller, cart)
    return await shop.store.get(Cart, CART_ID, cart.user_id) or cart


async def close_cart(shop: Shop, caller: Caller, cart: Cart) -> None:
    """The cart became an order: the next one is empty. Somebody else may have done it already."""
    await _tried(shop, caller, cart.closed(shop.ids.new(), shop.clock.now()))


async def give_back(shop: Shop, caller: Caller, cart: Cart) -> None:
    """The attempt failed: the cart is open again. Somebody else may have done it already."""
    await _tried(shop, caller, cart.given_back())


async def rejected(
    shop: Shop,
    caller: Caller,
    order: Order,
    short: tuple[ShortLine, ...],
    *,
    used_up: tuple[str, ...] = (),
) -> Order:
    """End an attempt: the order is rejected *first*, then everything it held is freed, its codes' uses too.

    If it was placed meanwhile, it stays placed and keeps its holds: the answer tells which. Safe to
    repeat: an order that is rejected already frees its own holds again. Its deadline is cleared last,
    so that the watchdog goes on where a crash left off.
    """
    ended = await again(shop, lambda: _reject(shop, caller, order, short, used_up))
    if ended.is_placed:
        return ended
    await free(shop, caller, ended)
    await free_uses(shop, caller, ended)
    if ended.due is not None:
        await _tried(shop, caller, ended.waiting(None))
    return ended


async def _reject(
    shop: Shop,
    caller: Caller,
    order: Order,
    short: tuple[ShortLine, ...],
    used_up: tuple[str, ...],
) -> Order:
    fresh = await shop.store.get(Order, order.id, order.user_id)
    assert fresh is not None, "orders are never removed"
    if fresh.is_placed or fresh.status == REJECTED:
        return fresh
    ending = fresh.rejected(short, shop.clock.now(), used_up=used_up)
    change = Change(by=caller, puts=(ending,))
    done = await shop.store.commit(change)
    ended: Order = done.entities[0]
    return ended


async def _fenced(shop: Shop, caller: Caller, cart: Cart) -> Order | None:
    """Take the id of an order that was never written; the order, if it was written just now."""
    assert cart.claim is not None
    fence = OrderFence(id=cart.claim.order_id, user_id=cart.user_id)
    try:
        await shop.store.commit(Change(by=caller, puts=(fence,)))
    except AlreadyExists:
        return await shop.store.get(Order, cart.claim.order_id, cart.user_id)
    return None


async def _tried(shop: Shop, caller: Caller, entity: Cart | Order) -> None:
    try:
        await shop.store.commit(Change(by=caller, puts=(entity,)))
    except VersionConflict:
        return
