"""What people do without an event, counted as it happens: it takes no time, changes nothing and never fails.

A count may be lost, with a process that dies, a Redis that is lost or a page that the gateway answers from its copy;
none is made twice, but that of a cart on a day on which Redis was lost. Nothing that is owed or owned rests on them.
"""

from domain.period import day_of
from domain.traffic import CART_ADDS, CARTS, CHECKOUTS, VIEWS
from usecases.ports.counters import Counter
from usecases.ports.telemetry import CHECKOUTS_STARTED, PRODUCTS_VIEWED
from usecases.shop import Shop


def product_seen(shop: Shop, product_id: str) -> None:
    """A product's page was asked for and found, also where the browser's copy of it still holds."""
    shop.telemetry.measure(PRODUCTS_VIEWED, 1)
    _count(shop, Counter(VIEWS, product_id))


def put_into_cart(shop: Shop, product_id: str, cart_uuid: str) -> None:
    """A product was put into a cart, in however many pieces: one more of it, and the cart once a day."""
    _count(shop, Counter(CART_ADDS, product_id))
    _count(shop, Counter(CARTS), cart_uuid)


def checkout_begun(shop: Shop, cart_uuid: str) -> None:
    """A cart that has something in it was checked; it is counted once a day, and measured each time."""
    shop.telemetry.measure(CHECKOUTS_STARTED, 1)
    _count(shop, Counter(CHECKOUTS), cart_uuid)


def _count(shop: Shop, counter: Counter, member: str = "") -> None:
    shop.counters.add(day_of(shop.clock.now()), counter, member)
