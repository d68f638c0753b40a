"""The hands of the participants: each outside effect of the saga, under its key.

An effect answers whether it was done. One whose outcome is unknown raises a passing fault and is
repeated under the same key; only those that the saga calls refusable may be refused.
"""

from domain.access import Caller
from domain.order import Order, OrderNotFound
from domain.order_events import Facts, parcel_facts
from domain.saga import Do, Word, inventory, logistics
from domain.shipment import Shipment, shipment_id
from usecases.holding import Taking, correct, free, sell, short_lines, take
from usecases.labelling import buy_label, void_label
from usecases.ports.payments import Declined
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
            return await buy_label(shop, caller, order)
        case "void":
            await void_label(shop, caller, order)
        case _:
            raise ValueError(f"logistics cannot {do.verb}")
    return True


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
    """Give all of it back; what somebody has given back at the network already is done."""
    intent_id, total = _intent_id(order), order.totals.total
    try:
        await shop.payments.refund(intent_id, total, key=key)
    except Declined:
        intent = await shop.payments.retrieve(intent_id)
        if intent is None or intent.refunded != total:
            raise
    return True


def _intent_id(order: Order) -> str:
    """The order's payment, which was noted before its authorisation was heard.

    Raises ``OrderNotFound`` where this process does not see the order as it is by now: ask again later.
    """
    if not order.payment.intent_id:
        raise OrderNotFound(order_id=order.order_id)
    return order.payment.intent_id
