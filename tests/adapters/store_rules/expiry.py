"""Documents with a time to live."""

from datetime import timedelta

import pytest

from tests.adapters.store_kinds import Crate, StillClock, change, ids, put, take
from usecases.ports.store import (
    GuardRefused,
    Scan,
    Store,
    VersionConflict,
)


class Expiry:
    """Documents with a time to live."""

    async def test_an_entity_is_forgotten_when_its_time_is_over(
        self, store: Store, clock: StillClock
    ) -> None:
        crate = await put(store, Crate(id="c", ttl=60, left=1))
        await put(store, Crate(id="stays"))
        clock.time += timedelta(seconds=59)
        assert await ids(store) == ["c", "stays"]

        clock.time += timedelta(seconds=1)

        assert await store.get(Crate, "c", "u-1") is None
        assert await ids(store) == ["stays"]
        assert len((await store.find(Crate, Scan())).items) == 1
        for asked in (change(crate), change(removes=(crate,))):
            with pytest.raises(VersionConflict):
                await store.commit(asked)
        with pytest.raises(GuardRefused):
            await store.commit(change(takes=(take(1),)))

    async def test_what_was_forgotten_may_come_again(self, store: Store, clock: StillClock) -> None:
        first = await put(store, Crate(id="c", ttl=60))
        clock.time += timedelta(seconds=61)

        again = await put(store, Crate(id="c", status="again"))

        assert again.version != first.version
        assert await store.get(Crate, "c", "u-1") == again

    async def test_every_write_starts_the_time_anew(self, store: Store, clock: StillClock) -> None:
        crate = await put(store, Crate(id="c", ttl=60, left=2))
        clock.time += timedelta(seconds=50)
        await put(store, crate)
        clock.time += timedelta(seconds=50)
        await store.commit(change(takes=(take(1),)))
        clock.time += timedelta(seconds=50)

        found = await store.get(Crate, "c", "u-1")

        assert found is not None
        await put(store, found.but(ttl=None))
        clock.time += timedelta(days=999)
        assert await ids(store) == ["c"]
