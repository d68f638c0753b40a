"""Event Hubs triggers: every consumer group of every hub, read from the log in the store file.

A reader is one function on one partition; it runs on the host that holds its lease, one batch at a
time. One look at the newest sequence number serves all readers, and one query fetches for all that are
free, from where the slowest of them stands.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.sqlite.eventlog import EventLog, Record
from local.delivery import deliver
from local.faults import Faults
from local.leases import Lease, Leases
from local.settings import resolve
from local.worker import Function, Worker
from usecases.ports.store import StoreBusy

POLL_SECONDS = 0.01
"""An event waits about that long before it is seen, whichever process published it."""

_SAVE_SECONDS = 0.05  # checkpoints of that long share one write; a crash repeats at most as much
_MOST_FETCHED = 256
_NO_FAULTS = Faults()
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Reader:
    """One function on one partition: up to ``scanned`` it has been given all there is."""

    function: Function
    hub: str
    group: str
    partition: int
    lease: Lease | None = None
    scanned: int = 0
    withheld: int | None = None
    task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The name of its lease."""
        return f"{self.hub}/{self.group}/{self.partition}"

    def hold(self, lease: Lease | None) -> None:
        """Go on with this lease; with another epoch, from its checkpoint; without one, not at all."""
        if lease and self.lease and lease.epoch == self.lease.epoch:
            return
        if self.task:
            self.task.cancel()
        self.lease, self.task, self.withheld = lease, None, None
        self.scanned = int(lease.state or 0) if lease else 0

    @property
    def checkpoint(self) -> str:
        """Where another host would go on: before the first event that was withheld."""
        return str(self.scanned if self.withheld is None else min(self.scanned, self.withheld))


class EventTriggers:
    """All readers of this app, of which this host runs those whose lease it holds.

    ``ended`` hears of every task that ends; one that failed must not pass unseen.
    """

    def __init__(
        self,
        worker: Worker,
        log: EventLog,
        leases: Leases,
        *,
        most_in_a_batch: int,
        ended: Callable[[Any], None],
        faults: Faults = _NO_FAULTS,
    ) -> None:
        self._worker, self._log, self._leases = worker, log, leases
        self._faults, self._most, self._ended = faults, most_in_a_batch, ended
        self._unsaved: dict[Lease, str] = {}
        self._free = asyncio.Event()
        self.readers: list[Reader] = []

    def add(self, function: Function, environment: Mapping[str, str]) -> None:
        """Read for this function; its hub and group may name settings. Raises ``BadSetting``."""
        hub = resolve(function.trigger["eventHubName"], environment)
        group = resolve(function.trigger.get("consumerGroup") or "$Default", environment)
        self.readers += [
            Reader(function, hub, group, partition) for partition in range(self._log.partitions)
        ]

    @property
    def names(self) -> list[str]:
        """The leases to hold, by partition: so two hosts part by keys, and an order stays on one."""
        by_partition = sorted(self.readers, key=lambda reader: reader.partition)
        return [reader.name for reader in by_partition]

    @property
    def busy(self) -> set[str]:
        """The leases that are at work or not yet written."""
        unsaved = {lease.name for lease in self._unsaved}
        return unsaved | {reader.name for reader in self.readers if reader.task}

    def hold(self, leases: Mapping[str, Lease]) -> None:
        """Run the readers of these leases and no other."""
        for reader in self.readers:
            reader.hold(leases.get(reader.name))
        self._free.set()

    async def watch(self) -> None:
        """Give out what is new, for ever."""
        while True:
            self._free.clear()
            try:
                is_more = await self.give_out()
            except StoreBusy as busy:
                _log.warning("the event log cannot be read", extra={"error": str(busy)})
                is_more = False
            if not is_more:
                await self._pause()

    async def give_out(self) -> bool:
        """Start a batch for every free reader that has news; whether there may be more at once."""
        idle = [(one, one.lease) for one in self.readers if one.lease and not one.task]
        slowest = min((reader.scanned for reader, _ in idle), default=None)
        if slowest is None or await self._log.newest() <= slowest:
            return False
        records = await self._log.read_after(slowest, _MOST_FETCHED)
        by_source = defaultdict(list)
        for record in records:
            by_source[record.hub, record.partition].append(record)
        last = records[-1].sequence if records else slowest
        for reader, lease in idle:
            if reader.lease is lease:
                self._give(reader, by_source[reader.hub, reader.partition], last)
        return bool(records)

    async def save(self) -> None:
        """Write checkpoints as they come, for ever."""
        while True:
            await asyncio.sleep(_SAVE_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write the checkpoints that are not written; a reader whose lease has passed on stops."""
        states, self._unsaved = self._unsaved, {}
        if not states:
            return
        try:
            lost = await self._leases.save(states)
        except StoreBusy:
            self._unsaved = states | self._unsaved
            return
        for reader in self.readers:
            if reader.lease in lost:
                reader.hold(None)

    async def stop(self, seconds: float) -> None:
        """Let batches in hand end within ``seconds``; those that do not are left to the next host."""
        running = {reader.task for reader in self.readers if reader.task}
        if running:
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.flush()

    def _give(self, reader: Reader, records: Sequence[Record], last: int) -> None:
        fresh = [record for record in records if record.sequence > reader.scanned]
        batch = fresh[: self._most]
        reader.scanned = max(reader.scanned, last if batch == fresh else batch[-1].sequence)
        if batch:
            reader.task = asyncio.create_task(self._run(reader, batch))
            reader.task.add_done_callback(self._ended)

    async def _run(self, reader: Reader, batch: Sequence[Record]) -> None:
        """Deliver and move the checkpoint, whatever came of it: so does Event Hubs' trigger."""
        lease = reader.lease
        await asyncio.sleep(self._faults.pause_seconds(batch[0], reader.group))
        delivered = self._with_faults(reader, batch)
        if delivered:
            await deliver(self._worker, reader.function, reader.group, delivered)
        if lease is not None and reader.lease is lease:
            self._unsaved[lease] = reader.checkpoint
            reader.task = None
            self._free.set()

    def _with_faults(self, reader: Reader, batch: Sequence[Record]) -> list[Record]:
        delivered: list[Record] = []
        for record in batch:
            if self._faults.drops(record, reader.group):
                before = record.sequence - 1
                reader.withheld = before if reader.withheld is None else reader.withheld
                continue
            delivered += [record] * (2 if self._faults.duplicates(record, reader.group) else 1)
        return delivered

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._free.wait()
        except TimeoutError:
            pass
