"""A store in which something happens at a chosen moment: another request, a crash, a fault."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import overload

from domain.entity import Document
from tests.usecases.shop_fixtures import Bench
from usecases.ports.store import Change, Committed, Page, Query, Scan, Store
from usecases.shop import Shop


class Crash(Exception):
    """The process is gone."""


@dataclass
class Meddler:
    """A store in which something happens just before some commit; commits are counted from one."""

    inner: Store
    deeds: Mapping[int, Callable[[], Awaitable[object]]]
    commits: int = 0

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        return await self.inner.get(kind, id, partition)

    @overload
    async def find[E: Document](self, kind: type[E], query: Query) -> Page[E]: ...
    @overload
    async def find[E: Document](self, kind: type[E], query: Scan) -> Page[E]: ...
    async def find[E: Document](self, kind: type[E], query: Query | Scan) -> Page[E]:
        return await self.inner.find(kind, query)

    async def commit(self, change: Change) -> Committed:
        self.commits += 1
        deed = self.deeds.get(self.commits)
        if deed is not None:
            await deed()
        return await self.inner.commit(change)


def meddled(bench: Bench, deeds: Mapping[int, Callable[[], Awaitable[object]]]) -> Shop:
    """The shop, in which each deed is done just before the commit of its number."""
    return replace(bench.shop, store=Meddler(bench.store, deeds))


async def crash() -> None:
    """The process ends here."""
    raise Crash


def failing(fault: Exception) -> Callable[[], Awaitable[None]]:
    """A deed that raises."""

    async def deed() -> None:
        raise fault

    return deed
