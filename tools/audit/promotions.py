"""Promo codes: none is used more often than it may be, and every use belongs to an order that has the code."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from domain.order import REJECTED, Order
from domain.redemption import PromotionUse
from tools.audit.books import Books, grouped

FREED: Final = ("released", "gone")
"""The states of holds whose pieces were made available again: a use goes the way of the order's stock."""


def faults(books: Books) -> Iterator[str]:
    """Every fault of the codes."""
    taken = [use for use in books.uses if use.is_taken]
    yield from _of_limits(books, Counter(use.code for use in taken))
    yield from _of_customers(books, Counter((use.code, use.customer) for use in taken))
    for use in books.uses:
        yield from _of_use(books, use)
    yield from _of_orders(books)


def used(books: Books) -> str:
    """How often codes are used; empty where there are none."""
    taken = sum(use.is_taken for use in books.uses)
    return f", {taken} uses of codes" if books.uses else ""


def _of_limits(books: Books, taken: Counter[str]) -> Iterator[str]:
    """Used + left = limit, and neither is negative."""
    for one in books.promotions:
        if one.limit is None:
            continue
        if one.left is None or one.left < 0 or one.left + taken[one.code] != one.limit:
            yield f"{one.code}: {one.left} left + {taken[one.code]} used != limit {one.limit}"


def _of_customers(books: Books, taken: Counter[tuple[str, str]]) -> Iterator[str]:
    limits = {one.code: one.per_customer for one in books.promotions}
    for counter in books.customer_uses:
        used, limit = taken[counter.code, counter.id], limits.get(counter.code)
        if counter.left < 0 or counter.left + used != limit:
            yield f"{counter.code}: {counter.left} left + {used} used != {limit} of {counter.id}"


def _of_use(books: Books, use: PromotionUse) -> Iterator[str]:
    order = books.orders.get(use.order_id)
    if use.code not in {one.code for one in books.promotions}:
        yield f"{use.id} of {use.code}: there is no such code"
    if order is None or use.code not in order.promo_codes:
        yield f"{use.id} of {use.code}: the order has no such code"


def _of_orders(books: Books) -> Iterator[str]:
    """An order holds a use of each of its codes until its stock is free again. What is not over may yet change."""
    taken = {(use.order_id, use.code) for use in books.uses if use.is_taken}
    holds = grouped((hold.order_id, hold.state) for hold in books.holds)
    for order in books.orders.values():
        is_free = _is_free(order, holds.get(order.id, []))
        for code in order.promo_codes:
            if is_free is ((order.id, code) in taken):
                told = "freed its stock and holds" if is_free else "does not hold"
                yield f"{order.id}: is {order.status}, {told} a use of {code}"


def _is_free(order: Order, states: Sequence[str]) -> bool:
    return order.status == REJECTED or any(state in FREED for state in states)
