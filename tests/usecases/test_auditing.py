"""Looking the audit up: newest first over days and buckets, by filter and cursor."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.access import system
from domain.audit import AUDIT_DAYS, AuditEntry
from domain.cursor import BadCursor
from domain.stock import STOCK_ID, Stock
from tests.usecases.shop_fixtures import CLOCKWORK, STAFF, Bench, open_bench, sells
from usecases import meter
from usecases.auditing import MOST_DAYS, AuditLines, ListAudit, list_audit
from usecases.ports.store import Change
from usecases.projecting import project

DAY_SECONDS = 24 * 3600
SHARDS = 4


async def a_shop(*, days: int = 1, changes: int = 10) -> Bench:
    """Mugs, counted anew so often on each day; all of it is projected."""
    bench = open_bench()
    await sells(bench, "MUG")
    for day in range(days):
        for _ in range(changes):
            bench.clock.move(60)
            await counted(bench)
        await project(bench.shop, CLOCKWORK)
        if day < days - 1:
            bench.clock.move(DAY_SECONDS - 60 * changes)
    return bench


async def counted(bench: Bench, by: Any = STAFF) -> None:
    stock = await bench.store.get(Stock, STOCK_ID, "MUG")
    assert stock is not None
    await bench.store.commit(Change(by=by, puts=(stock.adjusted(1, bench.clock.now()),)))


async def read_all(bench: Bench, **asked: Any) -> tuple[list[str], int]:
    """The ids of all pages in order, and how many requests that took."""
    found: list[str] = []
    cursor: str | None = ""
    requests = 0
    while cursor is not None:
        page = await list_audit(bench.shop, ListAudit(cursor=cursor, **asked))
        found += [line.id for line in page.items]
        cursor, requests = page.next_cursor, requests + 1
    return found, requests


def newest_first(bench: Bench) -> list[str]:
    entries: list[AuditEntry] = bench.documents(AuditEntry)
    entries.sort(key=lambda one: (one.timestamp, one.id), reverse=True)
    return [entry.id for entry in entries]


@pytest.mark.parametrize("limit", [1, 3, 5, 100])
async def test_every_entry_is_read_once_and_in_order_whatever_the_page(limit: int) -> None:
    bench = await a_shop(days=3, changes=7)

    found, _ = await read_all(bench, limit=limit)

    assert found == newest_first(bench)
    assert len(found) == 3 * 7 + 2


async def test_a_page_of_a_full_day_is_one_query_for_each_bucket() -> None:
    bench = await a_shop(changes=30)

    with meter.part() as counted:
        page = await list_audit(bench.shop, ListAudit(limit=10))

    assert (len(page.items), counted.operations) == (10, SHARDS)
    assert page.next_cursor is not None


async def test_one_request_looks_through_a_week_and_the_cursor_leads_on() -> None:
    bench = await a_shop()
    bench.clock.move(30 * DAY_SECONDS)

    with meter.part() as counted:
        page = await list_audit(bench.shop, ListAudit())
    found, requests = await read_all(bench)

    assert (page.items, counted.operations) == ((), SHARDS * MOST_DAYS)
    assert found == newest_first(bench)
    assert requests == (AUDIT_DAYS + 1) // MOST_DAYS


async def test_days_are_both_included_and_in_utc() -> None:
    bench = await a_shop(days=5, changes=2)
    today = bench.clock.now().date()
    first, last = today - timedelta(days=3), today - timedelta(days=2)

    page = await list_audit(bench.shop, ListAudit(start_date=first, end_date=last))

    assert {line.timestamp.date() for line in page.items} == {first, last}
    assert (len(page.items), page.next_cursor) == (4, None)


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2030, 1, 1), None), (None, date(2020, 1, 1)), (date(2026, 1, 25), date(2026, 1, 24))],
)
async def test_days_of_which_nothing_is_kept_are_not_looked_for(
    first: date | None, last: date | None
) -> None:
    bench = await a_shop()

    with meter.part() as counted:
        page = await list_audit(bench.shop, ListAudit(start_date=first, end_date=last))

    assert (page, counted.operations) == (AuditLines(items=(), next_cursor=None, limit=20), 0)


async def test_entries_are_found_by_actor_action_and_entity() -> None:
    bench = await a_shop(changes=3)
    await counted(bench, system("inventory", STAFF.trace))
    await project(bench.shop, CLOCKWORK)

    async def count(**asked: Any) -> int:
        return len(
            (
                await list_audit(
                    bench.shop, ListAudit(start_date=bench.clock.now().date(), **asked)
                )
            ).items
        )

    assert await count() == 6
    assert await count(actor="system:inventory") == 1
    assert await count(action="created") == 2
    assert await count(action="removed") == 0
    assert await count(entity_type="stock") == 5
    assert await count(entity_id="MUG") == 5
    assert await count(entity_id=STOCK_ID, entity_type="stock", action="changed") == 4
    assert await count(entity_id="p-MUG") == 1
    assert await count(actor="staff-1", entity_type="product") == 1


async def test_a_line_tells_before_and_after_and_who_it_was() -> None:
    bench = await a_shop(changes=1)

    page = await list_audit(bench.shop, ListAudit(limit=1))

    (line,) = page.items
    assert line.changes["on_hand"] == {"before": 10, "after": 11}
    assert (line.actor_id, line.actor_type, line.action) == ("staff-1", "staff", "changed")
    assert (line.source, line.place, line.entity_id) == ("Inventory", "MUG", STOCK_ID)
    assert line.id == f"audit:{line.hash[:32]}"


async def test_a_cursor_belongs_to_its_filters() -> None:
    bench = await a_shop()
    page = await list_audit(bench.shop, ListAudit(limit=1))
    assert page.next_cursor is not None

    with pytest.raises(BadCursor):
        await list_audit(bench.shop, ListAudit(cursor=page.next_cursor, actor="u-1"))
    with pytest.raises(BadCursor):
        await list_audit(bench.shop, ListAudit(cursor="x"))
    more = await list_audit(bench.shop, ListAudit(cursor=page.next_cursor, limit=5))
    assert len(more.items) == 5


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 0},
        {"limit": 101},
        {"action": "read"},
        {"start_date": "soon"},
        {"start_date": "0"},
        {"shard": 1},
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ListAudit.model_validate(asked)
