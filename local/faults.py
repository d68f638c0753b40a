"""Faults on demand: what the cloud does to events and processes, when a test or a person asks for it.

``HPH_FAULTS="duplicate=0.2,delay=0.05,drop=0.1,reorder=0.5,webhooks=0.5,crash=7,seed=1"``. What happens to an event
follows from the seed and its sequence number alone, so that a run can be repeated.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from random import Random
from typing import Any, overload

from adapters.sqlite.eventlog import Record
from domain.entity import Document
from local.settings import BadSetting
from usecases.ports.store import Change, Committed, Page, Query, Scan, Store

_CRASHED = 137  # the exit status of a killed process


@dataclass(frozen=True, slots=True)
class Faults:
    """``duplicate`` and ``drop`` are chances an event, ``delay`` and ``reorder`` seconds a batch.

    A duplicated event is delivered twice. A dropped one is not delivered before the host is started
    again. ``reorder`` waits up to that long, which lets other partitions and hubs overtake. ``webhooks`` is
    the chance that a webhook of the card network is lost for good, though the network takes it as delivered.
    ``crash`` ends the process right after that many commits; 0 is never.
    """

    duplicate: float = 0.0
    drop: float = 0.0
    delay: float = 0.0
    reorder: float = 0.0
    webhooks: float = 0.0
    crash: int = 0
    seed: int = 0

    def duplicates(self, record: Record, group: str) -> bool:
        """Whether this event is delivered twice to this group."""
        return self.duplicate > self._chance("duplicate", record, group)

    def drops(self, record: Record, group: str) -> bool:
        """Whether this event is kept from this group until a restart."""
        return self.drop > self._chance("drop", record, group)

    def loses(self, payload: bytes) -> bool:
        """Whether this webhook never arrives."""
        return self.webhooks > Random(f"{self.seed}/webhook/{payload!r}").random()  # noqa: S311 - no secret

    def pause_seconds(self, record: Record, group: str) -> float:
        """How long the batch that begins with this event waits."""
        return self.delay + self.reorder * self._chance("reorder", record, group)

    def _chance(self, what: str, record: Record, group: str) -> float:
        return Random(f"{self.seed}/{what}/{group}/{record.sequence}").random()  # noqa: S311 - no secret


def read_faults(environment: Mapping[str, str]) -> Faults:
    """The faults that ``HPH_FAULTS`` asks for. Raises ``BadSetting``."""
    kinds = {field.name: int if field.type is int else float for field in fields(Faults)}
    asked: dict[str, Any] = {}
    for part in environment.get("HPH_FAULTS", "").split(","):
        name, _, value = part.strip().partition("=")
        if not name:
            continue
        try:
            asked[name] = kinds[name](value)
        except (KeyError, ValueError) as error:
            raise BadSetting(f"HPH_FAULTS cannot be read at {part!r}") from error
    return Faults(**asked)


class CommitCounter:
    """Counts commits over all stores of a process and ends it after the n-th; 0 is never."""

    def __init__(self, crash_after: int) -> None:
        self.crash_after, self.count = crash_after, 0

    def committed(self) -> None:
        """One more was written; the process may not see the end of this call."""
        self.count += 1
        if self.count == self.crash_after:
            os._exit(_CRASHED)


class CrashingStore:
    """A store whose process dies right after the n-th commit, before anybody learns of it."""

    def __init__(self, store: Store, counter: CommitCounter) -> None:
        self._store, self._counter = store, counter

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        """As the store does."""
        return await self._store.get(kind, id, partition)

    @overload
    async def find[E: Document](self, kind: type[E], query: Query) -> Page[E]: ...
    @overload
    async def find[E: Document](self, kind: type[E], query: Scan) -> Page[E]: ...
    async def find[E: Document](self, kind: type[E], query: Query | Scan) -> Page[E]:
        """As the store does."""
        return await self._store.find(kind, query)

    async def commit(self, change: Change) -> Committed:
        """As the store does, and then perhaps never again."""
        committed = await self._store.commit(change)
        self._counter.committed()
        return committed


def crashing(store: Store) -> Store:
    """The store as ``HPH_FAULTS`` wants it: for whoever builds the app's stores."""
    crash_after = read_faults(os.environ).crash
    return CrashingStore(store, CommitCounter(crash_after)) if crash_after else store
