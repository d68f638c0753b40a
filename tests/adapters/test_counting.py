"""Store operations are counted for each invocation on its own."""

import asyncio

import pytest

from adapters.counting import CountingStore
from adapters.memory import MemoryStore
from tests.adapters.store_contract import StoreContract
from tests.adapters.store_kinds import AUDIT_KEY, Crate, StillClock, change, put
from usecases.meter import begin
from usecases.ports.store import AlreadyExists, Query, Scan, Store


class TestCountingStore(StoreContract):
    """It has no other effect: the contract holds through it."""

    @pytest.fixture
    def store(self, clock: StillClock) -> Store:
        return CountingStore(MemoryStore(clock, audit_key=AUDIT_KEY))


@pytest.fixture
def store() -> Store:
    return CountingStore(MemoryStore(StillClock()))


async def test_every_verb_counts_once_also_when_it_is_refused(store: Store) -> None:
    meter = begin()
    await store.commit(change(Crate(id="c"), Crate(id="d")))
    await store.get(Crate, "c", "u-1")
    await store.find(Crate, Query("u-1"))
    await store.find(Crate, Scan())
    with pytest.raises(AlreadyExists):
        await put(store, Crate(id="c"))

    assert meter.operations == 5
    assert begin().operations == 0


async def test_the_tasks_of_an_invocation_count_for_it_and_others_do_not(store: Store) -> None:
    async def invocation(gets: int) -> int:
        meter = begin()
        await asyncio.gather(*(store.get(Crate, "c", "u-1") for _ in range(gets)))
        return meter.operations

    counts = await asyncio.gather(*(asyncio.create_task(invocation(n)) for n in (3, 0, 7)))

    assert counts == [3, 0, 7]


async def test_outside_of_an_invocation_it_only_passes_on(store: Store) -> None:
    assert await store.get(Crate, "c", "u-1") is None
