"""Stock and holds: taking, freeing, selling and putting right, each once for an order.

Every step is one commit in the SKU's partition, keyed by the order, so each is safe to repeat, at
once and in any order. A hold is freed or sold exactly once, never both.
"""

from enum import Enum
from functools import partial
from typing import Final

from domain.access import Caller
from domain.errors import NotFound
from domain.hold import RELEASED_TTL_SECONDS, Hold, HoldState, hold_id
from domain.order import Order, OrderLine, ShortLine
from domain.stock import STOCK_ID, Stock, StockCause
from usecases.again import again
from usecases.ports.store import AlreadyExists, Change, GuardRefused, Take
from usecases.relaying import relay
from usecases.shop import Shop

CAUSES: Final[dict[HoldState, StockCause]] = {
    "released": "release",
    "sold": "sale",
    "gone": "adjustment",
}
"""Why stock moves when a hold comes into that state."""


class Taking(Enum):
    """What became of an attempt to hold a line."""

    HELD = "held"
    SHORT = "short"
    ENDED = "ended"
    """The order's hold was freed or sold before: somebody has decided about the order meanwhile."""


class NoStock(NotFound):
    """The SKU has no stock document."""

    code = "STOCK_NOT_FOUND"
    message = "Nothing is known of the stock of this SKU."


async def take(shop: Shop, caller: Caller, order: Order, line: OrderLine) -> Taking:
    """Hold the line's pieces for the order: one guarded batch, no read, so a hot SKU does not spin.

    Asked again it finds the hold and changes nothing.
    """
    hold = _hold(order, line)
    guard = Take(Stock, STOCK_ID, line.sku, "available", line.quantity)
    try:
        await shop.store.commit(Change(by=caller, puts=(hold,), takes=(guard,)))
    except GuardRefused:
        return Taking.SHORT
    except AlreadyExists:
        found = await shop.store.get(Hold, hold.id, line.sku)
        return Taking.HELD if found is not None and found.is_held else Taking.ENDED
    return Taking.HELD


async def free(shop: Shop, caller: Caller, order: Order) -> None:
    """Make everything that the order holds available again.

    A line that was never held gets a mark, which keeps a stalled attempt from holding it later.
    """
    for line in order.items:
        await again(shop, partial(_free, shop, caller, order, line))


async def sell(shop: Shop, caller: Caller, order: Order) -> None:
    """The held pieces have left the shelf: the holds end and ``on_hand`` falls.

    A cancellation may have freed them at the same moment: they have left all the same.
    """
    for line in order.items:
        await again(shop, partial(_sell, shop, caller, order, line))


async def correct(shop: Shop, caller: Caller, order: Order) -> None:
    """The carrier took pieces that had been freed: only the counts are put right."""
    for line in order.items:
        await again(shop, partial(_correct, shop, caller, order, line))


async def short_lines(shop: Shop, order: Order) -> tuple[ShortLine, ...]:
    """The lines that want more than is available now, each with what is; not those that it holds."""
    found = []
    for line in order.items:
        stock = await shop.store.get(Stock, STOCK_ID, line.sku)
        available = max(0, stock.available) if stock else 0
        if available < line.quantity and not await _holds(shop, order, line):
            found.append(_short(line, available))
    return tuple(found)


async def _holds(shop: Shop, order: Order, line: OrderLine) -> bool:
    hold = await shop.store.get(Hold, hold_id(order.order_id), line.sku)
    return hold is not None and hold.is_held


async def _free(shop: Shop, caller: Caller, order: Order, line: OrderLine) -> None:
    hold = await shop.store.get(Hold, hold_id(order.order_id), line.sku)
    if hold is None:
        mark = _hold(order, line, "released").but(ttl=RELEASED_TTL_SECONDS)
        await shop.store.commit(Change(by=caller, puts=(mark,)))
    elif hold.is_held:
        stock = await _stock(shop, line.sku)
        freed = stock.but(available=stock.available + hold.quantity)
        await _move(shop, caller, freed, hold.ended("released"), delta=hold.quantity)


async def _sell(shop: Shop, caller: Caller, order: Order, line: OrderLine) -> None:
    hold = await shop.store.get(Hold, hold_id(order.order_id), line.sku)
    if hold is not None and hold.is_held:
        stock = await _stock(shop, line.sku)
        sold = stock.but(on_hand=stock.on_hand - hold.quantity)
        await _move(shop, caller, sold, hold.ended("sold"), delta=-hold.quantity)
    elif hold is not None:
        await _correct(shop, caller, order, line)


async def _correct(shop: Shop, caller: Caller, order: Order, line: OrderLine) -> None:
    hold = await shop.store.get(Hold, hold_id(order.order_id), line.sku)
    if hold is not None and hold.state == "released":
        stock = await _stock(shop, line.sku)
        on_hand, available = stock.on_hand - hold.quantity, stock.available - hold.quantity
        right = stock.but(on_hand=on_hand, available=available)
        await _move(shop, caller, right, hold.but(state="gone"), delta=-hold.quantity)


async def _move(shop: Shop, caller: Caller, stock: Stock, hold: Hold, *, delta: int) -> None:
    now = shop.clock.now()
    told = stock.but(sequence=stock.sequence + 1, updated_at=now)
    event = told.level_changed(CAUSES[hold.state], delta, trace=caller.trace, at=now)
    change = Change(by=caller, puts=(hold, told), events=(event,))
    await relay(shop, caller, await shop.store.commit(change))


async def _stock(shop: Shop, sku: str) -> Stock:
    stock = await shop.store.get(Stock, STOCK_ID, sku)
    if stock is None:
        raise NoStock(sku=sku)
    return stock


def _hold(order: Order, line: OrderLine, state: HoldState = "held") -> Hold:
    return Hold(
        id=hold_id(order.order_id),
        sku=line.sku,
        order_id=order.order_id,
        quantity=line.quantity,
        state=state,
    )


def _short(line: OrderLine, available: int) -> ShortLine:
    return ShortLine(
        sku=line.sku, product_id=line.product_id, requested=line.quantity, available=available
    )
