"""Counts the store operations of the invocation at hand, for its log line, its header and the budgets."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, overload

from domain.entity import Entity
from usecases.ports.store import Change, Committed, Page, Query, Scan, Store


@dataclass(slots=True)
class _Count:
    operations: int = 0


_COUNT: Final[ContextVar[_Count | None]] = ContextVar("store_operations", default=None)


def begin_counting() -> None:
    """Count from zero in this context and in the tasks started from it: once at the start of an invocation."""
    _COUNT.set(_Count())


def operations() -> int:
    """How many store operations this invocation has made; 0 where none was begun."""
    count = _COUNT.get()
    return count.operations if count else 0


class CountingStore:
    """Passes everything on to ``inner`` and counts it; refused and failed operations count too."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    async def get[E: Entity](self, kind: type[E], id: str, partition: str) -> E | None:
        """One operation."""
        _count_one()
        return await self._inner.get(kind, id, partition)

    @overload
    async def find[E: Entity](self, kind: type[E], query: Query) -> Page[E]: ...
    @overload
    async def find[E: Entity](self, kind: type[E], query: Scan) -> Page[E]: ...
    async def find[E: Entity](self, kind: type[E], query: Query | Scan) -> Page[E]:
        """One operation."""
        _count_one()
        return await self._inner.find(kind, query)

    async def commit(self, change: Change) -> Committed:
        """One operation, however much it writes."""
        _count_one()
        return await self._inner.commit(change)


def _count_one() -> None:
    if count := _COUNT.get():
        count.operations += 1
