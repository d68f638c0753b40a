"""The third end of the store: in memory, synchronous at heart, and the same in every run.

Its methods never suspend, so a schedule explorer can drive use cases by hand, one port call a step.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from hashlib import blake2b
from operator import xor
from typing import Any, Final

from adapters.batch import Batch, Create, Delete, Operation, Replace, TakeFrom, plan
from adapters.conditions import check, matches, segments, sort_of, value_at
from domain.entity import Document
from usecases.ports.clock import Clock
from usecases.ports.store import (
    AlreadyExists,
    Change,
    Committed,
    GuardRefused,
    Page,
    Position,
    Query,
    Scan,
    VersionConflict,
)

type _Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A document, or, without ``text``, the place of a removed one that remembers its count."""

    kind: str
    count: int
    text: str = ""
    expires_at: float | None = None

    @property
    def version(self) -> str:
        return str(self.count)


type Snapshot = Mapping[_Key, _Kept]

_NOTHING: Final = _Kept("", 0)


class MemoryStore:
    """Documents in a dictionary, under the contract of the two real ends.

    The versions of a document count its writes from 1, also over its removal. ``check_versions`` and
    ``check_guards`` switch the two protections off, so that a test can show what they protect from.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        audit_key: bytes = b"audit",
        check_versions: bool = True,
        check_guards: bool = True,
    ) -> None:
        self._clock = clock
        self._audit_key = audit_key
        self._check_versions = check_versions
        self._check_guards = check_guards
        self._kept: dict[_Key, _Kept] = {}
        self._digest = 0

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        """The entity, or ``None``."""
        kept = self._kept.get((kind.container, partition, id), _NOTHING)
        if kept.kind != kind.kind or not self._is_there(kept):
            return None
        return kind.of_json(kept.text, kept.version)

    async def find[E: Document](self, kind: type[E], query: Query | Scan) -> Page[E]:
        """A page of one partition in order, or what a scan meets, in no order that counts."""
        check(kind.container, query)
        found = [
            (document, kept)
            for kept in self._of_kind(kind, query)
            for document in (json.loads(kept.text),)
            if all(matches(document, where) for where in query.where)
        ]
        return _page(kind, found, query)

    async def commit(self, change: Change) -> Committed:
        """Write all of it or nothing."""
        now = self._clock.now()
        batch = plan(change, now=now, audit_key=self._audit_key)
        written: dict[_Key, _Kept] = {}
        for operation in batch.operations:
            key = (batch.container, batch.partition, operation.id)
            kept = written.get(key, self._kept.get(key, _NOTHING))
            written[key] = self._applied(operation, kept, now.timestamp())
        self._keep(written)
        return batch.committed(_versions(batch, written))

    def snapshot(self) -> Snapshot:
        """Everything kept, to be given back to ``restore``."""
        return dict(self._kept)

    def restore(self, snapshot: Snapshot) -> None:
        """Make what is kept what it was."""
        self._kept = dict(snapshot)
        self._digest = reduce(xor, (_hash(*item) for item in snapshot.items()), 0)

    def digest(self) -> int:
        """A number of 128 bits that stands for everything kept; kept up to date, so it costs nothing."""
        return self._digest

    def _of_kind(self, kind: type[Document], query: Query | Scan) -> Iterator[_Kept]:
        partitions = () if isinstance(query, Scan) else (query.partition,)
        for (container, partition, _), kept in self._kept.items():
            is_place = container == kind.container and partition in (partitions or (partition,))
            if is_place and kept.kind == kind.kind and self._is_there(kept):
                yield kept

    def _is_there(self, kept: _Kept) -> bool:
        if kept.expires_at is not None and kept.expires_at <= self._clock.now().timestamp():
            return False
        return kept.text != ""

    def _applied(self, operation: Operation, kept: _Kept, now: float) -> _Kept:
        match operation:
            case Create():
                if self._is_there(kept):
                    raise AlreadyExists(f"{operation.id} is there already", operation.id)
                return _written(operation, kept, now)
            case Replace():
                self._compare(operation, kept)
                return _written(operation, kept, now)
            case Delete():
                self._compare(operation, kept)
                return _Kept("", kept.count)
            case _:
                return self._taken(operation, kept, now)

    def _compare(self, operation: Replace | Delete, kept: _Kept) -> None:
        is_same = self._is_there(kept) and kept.version == operation.version
        if self._check_versions and not is_same:
            raise VersionConflict(f"{operation.id} has changed", operation.id)

    def _taken(self, take: TakeFrom, kept: _Kept, now: float) -> _Kept:
        document = json.loads(kept.text) if self._is_there(kept) else {}
        found = value_at(document, take.field)
        is_number = kept.kind == take.kind and sort_of(found) is float
        if not is_number or (self._check_guards and found < take.quantity):
            raise GuardRefused(f"{take.id} has less than {take.quantity}", take.id)
        *way, name = segments(take.field)
        reduce(lambda part, step: part[step], way, document)[name] = found - take.quantity
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        return _Kept(kept.kind, kept.count + 1, text, _expiry(document.get("ttl"), now))

    def _keep(self, written: Mapping[_Key, _Kept]) -> None:
        for key, kept in written.items():
            if key in self._kept:
                self._digest ^= _hash(key, self._kept[key])
            self._digest ^= _hash(key, kept)
            self._kept[key] = kept


def _written(operation: Create | Replace, kept: _Kept, now: float) -> _Kept:
    expires_at = _expiry(operation.ttl, now)
    return _Kept(operation.kind, kept.count + 1, operation.text, expires_at)


def _expiry(ttl: int | None, now: float) -> float | None:
    return None if ttl is None else now + ttl


def _versions(batch: Batch, written: Mapping[_Key, _Kept]) -> dict[str, str]:
    return {id: kept.version for (_, _, id), kept in written.items()}


def _page[E: Document](
    kind: type[E], found: list[tuple[dict[str, Any], _Kept]], query: Query | Scan
) -> Page[E]:
    if isinstance(query, Scan):
        return Page(tuple(_entity(kind, kept) for _, kept in found[: query.limit]))
    placed = [
        ((sort_of(value) is str, value, str(document["id"])), kept)
        for document, kept in found
        if sort_of(value := value_at(document, query.order_by)) in (float, str)
    ]
    placed.sort(key=lambda pair: pair[0], reverse=query.descending)
    rest = [pair for pair in placed if _is_after(pair[0], query)]
    page = rest[: query.limit]
    place = page[-1][0] if len(rest) > query.limit else None
    return Page(
        tuple(_entity(kind, kept) for _, kept in page),
        Position(place[1], place[2]) if place else None,
    )


def _is_after(place: tuple[bool, Any, str], query: Query) -> bool:
    if query.after is None:
        return True
    after = (sort_of(query.after.value) is str, query.after.value, query.after.entity_id)
    return place < after if query.descending else place > after


def _entity[E: Document](kind: type[E], kept: _Kept) -> E:
    return kind.of_json(kept.text, kept.version)


def _hash(key: _Key, kept: _Kept) -> int:
    told = json.dumps((key, kept.kind, kept.count, kept.text, kept.expires_at))
    return int.from_bytes(blake2b(told.encode(), digest_size=16).digest())
