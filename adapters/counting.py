"""Counts the store operations of the invocation at hand, for its log line, its header and the budgets."""

from typing import overload

from adapters.closing import closed
from domain.entity import Document
from usecases.meter import count
from usecases.ports.store import Change, Committed, Page, Query, Scan, Store


class CountingStore:
    """Passes everything on to ``inner`` and counts it; refused and failed operations count too."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        """One operation."""
        count()
        return await self._inner.get(kind, id, partition)

    @overload
    async def find[E: Document](self, kind: type[E], query: Query) -> Page[E]: ...
    @overload
    async def find[E: Document](self, kind: type[E], query: Scan) -> Page[E]: ...
    async def find[E: Document](self, kind: type[E], query: Query | Scan) -> Page[E]:
        """One operation."""
        count()
        return await self._inner.find(kind, query)

    async def commit(self, change: Change) -> Committed:
        """One operation, however much it writes."""
        count()
        return await self._inner.commit(change)

    async def close(self) -> None:
        """Let go of the connections of the store within, where it has any."""
        await closed(self._inner)
