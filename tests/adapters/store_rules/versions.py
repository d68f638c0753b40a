"""Reading, and versions that make a lost update impossible."""

import asyncio

import pytest

from tests.adapters.store_kinds import (
    Crate,
    Safe,
    change,
    put,
)
from usecases.ports.store import (
    AlreadyExists,
    Query,
    Store,
    VersionConflict,
)


class Versions:
    """Reading, and versions that make a lost update impossible."""

    async def test_what_is_committed_is_read_with_its_version(self, store: Store) -> None:
        written = await put(store, Crate(id="c", status="full"))

        read = await store.get(Crate, "c", "u-1")

        assert read == written
        assert read is not None
        assert (read.status, read.version) == ("full", written.version)
        assert read.version is not None

    async def test_absent_foreign_and_other_kinds_are_not_there(self, store: Store) -> None:
        await put(store, Crate(id="c"))

        assert await store.get(Crate, "d", "u-1") is None
        assert await store.get(Crate, "c", "u-2") is None
        assert await store.get(Safe, "c", "u-1") is None
        assert (await store.find(Safe, Query("u-1"))).items == ()

    async def test_each_write_gives_another_version(self, store: Store) -> None:
        first = await put(store, Crate(id="c"))
        second = await put(store, first.but(status="full"))
        third = await put(store, second)

        assert len({first.version, second.version, third.version}) == 3

    async def test_a_change_of_what_changed_since_is_refused(self, store: Store) -> None:
        first = await put(store, Crate(id="c"))
        second = await put(store, first.but(status="full"))

        with pytest.raises(VersionConflict) as refused:
            await put(store, first.but(status="lost"))

        assert refused.value.entity_id == "c"
        assert await store.get(Crate, "c", "u-1") == second

    async def test_a_removed_entity_is_gone_and_cannot_be_changed(self, store: Store) -> None:
        crate = await put(store, Crate(id="c"))

        await store.commit(change(removes=(crate,)))

        assert await store.get(Crate, "c", "u-1") is None
        with pytest.raises(VersionConflict):
            await put(store, crate)
        with pytest.raises(VersionConflict):
            await store.commit(change(removes=(crate,)))

    async def test_an_entity_that_came_again_is_not_the_one_that_was_read(
        self, store: Store
    ) -> None:
        crate = await put(store, Crate(id="c"))
        await store.commit(change(removes=(crate,)))
        again = await put(store, Crate(id="c"))

        with pytest.raises(VersionConflict):
            await put(store, crate.but(status="lost"))

        assert await store.get(Crate, "c", "u-1") == again

    async def test_a_new_entity_must_not_be_there_whatever_its_kind(self, store: Store) -> None:
        await put(store, Crate(id="c"))

        for entity in (Crate(id="c", status="full"), Safe(id="c")):
            with pytest.raises(AlreadyExists) as refused:
                await put(store, entity)
            assert refused.value.entity_id == "c"

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert found.status == "new"

    async def test_the_same_id_in_another_partition_is_another_entity(self, store: Store) -> None:
        await put(store, Crate(id="c"))
        await put(store, Crate(id="c", user_id="u-2"))

        assert await store.get(Crate, "c", "u-2") is not None

    async def test_of_many_who_change_the_same_one_wins(self, store: Store) -> None:
        crate = await put(store, Crate(id="c"))

        outcomes = await asyncio.gather(
            *(put(store, crate.but(sequence=n)) for n in range(20)), return_exceptions=True
        )

        refused = [outcome for outcome in outcomes if isinstance(outcome, VersionConflict)]
        assert len(refused) == 19
