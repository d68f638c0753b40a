"""Counters in the shop's file, which several hosts share."""

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.sqlite.counters import SqliteCounters
from adapters.sqlite.file import SqliteFile
from tests.adapters.counters_contract import (
    FILLED,
    MUG,
    STEPS,
    TODAY,
    CountersContract,
    books_of,
    push,
    taken,
)
from tests.adapters.embedded.fixtures import NOON, StillClock
from usecases.ports.counters import KEPT_DAYS, KNOWN_DAYS, CountersAway

NOON_MS = 1_769_342_400_000


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[SqliteFile]:
    opened = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def counters(file: SqliteFile, clock: StillClock) -> SqliteCounters:
    return SqliteCounters(file, clock)


class TestSqliteCounters(CountersContract):
    """The contract, over a file."""


async def _books(steps: list[Any]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteFile(Path(folder) / "shop.db", synchronous="OFF")) as file,
    ):
        books = await books_of(SqliteCounters(file, StillClock()), steps)
    assert +books.written == +books.counted


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_whatever_processes_and_flushers_do_each_count_is_written_once(steps: list[Any]) -> None:
    """Law: pushes, repeated ones too, and batches taken and settled in any order add up to what was counted."""
    asyncio.run(_books(steps))


async def test_numbers_are_the_time_and_grow_even_when_it_stands_still_or_goes_back(
    counters: SqliteCounters, clock: StillClock
) -> None:
    numbers = []
    for count, moved in enumerate((0, 0, -60, 60 + 5), start=1):
        clock.move(moved)
        await counters.push(push(count, {MUG: 1}))
        numbers.append((await taken(counters)).number)
        await counters.settle(TODAY, numbers[-1])

    assert clock.now().timestamp() * 1000 == NOON_MS + 5_000
    assert numbers == [NOON_MS, NOON_MS + 1, NOON_MS + 2, NOON_MS + 5_000]


async def test_two_hosts_count_into_one_batch_and_flush_the_same(
    tmp_path: Path, counters: SqliteCounters, clock: StillClock
) -> None:
    with closing(SqliteFile(tmp_path / "shop.db", synchronous="OFF")) as second:
        other = SqliteCounters(second, clock)
        await asyncio.gather(
            *(counters.push(push(n, {MUG: n}, "cart")) for n in range(1, 21)),
            *(other.push(push(n, {MUG: n}, "cart", source="other")) for n in range(1, 21)),
        )

        batch = await taken(counters)
        await other.push(push(21, {MUG: 1}, source="other"))
        assert batch.counts == {MUG: 2 * 210, FILLED: 1}
        assert await other.take(TODAY) == batch
        await other.settle(TODAY, batch.number)
        assert (await taken(counters)).counts == {MUG: 1}


async def test_what_nobody_fetched_for_too_long_is_forgotten(
    tmp_path: Path, counters: SqliteCounters, clock: StillClock
) -> None:
    await counters.push(push(1, {MUG: 1}, "cart"))
    clock.move(timedelta(days=KNOWN_DAYS + 1).total_seconds())
    await counters.push(push(2, {MUG: 1}, day=clock.now().date()))
    known = _rows(tmp_path)
    clock.move(timedelta(days=KEPT_DAYS + 1).total_seconds())
    await counters.push(push(3, {MUG: 1}, day=clock.now().date()))

    assert known == {"batches": 2, "counts": 3, "members": 0, "pushes": 1}
    assert _rows(tmp_path) == {"batches": 1, "counts": 1, "members": 0, "pushes": 1}
    assert await counters.waiting() == (clock.now().date(),)
    assert clock.now().date() - NOON.date() == timedelta(days=KEPT_DAYS + KNOWN_DAYS + 2)


def _rows(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        return {
            what: connection.execute(f"SELECT count(*) FROM counter_{what}").fetchone()[0]  # noqa: S608
            for what in ("batches", "counts", "members", "pushes")
        }


async def test_a_file_that_is_away_counts_nothing(tmp_path: Path, clock: StillClock) -> None:
    file = SqliteFile(tmp_path / "away.db")
    counters = SqliteCounters(file, clock)
    file.close()

    for call in (
        counters.push(push(1, {MUG: 1})),
        counters.waiting(),
        counters.take(TODAY),
        counters.settle(TODAY, 1),
    ):
        with pytest.raises(CountersAway):
            await call
