"""The hands of the participants: each outside effect of the saga, under its key.

An effect answers whether it was done. One whose outcome is unknown raises a passing fault and is
repeated under the same key; only those that the saga calls refusable may be refused.
"""

from contextlib import suppress

from domain.access import Caller
from domain.order import Order
from domain.order_events import Facts, parcel_facts
from domain.saga import Do, Word, inventory, logistics
from domain.saga.words import BUY_LABEL
from domain.shipment import LabelAsked, Shipment, TrackingEvent, asked_id, shipment_id
from usecases.again import again
from usecases.holding import Taking, correct, free, sell, short_lines, take
from usecases.ports.carriers import Label, NoLabel
from usecases.ports.payments import Declined
from usecases.ports.store import AlreadyExists, Change
from usecases.shop import Shop


async def inventory_does(shop: Shop, caller: Caller, order: Order, do: Do) -> bool:
    """Assert, free, sell or put right what the order holds."""
    match do.verb:
        case "reserve":
            return await _reserve(shop, caller, order)
        case "release":
            await free(shop, caller, order)
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
            return await _label(shop, caller, order, do.key_for(order.order_id))
        case "void":
            return await _void(shop, caller, order, do.key_for(order.order_id))
        case _:
            raise ValueError(f"logistics cannot {do.verb}")


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
    shipment = await _shipment_of(shop, order)
    return parcel_facts(shipment) if shipment else {}


async def _reserve(shop: Shop, caller: Caller, order: Order) -> bool:
    for line in order.items:
        if await take(shop, caller, order, line) is not Taking.HELD:
            return False
    return True


async def _charge(shop: Shop, order: Order, key: str) -> bool:
    try:
        intent = await shop.payments.capture(order.payment.intent_id, key=key)
    except Declined:
        return False
    assert intent.received == order.totals.total, "the network took another amount than the order's"
    return True


async def _refund(shop: Shop, order: Order, key: str) -> bool:
    await shop.payments.refund(order.payment.intent_id, order.totals.total, key=key)
    return True


async def _label(shop: Shop, caller: Caller, order: Order, key: str) -> bool:
    """Buy the label; that it is asked for is written first, so that a cancellation finds it."""
    asked = LabelAsked(id=asked_id(order.order_id), order_id=order.order_id)
    with suppress(AlreadyExists):
        await shop.store.commit(Change(by=caller, puts=(asked,)))
    return await _bought(shop, caller, order, key)


async def _bought(shop: Shop, caller: Caller, order: Order, key: str) -> bool:
    address = order.shipping_address.model_dump()
    id_, method = shipment_id(order.order_id), order.shipping.method
    try:
        label = await shop.carriers.buy_label(id_, address, method=method, key=key)
    except NoLabel:
        return False
    shipment = _shipment(shop, order, label)
    with suppress(AlreadyExists):  # written by an earlier try, with the same label
        await shop.store.commit(Change(by=caller, puts=(shipment,)))
    return True


async def _void(shop: Shop, caller: Caller, order: Order, key: str) -> bool:
    """Void the label, if there is one: also one that was asked for and whose answer nobody has."""
    shipment = await _shipment_of(shop, order)
    if shipment is None and await _was_asked(shop, order):
        await _bought(shop, caller, order, BUY_LABEL.key_for(order.order_id))
        shipment = await _shipment_of(shop, order)
    if shipment is not None:
        await shop.carriers.void_label(shipment.tracking_number, key=key)
        await again(shop, lambda: _voided(shop, caller, order))
    return True


async def _was_asked(shop: Shop, order: Order) -> bool:
    id_ = asked_id(order.order_id)
    return await shop.store.get(LabelAsked, id_, order.order_id) is not None


async def _shipment_of(shop: Shop, order: Order) -> Shipment | None:
    return await shop.store.get(Shipment, shipment_id(order.order_id), order.order_id)


async def _voided(shop: Shop, caller: Caller, order: Order) -> None:
    shipment = await _shipment_of(shop, order)
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
