"""The store: three verbs, generic over entity classes.

``get`` reads one entity, ``find`` a page of one partition, and ``commit`` is the only way to write:
entities, the events that follow from them and who did it, in one atomic batch of one partition.

    StoreError
    ├── Refused                    the batch was not applied, and repeating it as it is will not help
    │   ├── AlreadyExists          a new entity is there already
    │   ├── VersionConflict        somebody else changed or removed an entity since it was read
    │   ├── GuardRefused           a ``Take`` found less than it wants to take
    │   └── TooLarge               over 100 operations or 2 MB
    └── StoreBusy                  throttled, timed out or away; the write may have happened
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, overload

from domain.access import Caller
from domain.entity import Document, Entity
from domain.events import Event
from usecases.ports.faults import PortFault

MOST_ON_A_PAGE = 100
MOST_OPERATIONS = 100
MOST_BYTES = 2_000_000


class StoreError(Exception):
    """The store did not do what was asked; ``entity_id`` names the document where one is meant."""

    def __init__(self, message: str, entity_id: str = "") -> None:
        super().__init__(message)
        self.entity_id = entity_id


class Refused(StoreError):
    """The batch was not applied."""


class AlreadyExists(Refused):
    """A new entity is there already."""


class VersionConflict(Refused):
    """Somebody else changed or removed an entity since it was read."""


class GuardRefused(Refused):
    """A ``Take`` found less than it wants to take, or nothing to take from."""


class TooLarge(Refused):
    """The batch is over the limits of one transaction."""


class StoreBusy(StoreError, PortFault):
    """The store is throttled or away, or did not answer in time: the write may have happened."""


type Operator = Literal[
    "=", "!=", "<", "<=", ">", ">=", "in", "prefix", "has", "has any", "missing"
]
type Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Where:
    """One condition on a dotted path; paths come from code, never from callers.

    ``in``: the value is one of a sequence; ``has``: the array holds the value; ``has any``: the array
    holds one of a sequence; ``missing``: the path is absent (``value`` is ignored). Everything else is
    false where the path is absent, null or of another sort (string, number, boolean) than the value,
    ``!=`` too. Strings compare by code point, a sequence holds values of one sort.
    """

    path: str
    operator: Operator
    value: Scalar | Sequence[Scalar] = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the sort value and id of its last entity. It is not secret, so sign it."""

    value: str | int | float
    entity_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """A page of one partition, in one order.

    ``order_by`` is a path to strings or numbers (ties go by id); entities without it are left out. It is
    the id or one of the paths that ``adapters/names.py`` lists for the container: the cloud sorts by an
    index or not at all. ``after`` is the ``Position`` of the page before; ``limit`` is at most 100.
    """

    partition: str
    where: tuple[Where, ...] = ()
    order_by: str = "id"
    descending: bool = False
    limit: int = 20
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A look through all partitions, for sweeps: it can neither sort nor page, as the cloud cannot."""

    where: tuple[Where, ...] = ()
    limit: int = MOST_ON_A_PAGE


@dataclass(frozen=True, slots=True)
class Page[E: Document]:
    """Entities in order, and where the next page begins; ``None`` when there is none."""

    items: tuple[E, ...]
    next: Position | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """A guarded change: where ``field`` of this entity is at least ``quantity``, take ``quantity``.

    It does not read, so a hot document does not spin; its refusal means short. A negative quantity gives
    back. A take from an audited kind needs an audited entity in its change, whose record tells of it.
    """

    kind: type[Entity]
    id: str
    partition: str
    field: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic write in one partition, by somebody.

    New entities (``version`` is ``None``) must not exist yet; others must still be at the version they
    were read at, also those in ``removes``. ``events`` are published because of it, in this order.
    An id has at most 1,023 bytes and none of ``/ \\ ? #``. The operations are applied, and refused, in the
    order creates, replaces, removes, takes. No document
    may be named twice, but several takes may take from one that is not otherwise changed.
    """

    by: Caller
    puts: tuple[Entity, ...] = ()
    removes: tuple[Entity, ...] = ()
    takes: tuple[Take, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What was written: ``puts`` in the order given, at their new versions; the outbox, where events were."""

    entities: tuple[Any, ...] = ()
    outbox: Entity | None = field(default=None)


class Store(Protocol):
    """The documents of the shop."""

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        """The entity, or ``None``; one operation. Raises ``StoreBusy``.

        An id or partition that no document can have (``domain.document_id``) is simply absent.
        """

    @overload
    async def find[E: Document](self, kind: type[E], query: Query) -> Page[E]: ...
    @overload
    async def find[E: Document](self, kind: type[E], query: Scan) -> Page[E]: ...

    async def commit(self, change: Change) -> Committed:
        """Write all of it or nothing; one operation. Raises the ``StoreError`` tree."""
