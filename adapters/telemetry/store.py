"""The store, measured: how long its operations take and what they are charged, by container.

No span for each, but for those that failed or were slow: a request's span says how many operations it took and
what they cost, and the service keeps a row for every operation itself.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, overload

from adapters.closing import closed
from domain.entity import Document
from usecases.meter import part
from usecases.ports.faults import PortFault
from usecases.ports.store import Change, Committed, Page, Query, Scan, Store
from usecases.ports.telemetry import REQUEST_CHARGE, STORE_DURATION, Telemetry

SLOW_SECONDS: Final = 0.5
"""An operation that takes longer is told by itself."""


class WatchedStore:
    """Passes everything on to ``inner``. ``system`` is its name by OpenTelemetry's conventions."""

    def __init__(
        self, inner: Store, telemetry: Telemetry, seconds: Callable[[], float], system: str
    ) -> None:
        self._inner, self._telemetry = inner, telemetry
        self._seconds, self._system = seconds, system

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        """One point read."""
        with self._watched("read_item", kind.container):
            return await self._inner.get(kind, id, partition)

    @overload
    async def find[E: Document](self, kind: type[E], query: Query) -> Page[E]: ...
    @overload
    async def find[E: Document](self, kind: type[E], query: Scan) -> Page[E]: ...
    async def find[E: Document](self, kind: type[E], query: Query | Scan) -> Page[E]:
        """One query."""
        with self._watched("query_items", kind.container):
            return await self._inner.find(kind, query)

    async def commit(self, change: Change) -> Committed:
        """One batch."""
        with self._watched("execute_batch", _container_of(change)):
            return await self._inner.commit(change)

    async def close(self) -> None:
        """Let go of what the store within has opened."""
        await closed(self._inner)

    @contextmanager
    def _watched(self, operation: str, container: str) -> Iterator[None]:
        started = self._seconds()
        attributes = {"db.collection.name": container, "db.operation.name": operation}
        reason = ""
        with part() as cost:
            try:
                yield
            except PortFault as fault:
                reason = type(fault).__name__
                raise
            finally:
                self._tell(attributes, self._seconds() - started, reason)
                if cost.request_units:
                    self._telemetry.measure(REQUEST_CHARGE, cost.request_units, attributes)

    def _tell(self, attributes: Mapping[str, str], seconds: float, reason: str) -> None:
        """One operation; a conflict or a refused guard is an answer, not a failure."""
        told = {"db.system.name": self._system, **attributes}
        if reason or seconds >= SLOW_SECONDS:
            name = f"{attributes['db.operation.name']} {attributes['db.collection.name']}"
            self._telemetry.past_call(name, seconds, told, reason)
        failed = {"error.type": reason} if reason else {}
        self._telemetry.measure(STORE_DURATION, seconds, told | failed)


def _container_of(change: Change) -> str:
    """The one container that a change writes to."""
    entities = (*change.puts, *change.removes)
    return entities[0].container if entities else change.takes[0].kind.container
