"""The contract of the store: one suite, passed by every end.

To add an end, write a test module with a subclass of ``StoreContract`` named ``Test…`` that has a fixture
``store``: an empty store whose clock is the fixture ``clock`` and whose audit key is ``AUDIT_KEY``.
"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from pydantic import Field

from adapters.audit import digest, is_chained
from domain.access import Caller, Role, Trace
from domain.companions import AuditRecord, Marker, Outbox, beside
from domain.entity import Audited, Entity
from domain.events import Event
from usecases.ports.store import (
    AlreadyExists,
    Change,
    GuardRefused,
    Page,
    Position,
    Query,
    Scan,
    Store,
    Take,
    TooLarge,
    VersionConflict,
    Where,
)

AUDIT_KEY = b"a key of the tests"
START = datetime(2026, 1, 25, 10, 30, tzinfo=UTC)

CALLER = Caller(
    user_id="u-staff",
    role=Role.STAFF,
    trace=Trace(correlation_id="cor-1", causation_id="req-1", traceparent="00-1-2-01"),
)


class Crate(Entity):
    """A plain kind, ordered by a string and a number, with room for anything."""

    kind: ClassVar[str] = "crate"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str = "u-1"
    created_at: str | None = None
    sequence: int | float | None = None
    status: str = "new"
    left: int | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class Safe(Audited):
    """An audited kind with a personal field, in the same partitions."""

    kind: ClassVar[str] = "safe"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"
    personal: ClassVar[frozenset[str]] = frozenset({"owner"})

    user_id: str = "u-1"
    owner: str = "Ada"
    amount: int = 0


class Tray(Crate):
    """The crate of a later release, which calls ``status`` ``state``."""

    schema_version: ClassVar[int] = 2

    state: str

    @classmethod
    def lifted(cls, document: dict[str, Any]) -> dict[str, Any]:
        return document | {"state": document["status"]}


class StillClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def event(name: str, sequence: int = 1) -> Event:
    """An event of the order ``o-1``."""
    return Event(
        event_id=name,
        event_type="OrderCreated",
        timestamp=START,
        subject="o-1",
        sequence=sequence,
        data={"order_id": "o-1", "note": None},
        correlation_id="cor-1",
        causation_id="req-1",
    )


def change(*puts: Entity, **more: Any) -> Change:
    """A change by the staff caller."""
    return Change(CALLER, puts=puts, **more)


def take(quantity: int, id: str = "c", field: str = "left") -> Take:
    """A take from a crate of ``u-1``."""
    return Take(Crate, id, "u-1", field, quantity)


async def put[E: Entity](store: Store, entity: E) -> E:
    """The entity as it was committed alone."""
    (written,) = (await store.commit(change(entity))).entities
    assert isinstance(written, type(entity))
    return written


async def put_all(store: Store, *entities: Entity) -> None:
    """Commit many, ninety a batch."""
    for begin in range(0, len(entities), 90):
        await store.commit(change(*entities[begin : begin + 90]))


async def ids(store: Store, *where: Where) -> list[str]:
    """The ids of the crates of ``u-1`` that fulfil the conditions."""
    page = await store.find(Crate, Query("u-1", where=where, limit=100))
    return [crate.id for crate in page.items]


async def pages(store: Store, query: Query) -> list[Page[Crate]]:
    """Every page of the query, from its first."""
    found = [await store.find(Crate, query)]
    while found[-1].next:
        again = Query(
            query.partition,
            query.where,
            query.order_by,
            query.descending,
            query.limit,
            found[-1].next,
        )
        found.append(await store.find(Crate, again))
    return found


class StoreContract:
    """What every end of the store does. A subclass brings the fixture ``store``."""

    @pytest.fixture
    def clock(self) -> StillClock:
        return StillClock()

    # reading and versions

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

    # documents

    async def test_text_of_any_script_comes_back_as_it_was(self, store: Store) -> None:
        text = 'Ærøskøbing "quoted" \\ 東京 🎁\u0301 \n\t\u2028 </script>'

        await put(store, Crate(id="c", status=text, facts={text: text}))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert (found.status, found.facts) == (text, {text: text})

    async def test_numbers_come_back_exactly(self, store: Store) -> None:
        facts = {"large": 2**53 - 1, "small": -(2**53) + 1, "price": 1199.95, "whole": 3.0}

        await put(store, Crate(id="c", facts=facts))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert found.facts == facts

    async def test_a_null_within_stays_a_null(self, store: Store) -> None:
        await put(store, Crate(id="c", facts={"nothing": None}))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert found.facts == {"nothing": None}

    async def test_fields_of_another_release_are_carried_through(self, store: Store) -> None:
        newer = Crate.model_validate({"id": "c", "colour": {"name": "red"}})
        crate = await put(store, newer)

        await put(store, crate.but(status="full"))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert found.document()["colour"] == {"name": "red"}

    async def test_an_older_document_is_lifted_on_read_and_kept_lifted(self, store: Store) -> None:
        await put(store, Crate(id="c", status="full"))

        tray = await store.get(Tray, "c", "u-1")
        assert tray is not None
        assert tray.state == "full"
        await put(store, tray.but(state="empty"))

        again = (await store.find(Tray, Query("u-1"))).items[0]
        assert (again.state, again.document()["schema_version"]) == ("empty", 2)

    # batches

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
        ]

        for asked in wrong:
            with pytest.raises(ValueError, match=r"."):
                await store.commit(asked)

        assert await ids(store) == ["c"]
        for limit in (0, 101):
            with pytest.raises(ValueError, match="page"):
                await store.find(Crate, Query("u-1", limit=limit))

    # takes

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

    # conditions

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            (Where("facts.n", "=", 2), "2"),
            (Where("facts.n", "=", 2.0), "2"),
            (Where("facts.n", "!=", 2), "013"),
            (Where("facts.n", "<", 2), "01"),
            (Where("facts.n", "<=", 2), "012"),
            (Where("facts.n", ">", 1), "23"),
            (Where("facts.n", ">=", 1.5), "23"),
            (Where("facts.n", "in", (0, 3, 9)), "03"),
            (Where("facts.n", "in", ()), ""),
            (Where("facts.n", "missing"), "6"),
            (Where("facts.s", "=", "b"), "1"),
            (Where("facts.s", "!=", "b"), "0235"),
            (Where("facts.s", "<", "é"), "01"),
            (Where("facts.s", ">", "b"), "235"),
            (Where("facts.s", ">=", "é"), "235"),
            (Where("facts.s", "in", ("a", "é", "\U0001f381")), "023"),
            (Where("facts.s", "in", "a"), "0"),
            (Where("facts.s", "prefix", "é"), "25"),
            (Where("facts.s", "prefix", ""), "01235"),
            (Where("facts.s", "prefix", "\U0001f381"), "3"),
            (Where("facts.s", "missing"), "6"),
            (Where("facts.b", "=", True), "0"),
            (Where("facts.b", "=", False), "1"),
            (Where("facts.b", "!=", True), "1"),
            (Where("facts.b", "in", (True, False)), "01"),
            (Where("facts.b", "=", 1), "2"),
            (Where("facts.tags", "has", "x"), "0"),
            (Where("facts.tags", "has", 1), "2"),
            (Where("facts.tags", "has", True), "1"),
            (Where("facts.tags", "has any", ("x", "y")), "01"),
            (Where("facts.tags", "has any", ()), ""),
            (Where("facts.tags", "has", "alone"), ""),
            (Where("facts.tags", "=", "alone"), "3"),
            (Where("facts.tags", "=", '["x"]'), ""),
            (Where("facts.deep.er", "=", "x"), "0"),
            (Where("facts.deep.er", "missing"), "123456"),
            (Where("facts.deep", "missing"), "23456"),
            (Where("id", "=", "4"), "4"),
            (Where("id", ">", "4"), "56"),
            (Where("id", "in", ("1", "none")), "1"),
            (Where("id", "prefix", "5"), "5"),
            (Where("id", "missing"), ""),
        ],
        ids=str,
    )
    async def test_a_condition_finds(self, store: Store, where: Where, expected: str) -> None:
        documents: list[dict[str, Any]] = [
            {"n": 0, "s": "a", "b": True, "tags": ["x"], "deep": {"er": "x"}},
            {"n": 1, "s": "b", "b": False, "tags": ["y", True], "deep": 1},
            {"n": 2, "s": "é", "b": 1, "tags": [1, None]},
            {"n": 3, "s": "\U0001f381", "b": "true", "tags": "alone"},
            {"n": None, "s": None, "b": None, "tags": None},
            {"n": "2", "s": "é\U0010ffff", "b": "1", "tags": {"x": "x"}},
            {},
        ]
        crates = [Crate(id=str(n), facts=facts) for n, facts in enumerate(documents)]
        await put_all(store, *crates)

        assert await ids(store, where) == list(expected)

    async def test_conditions_are_all_fulfilled(self, store: Store) -> None:
        await put_all(store, *(Crate(id=str(n), sequence=n) for n in range(9)))

        found = await ids(store, Where("sequence", ">", 2), Where("sequence", "<", 5))

        assert found == ["3", "4"]

    @pytest.mark.parametrize(
        "where",
        [
            Where("no path", "=", 1),
            Where("facts.n'", "missing"),
            Where("facts.n", "in", (1, "a")),
            Where("facts.b", "<", True),
            Where("facts.s", "prefix", 1),
            Where("facts.n", "=", None),  # type: ignore[arg-type]  # what types forbid, at run time too
        ],
        ids=str,
    )
    async def test_a_condition_that_means_nothing_is_refused(
        self, store: Store, where: Where
    ) -> None:
        with pytest.raises(ValueError, match=r"."):
            await ids(store, where)

    # order and pages

    async def test_entities_come_in_order_ties_by_id_and_without_the_path_not_at_all(
        self, store: Store
    ) -> None:
        places: list[Any] = [5, 1.5, 5, None, 10, -3]
        await put_all(store, *(Crate(id=str(n), sequence=place) for n, place in enumerate(places)))
        await put(store, Crate.model_validate({"id": "null", "facts": {"sequence": None}}))

        up = await store.find(Crate, Query("u-1", order_by="sequence"))
        down = await store.find(Crate, Query("u-1", order_by="sequence", descending=True))

        assert [crate.id for crate in up.items] == ["5", "1", "0", "2", "4"]
        assert [crate.id for crate in down.items] == ["4", "2", "0", "1", "5"]
        assert (up.next, down.next) == (None, None)

    async def test_strings_are_ordered_by_code_point(self, store: Store) -> None:
        names = ["Z", "a", "é", "z", "\uffee", "\U0001f381", ""]
        await put_all(store, *(Crate(id=str(n), created_at=name) for n, name in enumerate(names)))

        page = await store.find(Crate, Query("u-1", order_by="created_at"))

        assert [crate.created_at for crate in page.items] == sorted(names)

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("order_by", ["id", "sequence", "facts.rank"])
    async def test_pages_join_without_gap_or_repeat(
        self, store: Store, order_by: str, descending: bool
    ) -> None:
        crates = [
            Crate(id=f"{n:02}", sequence=n * 7 % 11, facts={"rank": f"r{n % 4}"}) for n in range(25)
        ]
        await put_all(store, *crates)
        await put(store, Crate(id="x", user_id="u-2", sequence=1, facts={"rank": "r1"}))

        found = await pages(store, Query("u-1", (), order_by, descending, 7))

        assert [len(page.items) for page in found] == [7, 7, 7, 4]
        seen = [crate.id for page in found for crate in page.items]
        places = {
            "id": lambda crate: (crate.id, crate.id),
            "sequence": lambda crate: (crate.sequence, crate.id),
            "facts.rank": lambda crate: (crate.facts["rank"], crate.id),
        }
        whole = sorted(crates, key=places[order_by], reverse=descending)
        assert seen == [crate.id for crate in whole]

    async def test_a_full_last_page_has_no_next(self, store: Store) -> None:
        await put_all(store, *(Crate(id=str(n)) for n in range(4)))

        assert [len(page.items) for page in await pages(store, Query("u-1", limit=2))] == [2, 2]

    async def test_what_comes_or_goes_between_pages_moves_no_other(self, store: Store) -> None:
        crates = [await put(store, Crate(id=f"{n}", sequence=n)) for n in range(6)]
        first = await store.find(Crate, Query("u-1", order_by="sequence", limit=3))
        assert first.next == Position(2, "2")

        await put(store, Crate(id="early", sequence=0.5))
        await put(store, Crate(id="late", sequence=3.5))
        await store.commit(change(removes=(crates[2], crates[4])))
        second = await store.find(
            Crate, Query("u-1", order_by="sequence", limit=3, after=first.next)
        )

        assert [crate.id for crate in second.items] == ["3", "late", "5"]

    async def test_a_page_with_conditions_goes_on_where_it_ended(self, store: Store) -> None:
        crates = (Crate(id=f"{n}", sequence=n, status="ab"[n % 2]) for n in range(9))
        await put_all(store, *crates)

        query = Query("u-1", (Where("status", "=", "a"),), "sequence", descending=True, limit=2)
        found = await pages(store, query)

        assert [[crate.id for crate in page.items] for page in found] == [
            ["8", "6"],
            ["4", "2"],
            ["0"],
        ]

    async def test_a_scan_looks_through_all_partitions(self, store: Store) -> None:
        crates = (Crate(id="c", user_id=f"u-{n}", status="ab"[n % 2]) for n in range(7))
        for crate in crates:
            await put(store, crate)

        page = await store.find(Crate, Scan((Where("status", "=", "a"),)))
        bounded = await store.find(Crate, Scan(limit=3))

        assert sorted(crate.user_id for crate in page.items) == ["u-0", "u-2", "u-4", "u-6"]
        assert (page.next, len(bounded.items), bounded.next) == (None, 3, None)

    def test_a_look_without_a_partition_cannot_sort_or_page(self) -> None:
        with pytest.raises(TypeError):
            Scan(order_by="id")  # type: ignore[call-arg]  # that is what is shown
        with pytest.raises(TypeError):
            Query(order_by="id")  # type: ignore[call-arg]  # that is what is shown

    # expiry

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

    # companions

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

        records = await _records(store)

        assert is_chained(records)
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
        safe = await put(store, Safe(id="s", owner="Ada"))
        clock.time += timedelta(seconds=1)
        await put(store, safe.but(owner="Bea"))

        created, changed = await _records(store)

        assert "Ada" not in json.dumps([created.changes, changed.changes])
        assert created.changes["owner"]["after"] == changed.changes["owner"]["before"]
        assert changed.changes["owner"]["after"].startswith("hmac:")
        assert len(changed.changes["owner"]["after"]) == 69

    async def test_a_record_that_was_altered_breaks_the_chain(
        self, store: Store, clock: StillClock
    ) -> None:
        safe = await put(store, Safe(id="s", amount=1))
        clock.time += timedelta(seconds=1)
        await put(store, safe.but(amount=2))
        first, second = await _records(store)

        assert is_chained([first, second])
        assert not is_chained([second])
        assert not is_chained([first.but(actor_id="u-other"), second])
        forged = first.but(actor_id="u-other")
        assert not is_chained([forged.but(hash=digest(forged)), second])

    async def test_each_audited_entity_of_a_batch_has_its_record_and_takes_are_told_once(
        self, store: Store
    ) -> None:
        await put(store, Crate(id="c", left=5))

        await store.commit(change(Safe(id="s"), Safe(id="t"), takes=(take(1),)))

        told = {record.entity_id: "c.left" in record.changes for record in await _records(store)}
        assert told == {"s": True, "t": False}


async def _records(store: Store) -> list[AuditRecord]:
    page = await store.find(beside(AuditRecord, "Orders"), Query("u-1"))
    return sorted(page.items, key=lambda record: record.timestamp)
