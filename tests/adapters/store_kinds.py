"""What the tests of the store write and read: kinds, a clock that stands still, and short ways to ask."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from domain.access import Caller, Role, Trace
from domain.companions import AuditRecord, beside
from domain.entity import Audited, Entity
from domain.events import Event
from usecases.ports.store import (
    Change,
    Page,
    Query,
    Store,
    Take,
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
    sequence: int | float | str | None = None
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
    owner: str = "Somebody"
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


async def records_of(store: Store) -> list[AuditRecord]:
    """The audit records of ``u-1``, oldest first."""
    page = await store.find(beside(AuditRecord, "Orders"), Query("u-1"))
    return sorted(page.items, key=lambda record: record.timestamp)
