"""The first page of a customer who has signed in: the own orders in figures, the newest, and what may please."""

import asyncio
from typing import Final

from domain.access import Caller
from domain.listing import ListedProduct
from domain.model import View
from domain.money import Amount, Amounts, Money, total
from domain.order import Order
from domain.saga import Status
from usecases.own_orders import OwnOrder, line_of, newest_orders
from usecases.ports.store import MOST_ON_A_PAGE
from usecases.searching import recommended
from usecases.shop import Shop
from usecases.wishlist import wishlist_of

SHOWN_ORDERS: Final = 5
RECOMMENDED: Final = 8
UNDER_WAY: Final = frozenset({Status.PENDING, Status.PROCESSING, Status.SHIPPED, Status.CANCELLING})
"""Orders of which the customer still waits for something."""


class Stats(Amounts):
    """The customer in figures, exact at this moment.

    Where ``is_whole`` is false there are more than a hundred orders, and the figures are those of the newest
    hundred. ``spent`` is what was paid, in the shop's currency, for orders whose money was not given back.
    """

    order_count: int
    open_orders: int
    spent: Amount
    is_whole: bool
    wishlist_count: int


class Dashboard(View):
    """What a customer sees first."""

    stats: Stats
    recent_orders: tuple[OwnOrder, ...]
    recommendations: tuple[ListedProduct, ...]


async def show_dashboard(shop: Shop, who: Caller) -> Dashboard:
    """The caller's dashboard: one query of a hundred orders at most, one read, and the recommendations, at once."""
    page, wishlist, products = await asyncio.gather(
        newest_orders(shop, who, MOST_ON_A_PAGE),
        wishlist_of(shop, who.user_id),
        recommended(shop, who, RECOMMENDED),
    )
    currency = shop.settings.currency
    return Dashboard(
        stats=Stats(
            currency=currency,
            order_count=len(page.items),
            open_orders=sum(order.status in UNDER_WAY for order in page.items),
            spent=total(_paid(page.items, currency), currency),
            is_whole=page.next is None,
            wishlist_count=len(wishlist.wishes),
        ),
        recent_orders=tuple(map(line_of, page.items[:SHOWN_ORDERS])),
        recommendations=products,
    )


def _paid(orders: tuple[Order, ...], currency: str) -> list[Money]:
    totals = (order.totals for order in orders if order.payment_status == "paid")
    return [one.total for one in totals if one.currency == currency]
