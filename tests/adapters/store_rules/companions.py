"""Events and audit records beside the entities."""

import json
from datetime import timedelta

import pytest

from domain.audit import broken_links, digest
from domain.companions import AuditRecord, Marker, Outbox, beside
from domain.moment import moment_text
from tests.adapters.store_kinds import (
    START,
    Crate,
    Safe,
    StillClock,
    change,
    event,
    ids,
    put,
    records_of,
    take,
)
from usecases.ports.store import (
    AlreadyExists,
    Scan,
    Store,
    Where,
)


class Companions:
    """Events and audit records beside the entities."""

    async def test_events_are_kept_beside_in_the_same_batch(self, store: Store) -> None:
        events = (event("e-1", 4), event("e-2", 5))

        committed = await store.commit(change(Crate(id="c"), events=events))

        kind = beside(Outbox, "Orders")
        outbox = await store.get(kind, "out:e-1", "u-1")
        assert outbox == committed.outbox
        assert outbox is not None
        assert (outbox.key, outbox.sequence, outbox.events) == ("o-1", 4, events)
        assert (outbox.created_at, outbox.sent_at, outbox.partition) == (START, None, "u-1")
        assert await ids(store) == ["c"]

    async def test_the_unsent_are_found_until_they_are_marked(self, store: Store) -> None:
        committed = await store.commit(change(Crate(id="c"), events=(event("e-1"),)))
        unsent = Scan((Where("sent_at", "missing"),))
        kind = beside(Outbox, "Orders")
        assert (await store.find(kind, unsent)).items == (committed.outbox,)

        assert committed.outbox is not None
        await put(store, committed.outbox.but(sent_at=START, ttl=60))

        assert (await store.find(kind, unsent)).items == ()

    async def test_the_same_events_are_not_told_twice(self, store: Store) -> None:
        await store.commit(change(Crate(id="c"), events=(event("e-1"),)))

        with pytest.raises(AlreadyExists) as refused:
            await store.commit(change(Crate(id="d"), events=(event("e-1"),)))

        assert refused.value.entity_id == "out:e-1"
        assert await ids(store) == ["c"]

    async def test_a_marker_is_made_once(self, store: Store) -> None:
        marker = beside(Marker, "Orders")(id="in:orders:e-1", user_id="u-1")
        await put(store, marker)

        with pytest.raises(AlreadyExists):
            await store.commit(change(Crate(id="c"), marker))

    async def test_an_audited_entity_leaves_a_chain_of_records(
        self, store: Store, clock: StillClock
    ) -> None:
        safe = await put(store, Safe(id="s", amount=1))
        await put(store, Crate(id="c", left=5))
        clock.time += timedelta(seconds=1)
        again = await store.get(Safe, "s", "u-1")
        assert again is not None
        (safe,) = (
            await store.commit(change(again.but(amount=2, owner="Bea"), takes=(take(3),)))
        ).entities
        clock.time += timedelta(seconds=1)
        await store.commit(change(removes=(safe,)))

        records = await records_of(store)

        assert list(broken_links(records)) == []
        assert [record.action for record in records] == ["created", "changed", "removed"]
        assert records[1].hash == safe.audit_head
        assert records[1].changes["amount"] == {"before": 1, "after": 2}
        assert records[1].changes["c.left"] == {"taken": 3}
        assert set(records[1].changes) == {"amount", "owner", "c.left"}
        told = (records[1].entity_type, records[1].entity_id, records[1].correlation_id)
        assert told == ("safe", "s", "cor-1")
        assert (records[1].actor_id, records[1].actor_type) == ("u-staff", "staff")

    async def test_personal_values_enter_the_audit_as_keyed_hashes(
        self, store: Store, clock: StillClock
    ) -> None:
        safe = await put(store, Safe(id="s", owner="Somebody"))
        clock.time += timedelta(seconds=1)
        await put(store, safe.but(owner="Bea"))

        created, changed = await records_of(store)

        assert "Somebody" not in json.dumps([created.changes, changed.changes])
        assert created.changes["owner"]["after"] == changed.changes["owner"]["before"]
        assert changed.changes["owner"]["after"].startswith("hmac:")
        assert len(changed.changes["owner"]["after"]) == 69

    async def test_a_record_that_was_altered_breaks_the_chain(
        self, store: Store, clock: StillClock
    ) -> None:
        safe = await put(store, Safe(id="s", amount=1))
        clock.time += timedelta(seconds=1)
        await put(store, safe.but(amount=2))
        first, second = await records_of(store)

        assert list(broken_links([first, second], second.hash)) == []
        assert [link.record_id for link in broken_links([second])] == [second.id]
        forged = first.but(actor_id="u-other")
        assert [link.record_id for link in broken_links([forged, second])] == [first.id]
        rehashed = forged.but(hash=digest(forged))
        assert len(list(broken_links([rehashed, second]))) == 3

    async def test_records_wait_until_they_are_marked(
        self, store: Store, clock: StillClock
    ) -> None:
        await put(store, Safe(id="s"))
        clock.time += timedelta(seconds=1)
        await put(store, Safe(id="t"))
        kind = beside(AuditRecord, "Orders")

        async def waiting(until: str) -> list[str]:
            found = await store.find(kind, Scan((Where("waiting_since", "<=", until),)))
            return sorted(record.entity_id for record in found.items)

        assert await waiting(moment_text(START)) == ["s"]
        assert await waiting(moment_text(clock.now())) == ["s", "t"]
        first, second = await records_of(store)
        marks = [one.but(waiting_since=None, projected_at=START) for one in (first, second)]
        await store.commit(change(*marks))
        assert await waiting(moment_text(clock.now())) == []
        assert [one.waiting_since for one in await records_of(store)] == [None, None]

    async def test_each_audited_entity_of_a_batch_has_its_record_and_takes_are_told_once(
        self, store: Store
    ) -> None:
        await put(store, Crate(id="c", left=5))

        await store.commit(change(Safe(id="s"), Safe(id="t"), takes=(take(1),)))

        told = {record.entity_id: "c.left" in record.changes for record in await records_of(store)}
        assert told == {"s": True, "t": False}
