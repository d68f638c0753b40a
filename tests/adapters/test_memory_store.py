"""The end in memory under the store's contract, and what it alone can do."""

import pytest

from adapters.memory import MemoryStore
from tests.adapters.store_contract import StoreContract
from tests.adapters.store_kinds import AUDIT_KEY, Crate, Safe, StillClock, change, event, put, take
from usecases.ports.store import GuardRefused, Store


class TestMemoryStore(StoreContract):
    """The contract."""

    @pytest.fixture
    def store(self, clock: StillClock) -> Store:
        return MemoryStore(clock, audit_key=AUDIT_KEY)


def test_its_methods_never_suspend() -> None:
    store = MemoryStore(StillClock())

    for call in (store.commit(change(Crate(id="c"))), store.get(Crate, "c", "u-1")):
        with pytest.raises(StopIteration):
            call.send(None)


async def test_the_same_writes_give_the_same_content_and_digest() -> None:
    def one() -> MemoryStore:
        return MemoryStore(StillClock())

    first, second = one(), one()
    assert first.digest() == 0
    for store in (first, second):
        safe = await put(store, Safe(id="s"))
        await store.commit(change(safe.but(amount=1), Crate(id="c"), events=(event("e-1"),)))

    assert first.snapshot() == second.snapshot()
    assert first.digest() == second.digest() != 0


async def test_a_snapshot_brings_everything_back() -> None:
    store = MemoryStore(StillClock())
    crate = await put(store, Crate(id="c", left=1))
    snapshot, digest = store.snapshot(), store.digest()
    await store.commit(change(takes=(take(1),)))
    assert store.digest() != digest

    store.restore(snapshot)

    assert store.digest() == digest
    assert await store.get(Crate, "c", "u-1") == crate


async def test_without_version_checks_an_update_is_lost() -> None:
    store = MemoryStore(StillClock(), check_versions=False)
    crate = await put(store, Crate(id="c", left=1))

    await put(store, crate.but(left=2))
    await put(store, crate.but(left=3))

    found = await store.get(Crate, "c", "u-1")
    assert found is not None
    assert found.left == 3


async def test_without_guards_more_is_taken_than_there_is() -> None:
    store = MemoryStore(StillClock(), check_guards=False)
    await put(store, Crate(id="c", left=1))

    await store.commit(change(takes=(take(3),)))

    found = await store.get(Crate, "c", "u-1")
    assert found is not None
    assert found.left == -2
    with pytest.raises(GuardRefused):
        await store.commit(change(takes=(take(1, "none"),)))
