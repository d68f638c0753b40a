"""Bringing the audit together, in batches, at whatever cost others cause."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.audit import AUDIT_DAYS, AuditEntry, entry_of
from domain.companions import AuditRecord, beside
from domain.containers import PARTITION_KEYS
from domain.stock import Stock
from domain.user import Invitation
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.meddling import Crash, crash, failing, meddled
from tests.usecases.shop_fixtures import (
    CLOCKWORK,
    STAFF,
    Bench,
    carry_on,
    open_bench,
    paid,
    placed,
    sells,
    stock_of,
)
from usecases import meter
from usecases.ports.store import MOST_ON_A_PAGE, Change, StoreBusy, TooLarge
from usecases.projecting import MOST_ROUNDS, project

SCANS = len(PARTITION_KEYS) - 1
"""Every container but the audit's own is looked through once."""


def records(bench: Bench) -> list[AuditRecord]:
    kept = bench.store.snapshot().items()
    return [
        beside(AuditRecord, place[0]).of_json(one.text, one.version)
        for place, one in kept
        if one.kind == AuditRecord.kind and one.text
    ]


def brought(bench: Bench) -> list[AuditEntry]:
    found: list[AuditEntry] = bench.documents(AuditEntry)
    return found


def waiting(bench: Bench) -> int:
    return sum(record.waiting_since is not None for record in records(bench))


async def cost(bench: Bench) -> tuple[int, int]:
    """How many records a run brings, and its store operations."""
    with meter.part() as counted:
        done = await project(bench.shop, CLOCKWORK)
    return done, counted.operations


async def test_whatever_an_order_leaves_is_brought_together_as_it_was_written() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    order = await placed(bench, MUG=2)
    await paid(bench, order)
    await carry_on(bench)
    before = records(bench)

    done = await project(bench.shop, CLOCKWORK)

    assert done == len(before) > 10
    assert {one.source for one in brought(bench)} >= {"Orders", "Inventory", "Products"}
    expected = sorted((entry_of(record) for record in before), key=lambda one: one.id)
    found = sorted(brought(bench), key=lambda one: one.id)
    assert [one.document() for one in found] == [one.document() for one in expected]
    assert waiting(bench) == 0
    assert {record.projected_at for record in records(bench)} == {bench.clock.now()}


async def test_a_run_without_news_writes_nothing_and_looks_through_each_container_once() -> None:
    bench = open_bench()
    await sells(bench, "MUG")
    await project(bench.shop, CLOCKWORK)
    before = bench.state()

    assert await cost(bench) == (0, SCANS)
    assert bench.state() == before


async def test_records_of_a_partition_are_brought_and_marked_in_batches() -> None:
    bench = open_bench()
    await bench.store.commit(Change(by=STAFF, puts=tuple(_invited(number) for number in range(40))))

    done, operations = await cost(bench)

    assert done == 40
    buckets = len({one.bucket for one in brought(bench)})
    assert buckets == 4
    assert operations == SCANS + buckets + 1  # and one batch that marks them all


def _invited(number: int) -> Invitation:
    return Invitation(
        id=f"invited-{number}",
        user_id="email:1",
        email="somebody@example.com",
        name="",
        role="staff",
        invited_at=NOON,
    )


async def test_a_backlog_is_worked_off_in_one_run() -> None:
    bench = open_bench()
    await bench.put(*(stock_of(f"SKU-{number}", 1) for number in range(2 * MOST_ON_A_PAGE + 5)))

    assert await project(bench.shop, CLOCKWORK) == 2 * MOST_ON_A_PAGE + 5
    assert (waiting(bench), len(brought(bench))) == (0, 2 * MOST_ON_A_PAGE + 5)


async def test_one_run_has_an_end() -> None:
    bench = open_bench()
    most = MOST_ROUNDS * MOST_ON_A_PAGE
    await bench.put(*(stock_of(f"SKU-{number}", 1) for number in range(most + 5)))

    assert await project(bench.shop, CLOCKWORK) == most
    assert await project(bench.shop, CLOCKWORK) == 5


async def test_what_a_crash_has_written_but_not_marked_is_only_marked() -> None:
    bench = open_bench()
    await bench.put(stock_of("MUG", 1), stock_of("CUP", 1))
    with pytest.raises(Crash):
        await project(meddled(bench, {3: crash}), CLOCKWORK)
    before = brought(bench)
    assert (len(before), waiting(bench)) == (2, 2)

    await bench.put(stock_of("PEN", 1))
    assert await project(bench.shop, CLOCKWORK) == 3

    assert (len(brought(bench)), waiting(bench)) == (3, 0)
    assert {one.id for one in before} < {one.id for one in brought(bench)}


async def test_what_somebody_else_marks_meanwhile_stays_marked() -> None:
    bench = open_bench()
    await bench.put(stock_of("MUG", 1))

    async def other() -> None:
        await project(bench.shop, CLOCKWORK)

    assert await project(meddled(bench, {1: other}), CLOCKWORK) == 1
    assert (len(brought(bench)), waiting(bench)) == (1, 0)


async def test_a_store_that_is_busy_is_asked_again_by_the_next_run_and_others_go_on() -> None:
    bench = open_bench()
    await sells(bench, "MUG")  # a product, and then its stock
    at_once = meddled(bench, {1: failing(StoreBusy("throttled"))})

    assert await project(at_once, CLOCKWORK) == 1
    assert {one.source for one in brought(bench)} == {"Inventory"}
    assert await project(bench.shop, CLOCKWORK) == 1
    assert waiting(bench) == 0


async def test_records_that_are_too_large_together_are_brought_one_by_one() -> None:
    bench = open_bench()
    await bench.put(*(stock_of(sku, 1) for sku in ("A", "B", "C", "D", "E")))
    refusal = failing(TooLarge("over 2 MB"))

    assert await project(meddled(bench, {1: refusal}), CLOCKWORK) == 5
    assert (waiting(bench), len(brought(bench))) == (0, 5)


async def test_a_record_that_does_not_fit_by_itself_is_a_fault_and_waits() -> None:
    bench = open_bench()
    await bench.put(stock_of("MUG", 1))

    with pytest.raises(TooLarge):
        await project(meddled(bench, {1: failing(TooLarge("over 2 MB"))}), CLOCKWORK)

    assert (waiting(bench), brought(bench)) == (1, [])


async def test_an_entry_is_forgotten_after_ninety_days_and_the_record_stays() -> None:
    bench = open_bench()
    await bench.put(stock_of("MUG", 1))
    await project(bench.shop, CLOCKWORK)
    (entry,) = brought(bench)
    bench.clock.move(AUDIT_DAYS * 24 * 3600)

    assert await bench.store.get(AuditEntry, entry.id, entry.bucket) is None
    assert await project(bench.shop, CLOCKWORK) == 0
    assert [record.entity_type for record in records(bench)] == [Stock.kind]


async def test_a_record_of_a_clock_that_is_ahead_waits_for_its_time() -> None:
    bench = open_bench()
    await bench.put(stock_of("MUG", 1))
    behind = replace(bench.shop, clock=_Behind(bench))

    assert await project(behind, CLOCKWORK) == 0
    assert await project(bench.shop, CLOCKWORK) == 1


class _Behind:
    """A clock that is a minute late."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def now(self) -> datetime:
        return self._bench.clock.now() - timedelta(minutes=1)

    async def sleep(self, seconds: float) -> None:
        return None


async def test_personal_values_stay_hashed_where_they_are_brought() -> None:
    bench = open_bench()
    await bench.put(_invited(1))
    await project(bench.shop, CLOCKWORK)

    (entry,) = brought(bench)
    assert "somebody@example.com" not in entry.json_text()
    assert entry.changes["email"]["after"].startswith("hmac:")
