"""The audit finds what it is told to find: books in which one thing was changed."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.embedded.parcels import Parcel, labelled
from domain.difference import Difference, Name, difference_id
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.shop_fixtures import CLOCKWORK, GUEST, order_command
from tools.audit import audit, goods, money
from tools.audit.__main__ import main
from tools.audit.books import read_books
from tools.proofs.rest import unfinished
from tools.proofs.stage import Stage, product
from tools.seed import local_shop
from usecases.carting import AddItem, add_item
from usecases.commanding import cancel_order
from usecases.ordering import place_order
from usecases.projecting import project
from usecases.relaying import sweep
from usecases.shop import Shop

INTENT = (
    '{"id":"pi_%s","amount_minor":1,"currency":"USD","client_secret":"","created_at":0.0,'
    '"metadata":{"order_id":"%s"},"captured_minor":%d,"refunded_minor":%d,"held_minor":0}'
)


async def cancelled(shop: Shop) -> str:
    """An order that was placed and cancelled; all was told, and nobody has listened."""
    await add_item(shop, GUEST, AddItem(product_id=product("mug"), quantity=2))
    order = await place_order(shop, GUEST, order_command())
    await cancel_order(shop, GUEST, order.order_id)
    at_once = shop.settings.model_copy(update={"relay_after_seconds": 0})
    await sweep(replace(shop, settings=at_once), CLOCKWORK)
    await project(shop, CLOCKWORK)
    return order.order_id


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    stage = Stage(tmp_path_factory.mktemp("books"), {"mug": 5})
    stage.fill()
    with local_shop(stage.store) as shop:
        order_id = asyncio.run(cancelled(shop))
    return stage.store, order_id


@pytest.fixture
def changed(books: tuple[Path, str], tmp_path: Path) -> Callable[..., list[str]]:
    """Runs a statement on a copy of the books, and says which faults it adds."""
    path, order_id = books

    def run(statement: str, *values: str) -> list[str]:
        copy = tmp_path / "shop.db"
        copy.write_bytes(path.read_bytes())
        with closing(sqlite3.connect(copy, isolation_level=None)) as file:
            file.execute(statement.replace("ORDER_ID", order_id), values)
        before = audit(path).faults
        return [fault.replace(order_id, "O") for fault in audit(copy).faults if fault not in before]

    return run


def test_an_order_that_is_not_over_is_stuck(books: tuple[Path, str]) -> None:
    path, order_id = books

    found = audit(path)

    (fault,) = found.faults
    assert fault.startswith(f"{order_id}: stuck as cancelling")
    assert found.figures == (
        "1 orders (1 cancelling), 0 pieces sold, 0 charges of 0 and 0 refunds of 0 cents, "
        "5 events, 0 published again"
    )
    assert unfinished(path)[0] == f"order {order_id} is cancelling"


STOCK = "UPDATE Inventory SET body=json_set(body, '$.{}', 4) WHERE kind='stock'"


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        (STOCK.format("available"), ["mug: 4 available + 2 held != 5 on hand"]),
        (
            STOCK.format("on_hand"),
            ["mug: 3 available + 2 held != 4 on hand", "mug: 4 on hand, but 5 came and 0 left"],
        ),
        (
            "UPDATE Inventory SET body=json_set(body, '$.state', 'sold') WHERE kind='hold'",
            [
                "mug: 3 available + 0 held != 5 on hand",
                "mug: 5 on hand, but 5 came and 2 left",
                "hold:O of mug is sold after ['held']",
            ],
        ),
        (
            "UPDATE Inventory SET body=json_set(body, '$.quantity', 1) WHERE kind='hold'",
            [
                "mug: 3 available + 1 held != 5 on hand",
                "hold:O of mug has 1 pieces, the order [2]",
            ],
        ),
        (
            "UPDATE event_log SET sequence=1000 WHERE sequence = "
            "(SELECT min(sequence) FROM event_log WHERE key='ORDER_ID')",
            ["order-events: the events of O are out of order"],
        ),
    ],
)
def test_a_change_of_the_books_is_found(
    changed: Callable[..., list[str]], statement: str, faults: list[str]
) -> None:
    assert changed(statement) == faults


RECORD = """(SELECT id FROM Orders WHERE kind='audit' AND json_extract(body, '$.entity_type')='order'
ORDER BY json_extract(body, '$.timestamp') LIMIT 1 OFFSET 1)"""
LAST = RECORD.replace("timestamp') LIMIT 1 OFFSET 1", "timestamp') DESC LIMIT 1")
"""The second, and the last, of the records of the order, which have the same ids where they were brought to."""


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        (
            "UPDATE Orders SET body=json_set(body, '$.actor_id', 'x') WHERE id=RECORD",
            [
                "the audit of Orders/guest:g-1/order/O is broken: R is not what was written",
                "R is another one",
            ],
        ),
        (
            "UPDATE AuditLogs SET body=json_set(body, '$.changes', json('{}')) WHERE id=RECORD",
            [
                "the projected audit of Orders/guest:g-1/order/O is broken: R is not what was written",
                "R is another one",
            ],
        ),
        (
            "DELETE FROM AuditLogs WHERE id=RECORD",
            [
                "the projected audit of Orders/guest:g-1/order/O is broken: R follows R, which is missing",
                "the projected audit of Orders/guest:g-1/order/O is broken: R was followed by another life",
                "R is missing from the projected audit",
            ],
        ),
        (
            "DELETE FROM Orders WHERE id=LAST",
            ["the audit of Orders/guest:g-1/order/O is broken: R is not the newest, that is R"],
        ),
        (
            "UPDATE Orders SET body=json_set(body, '$.waiting_since', '2026') WHERE id=RECORD",
            ["R is not projected"],
        ),
    ],
)
def test_an_audit_that_was_tampered_with_is_found_and_the_link_named(
    changed: Callable[..., list[str]], statement: str, faults: list[str]
) -> None:
    told = changed(statement.replace("RECORD", RECORD).replace("LAST", LAST))
    found = [re.sub("audit:[0-9a-f]{32}", "R", fault) for fault in told]

    assert len(found) == len(faults)
    for said, expected in zip(found, faults, strict=True):
        assert said.startswith(expected)


def test_an_event_that_was_not_sent_or_not_kept_is_missed(
    changed: Callable[..., list[str]],
) -> None:
    (unsent,) = changed(
        "UPDATE Orders SET body=json_remove(body, '$.sent_at') WHERE kind='outbox' AND rowid = "
        "(SELECT max(rowid) FROM Orders WHERE kind='outbox')"
    )
    (lost,) = changed("DELETE FROM event_log WHERE sequence=(SELECT max(sequence) FROM event_log)")

    assert unsent.endswith("of O was not sent")
    assert lost.startswith("event ")
    assert lost.endswith(" is lost")


def test_money_that_nobody_knows_of_is_missed(books: tuple[Path, str], tmp_path: Path) -> None:
    path, order_id = books
    copy = tmp_path / "shop.db"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy, isolation_level=None)) as file:
        for number, (of, taken, given) in enumerate(
            [(order_id, 1, 2), (order_id, 1, 0), ("", 1, 0)]
        ):
            row = ("card.intents", f"pi_{number}", INTENT % (number, of, taken, given))
            file.execute(
                "CREATE TABLE IF NOT EXISTS world_records (place INTEGER PRIMARY KEY, "
                "drawer TEXT, key TEXT, body TEXT)"
            )
            file.execute("INSERT INTO world_records (drawer, key, body) VALUES (?, ?, ?)", row)

    found = [fault for fault in audit(copy).faults if "stuck" not in fault]

    total = audit(path).books.orders[order_id].totals.total.amount_minor
    assert found == [
        "nobody: a payment without an order",
        f"{order_id}: 2 payments at the network",
        f"{order_id}: 2 taken for an order of {total}",
    ]


@pytest.mark.parametrize(
    ("state", "is_told"), [("open", True), ("seen", False), ("settled", False)]
)
def test_a_difference_that_waits_for_a_person_is_told(
    books: tuple[Path, str], state: str, is_told: bool
) -> None:
    difference = Difference(
        id=difference_id("pi_1"),
        intent_id="pi_1",
        owner="",
        order_id="",
        name=Name.NO_ORDER,
        detail="1.00 taken",
        parked_at=NOON,
    ).but(state=state)

    found = list(money.faults(replace(read_books(books[0]), differences=[difference])))

    assert found == (["nobody: no-order, 1.00 taken"] if is_told else [])


@pytest.mark.parametrize(
    ("voided_at", "handed_over_at", "is_fault"),
    [(2.0, None, False), (None, None, True), (2.0, 1.0, True)],
)
def test_a_label_that_no_shipment_tells_of_was_voided_and_never_sent(
    books: tuple[Path, str],
    voided_at: float | None,
    handed_over_at: float | None,
    is_fault: bool,
) -> None:
    path, order_id = books
    bought = replace(
        labelled(Parcel("94001", f"{order_id}-S1", "USPS", "Ground Advantage", "", 0.0, 1.0)),
        voided_at=voided_at,
        handed_over_at=handed_over_at,
    )

    found = list(goods.faults(replace(read_books(path), parcels=[bought])))

    assert (f"{order_id}: the carrier's parcel is not the shipment's" in found) == is_fault


def test_the_command_says_what_it_found(
    books: tuple[Path, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([str(books[0])]) == 1
    assert "audit: 1 faults, 1 orders" in capsys.readouterr().out
    assert main([str(tmp_path / "none.db")]) == 2
