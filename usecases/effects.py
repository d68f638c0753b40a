"""The hands of the participants: each outside effect of the saga, under its key.

An effect answers whether it was done. One whose outcome is unknown raises a passing fault and is
repeated under the same key; only those that the saga calls refusable may be refused.
"""

from domain.access import Caller
from domain.order import Order, OrderNotFound
from domain.order_events import Facts, parcel_facts
from domain.saga import Do, Word, inventory, logistics
from domain.saga.words import BUY_LABEL, VOID_LABEL
from domain.shipment import LabelWish, Shipment, TrackingEvent, shipment_id, wish_id
from usecases.again import again
from usecases.holding import Taking, correct, free, sell, short_lines, take
from usecases.ports.carriers import Label, NoLabel
from usecases.ports.payments import Declined
from usecases.ports.store import Change
from usecases.redeeming import free_uses
from usecases.shop import Shop


async def inventory_does(shop: Shop, caller: Caller, order: Order, do: Do) -> bool:
    """Assert, free, sell or put right what the order holds; its uses of codes are freed with its stock."""
    match do.verb:
        case "reserve":
            return await _reserve(shop, caller, order)
        case "release":
            await free(shop, caller, order)
            await free_uses(shop, caller, order)
        case "sell":
            await sell(shop, caller, order)
        case "correct":
            await correct(shop, caller, order)
        case _:
            raise ValueError(f"inventory cannot {do.verb}")
    return True


async def payment_does(shop: Shop, caller: Caller, order: Order, do: Do) -> bool:
    """Capture, cancel or refund at the card network."""
    key, intent_id = do.key_for(order.order_id), order.payment.intent_id
    match do.verb:
        case "charge":
            return await _charge(shop, order, key)
        case "refund":
            return await _refund(shop, order, key)
        case "stop" if intent_id:
            await shop.payments.cancel(intent_id, key=key)
        case "stop":
            return True
        case _:
            raise ValueError(f"payment cannot {do.verb}")
    return True


async def logistics_does(shop: Shop, caller: Caller, order: Order, do: Do) -> bool:
    """Buy or void the label at the carrier."""
    match do.verb:
        case "label":
            return await _label(shop, caller, order)
        case "void":
            return await _void(shop, caller, order)
        case _:
            raise ValueError(f"logistics cannot {do.verb}")


async def logistics_prevents(shop: Shop, caller: Caller, order: Order) -> None:
    """No label is bought for the order any more; one that a stalled step has bought is voided.

    A step that bought a label and did not get to say so is overtaken by a cancellation that knows of none.
    """
    id_ = wish_id(order.order_id)
    wish = await shop.store.get(LabelWish, id_, order.order_id)
    if wish is not None and wish.bought:
        await _void(shop, caller, order)
        return
    wish = wish or LabelWish(id=id_, order_id=order.order_id, asked=False)
    if not wish.off:
        await shop.store.commit(Change(by=caller, puts=(wish.but(off=True),)))
    label = await _bought(shop, order) if wish.asked else None
    if label is not None:
        key = VOID_LABEL.key_for(order.order_id)
        await shop.carriers.void_label(label.tracking_number, key=key)


async def inventory_knows(shop: Shop, order: Order, word: Word) -> Facts:
    """Which lines failed, where the word is that they did."""
    if word.phase != inventory.Phase.FAILED:
        return {}
    return {"failed_items": [line.model_dump() for line in await short_lines(shop, order)]}


async def payment_knows(shop: Shop, order: Order, word: Word) -> Facts:
    """Nothing beside the order itself."""
    return {}


async def logistics_knows(shop: Shop, order: Order, word: Word) -> Facts:
    """The parcel, where there is one."""
    if word.phase in (logistics.Phase.NOTHING, logistics.Phase.FAILED):
        return {}
    shipment = await shop.store.get(Shipment, shipment_id(order.order_id), order.order_id)
    return parcel_facts(shipment) if shipment else {}


async def _reserve(shop: Shop, caller: Caller, order: Order) -> bool:
    for line in order.items:
        if await take(shop, caller, order, line) is not Taking.HELD:
            return False
    return True


async def _charge(shop: Shop, order: Order, key: str) -> bool:
    try:
        intent = await shop.payments.capture(_intent_id(order), key=key)
    except Declined:
        return False
    assert intent.received == order.totals.total, "the network took another amount than the order's"
    return True


async def _refund(shop: Shop, order: Order, key: str) -> bool:
    await shop.payments.refund(_intent_id(order), order.totals.total, key=key)
    return True


def _intent_id(order: Order) -> str:
    """The order's payment, which was noted before its authorisation was heard.

    Raises ``OrderNotFound`` where this process does not see the order as it is by now: ask again later.
    """
    if not order.payment.intent_id:
        raise OrderNotFound(order_id=order.order_id)
    return order.payment.intent_id


async def _label(shop: Shop, caller: Caller, order: Order) -> bool:
    wish = await _asked(shop, caller, order)
    if wish.off or wish.bought:
        return wish.bought
    label = await _bought(shop, order)
    if label is None:
        return False
    puts = (wish.but(bought=True), _shipment(shop, order, label))
    await shop.store.commit(Change(by=caller, puts=puts))
    return True


async def _asked(shop: Shop, caller: Caller, order: Order) -> LabelWish:
    """The wish for the label, written before the carrier hears of it."""
    id_ = wish_id(order.order_id)
    found = await shop.store.get(LabelWish, id_, order.order_id)
    if found is not None:
        return found
    wish = LabelWish(id=id_, order_id=order.order_id, asked=True)
    done = await shop.store.commit(Change(by=caller, puts=(wish,)))
    written: LabelWish = done.entities[0]
    return written


async def _bought(shop: Shop, order: Order) -> Label | None:
    """The order's one label, the same however often it is asked for."""
    address = order.shipping_address.model_dump()
    id_, method = shipment_id(order.order_id), order.shipping.method
    try:
        return await shop.carriers.buy_label(
            id_, address, method=method, key=BUY_LABEL.key_for(order.order_id)
        )
    except NoLabel:
        return None


async def _void(shop: Shop, caller: Caller, order: Order) -> bool:
    id_ = shipment_id(order.order_id)
    shipment = await shop.store.get(Shipment, id_, order.order_id)
    assert shipment is not None, "a scheduled parcel was written before its word"
    key = VOID_LABEL.key_for(order.order_id)
    await shop.carriers.void_label(shipment.tracking_number, key=key)
    await again(shop, lambda: _voided(shop, caller, order))
    return True


async def _voided(shop: Shop, caller: Caller, order: Order) -> None:
    shipment = await shop.store.get(Shipment, shipment_id(order.order_id), order.order_id)
    assert shipment is not None
    event = TrackingEvent(
        event_id=f"{order.order_id}:void",
        status="cancelled",
        timestamp=shop.clock.now(),
        description="The label was given back.",
    )
    changed = shipment.seen(event)
    if changed is not shipment:
        await shop.store.commit(Change(by=caller, puts=(changed,)))


def _shipment(shop: Shop, order: Order, label: Label) -> Shipment:
    now = shop.clock.now()
    bought = TrackingEvent(
        event_id=f"{order.order_id}:label",
        status="label_created",
        timestamp=now,
        description="The label was bought.",
    )
    return Shipment(
        id=shipment_id(order.order_id),
        order_id=order.order_id,
        user_id=order.user_id,
        carrier=label.carrier,
        service_level=label.service_level,
        tracking_number=label.tracking_number,
        destination=order.shipping_address,
        estimated_delivery=label.estimated_delivery,
        events=(bought,),
        created_at=now,
        updated_at=now,
    )
