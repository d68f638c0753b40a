"""The end in memory is the measure here too: whatever is kept, asked and done, Cosmos DB's end answers the same.

The SQLite end is held to the same measure by ``tests/adapters/test_store_ends_agree.py``, so all three agree.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory import MemoryStore
from tests.adapters.cosmos.peers import opened, ours_only
from tests.adapters.store_kinds import StillClock
from tests.adapters.store_stories import QUERIES, ROWS, STEPS, answers, crate_of, story
from usecases.ports.store import Query, Store

pytestmark = ours_only


def _at_cosmos(play: Callable[[Store, StillClock], Awaitable[list[Any]]]) -> list[Any]:
    async def played() -> list[Any]:
        clock = StillClock()
        async with opened(clock) as peer:
            return await play(peer.store, clock)

    return asyncio.run(played())


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, queries=st.lists(QUERIES, min_size=1, max_size=8))
def test_memory_and_cosmos_find_the_same(rows: list[Any], queries: list[Query]) -> None:
    """Law: the pages of any query over any documents are the same at both ends."""
    crates = [crate_of(n, *row) for n, row in enumerate(rows)]

    found = _at_cosmos(lambda store, _: answers(store, crates, queries))

    assert found == asyncio.run(answers(MemoryStore(StillClock()), crates, queries))


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_memory_and_cosmos_write_and_refuse_the_same(steps: list[Any]) -> None:
    """Law: any story of writes has the same outcomes and leaves the same documents at both ends."""
    clock = StillClock()
    memory = asyncio.run(story(MemoryStore(clock), clock, steps))

    assert _at_cosmos(lambda store, clock: story(store, clock, steps)) == memory
