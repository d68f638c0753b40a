"""The end in memory is the measure: whatever is kept and asked, SQLite answers the same."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory import MemoryStore
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.store import SqliteStore
from tests.adapters.store_kinds import AUDIT_KEY, StillClock
from tests.adapters.store_stories import QUERIES, ROWS, STEPS, answers, crate_of, story
from usecases.ports.store import Query


@contextmanager
def _sqlite(clock: StillClock) -> Iterator[SqliteStore]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteFile(Path(folder) / "shop.db", synchronous="OFF")) as file,
    ):
        yield SqliteStore(file, clock, audit_key=AUDIT_KEY)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, queries=st.lists(QUERIES, min_size=1, max_size=8))
def test_memory_and_sqlite_find_the_same(rows: list[Any], queries: list[Query]) -> None:
    """Law: the pages of any query over any documents are the same at both ends."""
    crates = [crate_of(n, *row) for n, row in enumerate(rows)]
    memory = asyncio.run(answers(MemoryStore(StillClock()), crates, queries))

    with _sqlite(StillClock()) as sqlite:
        assert asyncio.run(answers(sqlite, crates, queries)) == memory


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_memory_and_sqlite_write_and_refuse_the_same(steps: list[Any]) -> None:
    """Law: any story of writes has the same outcomes and leaves the same documents at both ends."""
    clock = StillClock()
    memory = asyncio.run(story(MemoryStore(clock), clock, steps))

    clock = StillClock()
    with _sqlite(clock) as sqlite:
        assert asyncio.run(story(sqlite, clock, steps)) == memory
