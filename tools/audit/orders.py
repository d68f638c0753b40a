"""Orders: one of each cart, all of them over or with a person, and nothing left lying."""

from collections import Counter
from collections.abc import Iterator

from domain import saga
from domain.order import REJECTED, Order
from tools.audit.books import OVER, Books, grouped


def faults(books: Books) -> Iterator[str]:
    """Every fault of the orders, and everything that waits for somebody."""
    carts = grouped((one.cart_uuid, one.id) for one in books.orders.values() if one.is_placed)
    yield from (f"cart {cart} became {ids}" for cart, ids in carts.items() if len(ids) > 1)
    for order in books.orders.values():
        yield from _of_order(order)
    for letter in books.dead_letters:
        yield f"dead letter {letter.id} ({letter.event_type}): {letter.reason}, {letter.detail}"
    if books.undelivered:
        yield f"{books.undelivered} webhooks were not delivered"
    for event in books.payment_events:
        if not event.is_applied:
            yield f"webhook {event.id} ({event.type}) was not applied"


def by_status(books: Books) -> dict[str, int]:
    """How many orders ended how."""
    return dict(sorted(Counter(order.status for order in books.orders.values()).items()))


def _of_order(order: Order) -> Iterator[str]:
    if order.facets is None:
        if order.status != REJECTED:
            yield f"{order.id}: stuck as {order.status}"
        return
    if order.status != saga.status(order.facets):
        yield f"{order.id}: is {order.status}, and {order.facets} says otherwise"
    if order.status not in OVER and not order.facets.ticket:
        yield f"{order.id}: stuck as {order.status}, {order.facets}, due {order.due}"
