"""One atomic batch, with its order and its limits."""

from typing import Any

import pytest

from domain.companions import Outbox, beside
from tests.adapters.store_kinds import CALLER, Crate, Safe, change, event, ids, put, take
from usecases.ports.store import (
    AlreadyExists,
    Change,
    GuardRefused,
    Query,
    Scan,
    Store,
    Take,
    TooLarge,
    VersionConflict,
)


class Batches:
    """One atomic batch, with its order and its limits."""

    async def test_a_batch_writes_all_and_answers_in_the_order_given(self, store: Store) -> None:
        old = await put(store, Crate(id="old"))
        gone = await put(store, Crate(id="gone"))
        await put(store, Crate(id="c", left=5))

        committed = await store.commit(
            change(
                old.but(status="full"),
                Crate(id="new"),
                removes=(gone,),
                takes=(take(2),),
                events=(event("e-1"), event("e-2", 2)),
            )
        )

        assert [entity.id for entity in committed.entities] == ["old", "new"]
        assert committed.entities[0] == await store.get(Crate, "old", "u-1")
        assert await ids(store) == ["c", "new", "old"]
        left = await store.get(Crate, "c", "u-1")
        assert left is not None
        assert left.left == 3

    async def test_a_refused_batch_changes_nothing(self, store: Store) -> None:
        old = await put(store, Crate(id="old"))
        gone = await put(store, Crate(id="gone"))
        before = await put(store, Crate(id="c", left=1))

        with pytest.raises(GuardRefused):
            await store.commit(
                change(
                    old.but(status="full"),
                    Crate(id="new"),
                    removes=(gone,),
                    takes=(take(1), take(1)),
                    events=(event("e-1"),),
                )
            )

        assert await ids(store) == ["c", "gone", "old"]
        assert await store.get(Crate, "old", "u-1") == old
        assert await store.get(Crate, "c", "u-1") == before
        assert (await store.find(beside(Outbox, "Orders"), Scan())).items == ()

    async def test_refusals_come_in_the_order_creates_replaces_removes_takes(
        self, store: Store
    ) -> None:
        there = await put(store, Crate(id="there"))
        stale, lost = await put(store, Crate(id="stale")), await put(store, Crate(id="lost"))
        for crate in (stale, lost):
            await put(store, crate)
        parts: list[tuple[type[Exception], str, dict[str, Any]]] = [
            (GuardRefused, "none", {"takes": (take(1, "none"),)}),
            (VersionConflict, "lost", {"removes": (lost,)}),
            (VersionConflict, "stale", {"puts": (stale,)}),
            (AlreadyExists, "there", {"puts": (stale, Crate(id="there"))}),
        ]

        asked: dict[str, Any] = {}
        for refusal, id, part in parts:
            asked |= part
            with pytest.raises(refusal) as refused:
                await store.commit(Change(CALLER, **asked))
            assert getattr(refused.value, "entity_id", None) == id

        assert await store.get(Crate, "there", "u-1") == there

    async def test_a_hundred_operations_fit_and_one_more_does_not(self, store: Store) -> None:
        crates = [Crate(id=f"{n:03}") for n in range(100)]

        with pytest.raises(TooLarge):
            await store.commit(change(*crates, events=(event("e-1"),)))
        assert await ids(store) == []
        await store.commit(change(*crates))

        assert len(await ids(store)) == 100

    async def test_two_megabytes_do_not_fit(self, store: Store) -> None:
        with pytest.raises(TooLarge):
            await put(store, Crate(id="c", status="é" * 1_000_000))
        await put(store, Crate(id="c", status="e" * 1_000_000))

        assert await ids(store) == ["c"]

    async def test_what_no_store_may_be_asked_is_the_callers_error(self, store: Store) -> None:
        crate = await put(store, Crate(id="c", left=5))
        safe_take = Take(Safe, "s", "u-1", "amount", 1)
        wrong = [
            change(),
            change(events=(event("e-1"),)),
            change(Crate(id="a"), Crate(id="b", user_id="u-2")),
            change(Crate(id="a"), takes=(Take(Crate, "c", "u-2", "left", 1),)),
            change(Crate(id="a"), Crate(id="a")),
            change(crate, removes=(crate,)),
            change(crate, takes=(take(1),)),
            change(removes=(Crate(id="c"),)),
            change(Crate(id="a"), takes=(take(1, field="no path"),)),
            change(Crate(id="a"), takes=(safe_take,)),
            *(change(Crate(id=id)) for id in ("", "a/b", "a\\b", "a?", "#", "é" * 512)),
        ]

        for asked in wrong:
            with pytest.raises(ValueError, match=r"."):
                await store.commit(asked)

        assert await ids(store) == ["c"]
        for limit in (0, 101):
            with pytest.raises(ValueError, match="page"):
                await store.find(Crate, Query("u-1", limit=limit))
