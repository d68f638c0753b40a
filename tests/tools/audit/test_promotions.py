"""The audit of promo codes finds what it is told to find."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest

from domain.promotion import PromoUsedUp
from domain.promotion_terms import PromotionTerms
from tests.usecases.shop_fixtures import STAFF, guest, order_command
from tools.audit import Audit, audit
from tools.proofs.stage import Stage, product
from tools.seed import local_shop
from usecases.carting import AddItem, add_item
from usecases.ordering import place_order
from usecases.promoting import ApplyCode, apply_code
from usecases.promotion_keeping import keep_promotion
from usecases.shop import Shop

TEN = PromotionTerms.model_validate({"code": "TEN", "percent": 10, "limit": 5, "per_customer": 1})


async def two_orders(shop: Shop) -> None:
    """The same customer orders twice with a code that may be used once: one order, one rejected."""
    await keep_promotion(shop, STAFF, TEN)
    for name in ("first", "second"):
        await add_item(shop, guest(name), AddItem(product_id=product("mug"), quantity=2))
        await apply_code(shop, guest(name), ApplyCode(code="TEN"))
        with suppress(PromoUsedUp):
            await place_order(shop, guest(name), order_command())


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stage = Stage(tmp_path_factory.mktemp("codes"), {"mug": 5})
    stage.fill()
    with local_shop(stage.store) as shop:
        asyncio.run(two_orders(shop))
    return stage.store


def of_codes(found: Audit) -> Sequence[str]:
    """The faults of the codes, with the orders by status."""
    names = {order.id: order.status for order in found.books.orders.values()}
    told = []
    for fault in found.faults:
        for id, name in names.items():
            fault = fault.replace(id, name.upper())  # noqa: PLW2901 - one name after another
        told.append(fault)
    return [fault for fault in told if "TEN" in fault]


@pytest.fixture
def changed(books: Path, tmp_path: Path) -> Callable[[str], Sequence[str]]:
    """Runs a statement on a copy of the books, and says what is wrong with the codes then."""

    def run(statement: str) -> Sequence[str]:
        copy = tmp_path / "shop.db"
        copy.write_bytes(books.read_bytes())
        with closing(sqlite3.connect(copy, isolation_level=None)) as file:
            file.execute(statement)
        return of_codes(audit(copy))

    return run


def test_books_that_agree_have_one_use_of_two_orders(books: Path) -> None:
    found = audit(books)

    statuses = sorted(order.status for order in found.books.orders.values())
    assert (statuses, of_codes(found)) == (["pending", "rejected"], [])
    assert "0 pieces sold, 1 uses of codes, " in found.figures


PROMOTIONS = "UPDATE Promotions SET body=json_set(body, '$.{}', {}) WHERE kind='{}'"
DROPPED = (
    "DELETE FROM Promotions WHERE kind='promotion-use' AND json_extract(body, '$.state')='taken'"
)


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        (PROMOTIONS.format("left", 5, "promotion"), ["TEN: 5 left + 1 used != limit 5"]),
        (PROMOTIONS.format("left", -1, "promotion"), ["TEN: -1 left + 1 used != limit 5"]),
        (
            DROPPED,
            [
                "TEN: 4 left + 0 used != limit 5",
                "TEN: 0 left + 0 used != 1 of CUSTOMER",
                "PENDING: is pending, does not hold a use of TEN",
            ],
        ),
        (
            "UPDATE Orders SET body=json_set(body, '$.promotions', json('[]')) "
            "WHERE kind='order' AND json_extract(body, '$.status')='pending'",
            ["use:PENDING of TEN: the order has no such code"],
        ),
        (
            "DELETE FROM Promotions WHERE kind='promotion'",
            [
                "TEN: 0 left + 1 used != None of CUSTOMER",
                "use:PENDING of TEN: there is no such code",
                "use:REJECTED of TEN: there is no such code",
            ],
        ),
        (
            PROMOTIONS.format("state", "'taken'", "promotion-use"),
            [
                "TEN: 4 left + 2 used != limit 5",
                "TEN: 0 left + 2 used != 1 of CUSTOMER",
                "REJECTED: is rejected, freed its stock and holds a use of TEN",
            ],
        ),
    ],
)
def test_a_change_of_the_codes_books_is_found(
    changed: Callable[[str], Sequence[str]], books: Path, statement: str, faults: list[str]
) -> None:
    (customer,) = audit(books).books.customer_uses

    found = [fault.replace(customer.id, "CUSTOMER") for fault in changed(statement)]

    assert sorted(found) == sorted(faults)
