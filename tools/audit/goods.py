"""Stock, holds and parcels: nothing is sold twice, and what is gone is with a carrier."""

from collections.abc import Iterator
from typing import Final

from adapters.embedded.parcels import Parcel
from domain.events import Event
from domain.hold import Hold
from domain.order import REJECTED, Order
from domain.stock import Stock
from tools.audit.books import OVER, Books, grouped

LEFT_THE_SHELF: Final = ("sold", "gone")

LIVES: Final = (
    ["held"],
    ["held", "sold"],
    ["held", "released"],
    ["held", "released", "gone"],
    ["released"],
    ["released", "gone"],
)
"""A hold is freed or sold once, never both; what was freed may be counted out later."""


def faults(books: Books) -> Iterator[str]:
    """Every fault of the goods."""
    yield from _of_stock(books)
    yield from _of_holds(books)
    yield from _of_parcels(books)


def sold(books: Books) -> int:
    """Pieces that left the shelf."""
    return sum(hold.quantity for hold in books.holds if hold.state in LEFT_THE_SHELF)


def _of_stock(books: Books) -> Iterator[str]:
    """on_hand = initial + deliveries - sold; available + held = on_hand; none of them below 0."""
    holds = grouped((hold.sku, hold) for hold in books.holds)
    came = _came(books)
    for stock in books.stocks:
        yield from _of_one(stock, holds.get(stock.sku, []), came.get(stock.sku, 0))


def _of_one(stock: Stock, holds: list[Hold], came: int) -> Iterator[str]:
    held = sum(hold.quantity for hold in holds if hold.is_held)
    left = sum(hold.quantity for hold in holds if hold.state in LEFT_THE_SHELF)
    if not 0 <= stock.available <= stock.on_hand:
        yield f"{stock.sku}: {stock.available} available of {stock.on_hand} on hand"
    if stock.available + held != stock.on_hand:
        yield f"{stock.sku}: {stock.available} available + {held} held != {stock.on_hand} on hand"
    if stock.on_hand != came - left:
        yield f"{stock.sku}: {stock.on_hand} on hand, but {came} came and {left} left"
    if left + held > came:
        yield f"{stock.sku}: oversold, {left + held} promised of {came}"


def _came(books: Books) -> dict[str, int]:
    """The pieces that came to each SKU: first, by the audit, and later, by what was told of them.

    Pieces that are counted out with a hold are told as adjustments too; they did not come.
    """
    created = {
        record.partition: record.changes
        for record in books.records[Stock.container]
        if record.entity_type == Stock.kind and record.action == "created"
    }
    came = {sku: int(changes["on_hand"]["after"]) for sku, changes in created.items()}
    for event in _deliveries(books):
        if event.sequence > created[event.subject]["sequence"]["after"]:
            came[event.subject] += event.data["delta"]
    for hold in books.holds:
        came[hold.sku] += hold.quantity if hold.state == "gone" else 0
    return came


def _deliveries(books: Books) -> Iterator[Event]:
    for outbox in books.outboxes[Stock.container]:
        for event in outbox.events:
            if event.data.get("cause") in ("adjustment", "restock", "return"):
                yield event


def _of_holds(books: Books) -> Iterator[str]:
    lives = grouped(
        ((record.entity_id, record.partition), record.changes["state"]["after"])
        for record in books.records[Hold.container]
        if record.entity_type == Hold.kind and "after" in record.changes.get("state", {})
    )
    for hold in books.holds:
        life = lives.get((hold.id, hold.sku), [])
        if life not in LIVES or life[-1] != hold.state:
            yield f"{hold.id} of {hold.sku} is {hold.state} after {life}"
        yield from _of_hold(books, hold)


def _of_hold(books: Books, hold: Hold) -> Iterator[str]:
    order = books.orders.get(hold.order_id)
    if order is None:
        yield f"{hold.id} of {hold.sku} belongs to no order"
        return
    wanted = [line.quantity for line in order.items if line.sku == hold.sku]
    if wanted != [hold.quantity]:
        yield f"{hold.id} of {hold.sku} has {hold.quantity} pieces, the order {wanted}"
    if order.status == REJECTED and hold.state != "released":
        yield f"{hold.id} of {hold.sku} is {hold.state}, though the order was rejected"


def _of_parcels(books: Books) -> Iterator[str]:
    parcels = grouped((parcel.shipment_id.rpartition("-S")[0], parcel) for parcel in books.parcels)
    numbers = {shipment.order_id: shipment.tracking_number for shipment in books.shipments}
    paid = {one.metadata.get("order_id") for one in books.intents if one.captured_minor}
    for order_id, found in parcels.items():
        if len(found) > 1:
            yield f"{order_id}: {len(found)} parcels"
        if order_id not in paid:
            yield f"{order_id}: a label was bought before the money was taken"
        if not _is_known(found[0], numbers.get(order_id)):
            yield f"{order_id}: the carrier's parcel is not the shipment's"
    for order in books.orders.values():
        yield from _of_the_way(order, parcels.get(order.id, []))
    left = {one for one, found in parcels.items() if any(each.handed_over_at for each in found)}
    for hold in books.holds:
        if _is_over(books.orders.get(hold.order_id)) and _has_left(hold) != (hold.order_id in left):
            yield f"{hold.order_id}: {hold.sku} is {hold.state}, its parcel says otherwise"


def _is_known(parcel: Parcel, tracking_number: str | None) -> bool:
    """Whether the shipment has this parcel's number.

    A label that was bought while the order was cancelled is voided, and no shipment need ever tell of it.
    """
    was_never_sent = parcel.voided_at is not None and parcel.handed_over_at is None
    return tracking_number == parcel.tracking_number or (tracking_number is None and was_never_sent)


def _of_the_way(order: Order, parcels: list[Parcel]) -> Iterator[str]:
    """A completed order was delivered; of an order that came to nothing no parcel can still be sent."""
    delivered = any(parcel.status == "delivered" for parcel in parcels)
    if order.status == "completed" and not delivered:
        yield f"{order.id}: is completed, and nothing was delivered"
    live = [one for one in parcels if one.voided_at is None and one.handed_over_at is None]
    if _is_over(order) and live:
        yield f"{order.id}: is {order.status}, and its label is still good"


def _is_over(order: Order | None) -> bool:
    return order is not None and order.status in OVER


def _has_left(hold: Hold) -> bool:
    return hold.state in LEFT_THE_SHELF
