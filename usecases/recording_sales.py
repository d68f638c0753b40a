"""Writing down what the figures are made of: one fact for each placed order and for each new customer.

An event only says that there is something to look at; what is written is the order as it is, joined with what is
written already. So no event that comes late, twice or out of order changes a figure.
"""

from datetime import date
from typing import Any, Final

from domain.access import Caller
from domain.entity import Entity
from domain.events import Event
from domain.newcomer import Newcomer
from domain.order import Order
from domain.participant import RecordedWord, word_id
from domain.period import day_of
from domain.product import ProductPointer, pointer_id
from domain.roll_up_state import LATE_ID, LateDay
from domain.sale import Sale, sale_id, sale_period
from usecases.again import again
from usecases.orders import order_named_by, told_order
from usecases.ports.faults import NotVisible
from usecases.ports.store import Change
from usecases.shop import Shop

OF_THE_ORDER: Final = frozenset({"OrderCreated", "OrderCancelled"})
OF_ITS_MONEY: Final = frozenset({"PaymentProcessed", "RefundProcessed"})
"""No other event tells of anything that a figure counts."""


async def hear_order(shop: Shop, by: Caller, event: Event) -> None:
    """An order was placed or cancelled: its sale is written down as the order is now.

    Safe to repeat, at once and in any order. Raises ``OrderNotFound`` and ``NotVisible`` while this process sees
    less than the event tells, and the passing faults of the ports.
    """
    if event.event_type not in OF_THE_ORDER:
        return
    order = await told_order(shop, event)
    await _record(shop, by, order, await _word(shop, order))


async def hear_payment(shop: Shop, by: Caller, event: Event) -> None:
    """Money moved: the sale is written down with what our books say of it. As safe as ``hear_order``."""
    if event.event_type not in OF_ITS_MONEY or "return_id" in event.data:
        return
    order = await order_named_by(shop, event)
    word = await _word(shop, order)
    if not order.is_placed or (word.sequence if word else 0) < event.sequence:
        raise NotVisible(f"payment of {order.order_id} at {event.sequence}")
    await _record(shop, by, order, word)


async def hear_user(shop: Shop, by: Caller, event: Event) -> None:
    """Somebody opened an account: a new customer is counted, once. Staff are none. Safe to repeat."""
    user_id = event.data.get("user_id")
    if event.event_type != "UserCreated" or event.data.get("role") != "customer" or not user_id:
        return
    newcomer = Newcomer.of(shop.secret, str(user_id), day_of(event.timestamp))

    async def step() -> None:
        if await shop.store.get(Newcomer, newcomer.id, newcomer.period) is None:
            await _commit(shop, by, newcomer, day_of(event.timestamp))

    await again(shop, step)


async def _word(shop: Shop, order: Order) -> RecordedWord | None:
    id = word_id("payment", order.order_id)
    return await shop.store.get(RecordedWord, id, order.user_id)


async def _record(shop: Shop, by: Caller, order: Order, recorded: RecordedWord | None) -> None:
    word = recorded.word if recorded else None

    async def step() -> None:
        there = await shop.store.get(Sale, sale_id(order.order_id), sale_period(order))
        if there is None:
            sale = Sale.of(order, word, await _categories(shop, order))
        else:
            sale = there.joined(Sale.of(order, word, {}))
        if sale != there:
            await _commit(shop, by, sale, day_of(order.created_at))

    await again(shop, step)


async def _categories(shop: Shop, order: Order) -> dict[str, str]:
    """Where each product of the order stands now; one that is gone stands nowhere."""
    found: dict[str, str] = {}
    for product_id in dict.fromkeys(line.product_id for line in order.items):
        place = pointer_id(product_id)
        pointer = await shop.store.get(ProductPointer, place, place)
        if pointer is not None:
            found[product_id] = pointer.target
    return found


async def _commit(shop: Shop, by: Caller, fact: Entity, day: date) -> None:
    """The fact, and where its day has ended the mark that it has changed, in one batch."""
    puts: tuple[Any, ...] = (fact,)
    if day < day_of(shop.clock.now()):
        there = await shop.store.get(LateDay, LATE_ID, fact.partition)
        mark = there or LateDay(period=fact.partition, day=day)
        puts = (fact, mark.but(changes=mark.changes + 1))
    await shop.store.commit(Change(by=by, puts=puts))
