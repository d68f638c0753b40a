"""The order's one label: whose it is to be is decided once and written down before any carrier hears of it."""

from typing import Final

from domain.access import Caller
from domain.carrier import CarrierService, advised_service, our_own
from domain.order import Order
from domain.saga.words import BUY_LABEL, VOID_LABEL
from domain.shipment import LabelWish, Shipment, TrackingEvent, shipment_id, wish_id
from usecases import advising
from usecases.again import again
from usecases.ports.carriers import Label, NoLabel
from usecases.ports.store import Change
from usecases.shop import Shop

CARRIER_SELECTION: Final = ("logistics-carrier-selection", "select_carrier")


async def buy_label(shop: Shop, caller: Caller, order: Order) -> bool:
    """Buy the label, or find it bought; ``False`` where no carrier takes the parcel or it was called off.

    The agent is asked once in an order's life, and never makes a parcel fail that our own carrier takes.
    """
    wish = await _asked(shop, caller, order)
    if wish.off or wish.bought:
        return wish.bought
    label = await _bought(shop, order, wish)
    if label is None and _is_advised(shop, order, wish):
        wish = await _written(shop, caller, wish.but(service=_own(shop, order), attempt=1))
        label = await _bought(shop, order, wish)
    if label is None:
        return False
    puts = (wish.but(bought=True), _shipment(shop, order, label))
    await shop.store.commit(Change(by=caller, puts=puts))
    return True


async def void_label(shop: Shop, caller: Caller, order: Order) -> None:
    """Give the label of a scheduled parcel back to its carrier. Safe to repeat."""
    id_ = shipment_id(order.order_id)
    shipment = await shop.store.get(Shipment, id_, order.order_id)
    assert shipment is not None, "a scheduled parcel was written before its word"
    key = VOID_LABEL.key_for(order.order_id)
    await shop.carriers.void_label(shipment.carrier, shipment.tracking_number, key=key)
    await again(shop, lambda: _voided(shop, caller, order))


async def call_off_label(shop: Shop, caller: Caller, order: Order) -> None:
    """No label is bought for the order any more; one that a stalled step has bought is voided.

    A step that bought a label and did not get to say so is overtaken by a cancellation that knows of none.
    """
    id_ = wish_id(order.order_id)
    wish = await shop.store.get(LabelWish, id_, order.order_id)
    if wish is not None and wish.bought:
        await void_label(shop, caller, order)
        return
    wish = wish or LabelWish(id=id_, order_id=order.order_id, asked=False)
    if not wish.off:
        wish = await _written(shop, caller, wish.but(off=True))
    label = await _bought(shop, order, wish) if wish.asked else None
    if label is not None:
        key = VOID_LABEL.key_for(order.order_id)
        await shop.carriers.void_label(label.carrier, label.tracking_number, key=key)


async def _asked(shop: Shop, caller: Caller, order: Order) -> LabelWish:
    """The wish for the label, with the service that is decided on; of two that are written at once one wins."""
    id_ = wish_id(order.order_id)
    found = await shop.store.get(LabelWish, id_, order.order_id)
    if found is not None:
        return found
    service = await _advised(shop, caller, order) or _own(shop, order)
    wish = LabelWish(id=id_, order_id=order.order_id, asked=True, service=service)
    return await _written(shop, caller, wish)


async def _advised(shop: Shop, caller: Caller, order: Order) -> CarrierService | None:
    """What the agent recommends; it hears where the parcel goes, and not to whom."""
    place = order.shipping_address
    payload = {
        "tracking_id": shipment_id(order.order_id),
        "order_id": order.order_id,
        "service_level": order.shipping.method,
        "destination": {
            "country": place.country,
            "state": place.state,
            "postal_code": place.postal_code,
        },
    }
    answer = await advising.ask(shop, caller, CARRIER_SELECTION, payload)
    return advised_service(order.shipping.method, answer, shop.carriers.names)


async def _written(shop: Shop, caller: Caller, wish: LabelWish) -> LabelWish:
    done = await shop.store.commit(Change(by=caller, puts=(wish,)))
    written: LabelWish = done.entities[0]
    return written


async def _bought(shop: Shop, order: Order, wish: LabelWish) -> Label | None:
    """The label of the wish's service, the same however often it is asked for; ``None`` where it is refused."""
    key = BUY_LABEL.key_for(order.order_id)
    try:
        return await shop.carriers.buy_label(
            shipment_id(order.order_id),
            order.shipping_address.model_dump(),
            service=wish.service or _own(shop, order),
            key=f"{key}:{wish.attempt}" if wish.attempt else key,
        )
    except NoLabel:
        return None


def _own(shop: Shop, order: Order) -> CarrierService:
    return our_own(order.shipping.method, shop.carriers.names)


def _is_advised(shop: Shop, order: Order, wish: LabelWish) -> bool:
    """Whether another service than ours was asked, so that there is ours to fall back to."""
    return wish.service not in (None, _own(shop, order))


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
