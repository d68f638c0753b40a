"""Guarded changes."""

import asyncio

import pytest

from tests.adapters.store_kinds import (
    Crate,
    Safe,
    change,
    ids,
    put,
    take,
)
from usecases.ports.store import (
    GuardRefused,
    Store,
    VersionConflict,
    Where,
)


class Takes:
    """Guarded changes."""

    async def test_a_take_takes_and_gives_another_version(self, store: Store) -> None:
        before = await put(store, Crate(id="c", left=5, facts={"kept": 1.5}))

        await store.commit(change(takes=(take(2), take(3))))

        after = await store.get(Crate, "c", "u-1")
        assert after is not None
        assert (after.left, after.facts) == (0, {"kept": 1.5})
        assert after.version != before.version
        with pytest.raises(VersionConflict):
            await put(store, before.but(status="lost"))

    async def test_a_take_of_more_than_is_left_is_refused(self, store: Store) -> None:
        before = await put(store, Crate(id="c", left=1))

        with pytest.raises(GuardRefused) as refused:
            await store.commit(change(takes=(take(2),)))

        assert refused.value.entity_id == "c"
        assert await store.get(Crate, "c", "u-1") == before

    async def test_nothing_can_be_taken_from_what_is_absent_or_no_number(
        self, store: Store
    ) -> None:
        await put(store, Crate(id="c", facts={"word": "9", "yes": True, "null": None}))
        await put(store, Safe(id="s", amount=9))

        fields = ("left", "status", "facts.word", "facts.yes", "facts.null", "facts.none.deep")
        takes = [take(1, field=field) for field in fields]
        takes += [take(1, "none"), take(1, "s", "amount"), take(-1, "none")]

        for each in takes:
            with pytest.raises(GuardRefused):
                await store.commit(change(takes=(each,)))

    async def test_a_negative_take_gives_back(self, store: Store) -> None:
        await put(store, Crate(id="c", facts={"deep": {"left": 0}}))

        await store.commit(change(takes=(take(-3, field="facts.deep.left"),)))

        after = await store.get(Crate, "c", "u-1")
        assert after is not None
        assert after.facts == {"deep": {"left": 3}}

    async def test_many_takes_at_once_never_go_below_zero(self, store: Store) -> None:
        await put(store, Crate(id="c", left=10))

        async def hold(order: int) -> None:
            await store.commit(change(Crate(id=f"hold-{order:02}"), takes=(take(1),)))

        outcomes = await asyncio.gather(*(hold(n) for n in range(30)), return_exceptions=True)

        assert [type(each) for each in outcomes].count(GuardRefused) == 20
        assert len(await ids(store, Where("id", "prefix", "hold-"))) == 10
        after = await store.get(Crate, "c", "u-1")
        assert after is not None
        assert after.left == 0
