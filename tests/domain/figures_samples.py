"""Facts that figures are made of, as the tests of figures need them."""

from typing import Any

from hypothesis import strategies as some

from domain.newcomer import Newcomer
from domain.rollup import Fact, Row, Tally
from domain.sale import Sale, SaleLine, sale_id
from domain.traffic import Traffic, traffic_id
from tests.domain.samples import NOON

DAY = NOON.date()
PERIOD = "day:2026-01-25"
COUNTS = some.integers(0, 50)


def a_line(product: str = "mug", quantity: int = 2, total: int = 2000, **but: Any) -> SaleLine:
    whole = {
        "sku": product.upper(),
        "product_id": product,
        "name": f"The {product}",
        "category_slug": "kitchen",
        "quantity": quantity,
        "total_minor": total,
    }
    return SaleLine.model_validate(whole | but)


def a_sale(order_id: str = "A", *lines: SaleLine, period: str = PERIOD, **but: Any) -> Sale:
    """Two mugs for 20.00, 25.00 with tax and shipping, not paid for yet."""
    whole = {
        "id": sale_id(order_id),
        "period": period,
        "order_id": order_id,
        "currency": "USD",
        "lines": lines or (a_line(),),
        "total_minor": 2500,
    }
    return Sale.model_validate(whole | but)


PAID: dict[str, Any] = {"charged_minor": 2500}
GIVEN_BACK: dict[str, Any] = {"charged_minor": 2500, "refunded_minor": 2500, "is_cancelled": True}

LINES = some.builds(
    a_line,
    some.sampled_from(("mug", "cup", "bowl")),
    some.integers(1, 9),
    some.integers(0, 9_000),
    category_slug=some.sampled_from(("kitchen", "table", "")),
)
SALES = some.builds(
    lambda order_id, lines, currency, state: a_sale(order_id, *lines, currency=currency, **state),
    some.text("ABCDEF", min_size=1, max_size=6),
    some.lists(LINES, min_size=1, max_size=4),
    some.sampled_from(("USD", "EUR")),
    some.sampled_from(({}, PAID, GIVEN_BACK, {"is_cancelled": True})),
)
NEWCOMERS = some.builds(Newcomer, id=some.text("abc", min_size=1), period=some.just(PERIOD))
TRAFFIC = some.builds(
    lambda product, views, carts: Traffic(
        id=traffic_id(product), period=PERIOD, product_id=product, views=views, carts=carts
    ),
    some.sampled_from(("", "mug", "cup")),
    COUNTS,
    COUNTS,
)
FACTS: some.SearchStrategy[list[Fact]] = some.lists(
    some.one_of(SALES, NEWCOMERS, TRAFFIC), max_size=12
)


def tallied(*facts: Fact) -> Tally:
    tally = Tally()
    for fact in facts:
        tally.add_fact(fact)
    return tally


def rows(tally: Tally) -> dict[str, dict[str, Row]]:
    """The rows of each breakdown by key."""
    return {rollup.id: {row.key: row for row in rollup.rows} for rollup in tally.rollups(PERIOD)}
