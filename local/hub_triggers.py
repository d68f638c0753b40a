"""Event Hubs triggers over a real namespace: every consumer group read through the official SDK.

The same as over the log in the store file: a batch of one partition at a time, the function's retry policy
in place, and a checkpoint after it whatever came of it. Hosts share partitions as the SDK balances them.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from adapters.eventhubs.clients import Clients
from adapters.eventhubs.groups import has_group
from adapters.sqlite.eventlog import Record
from local.delivery import deliver
from local.faults import Faults
from local.hub_checkpoints import HubCheckpoints
from local.settings import resolve
from local.worker import Function, Worker
from usecases.ports.store import StoreBusy

if TYPE_CHECKING:
    from azure.eventhub import EventData
    from azure.eventhub.aio import EventHubConsumerClient, PartitionContext

_BEATS_A_LEASE = 3  # as for the host's own leases
_AGAIN_SECONDS = 5.0  # between two looks for a hub or group that is not there
_PREFETCH = 256
_NO_FAULTS = Faults()
_log = logging.getLogger(__name__)


type Store = Callable[[str], HubCheckpoints]
"""Gives the checkpoints of a place."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a host reads: events a batch, seconds after which a dead host's partitions pass on, faults."""

    most_in_a_batch: int
    lease_seconds: float
    faults: Faults = _NO_FAULTS


@dataclass(frozen=True, slots=True)
class Subscription:
    """A function and the consumer group that it reads."""

    function: Function
    hub: str
    group: str


class HubTriggers:
    """All event functions of this app over one namespace.

    ``ended`` hears of every batch that ends; one that failed must not pass unseen.
    """

    def __init__(
        self,
        worker: Worker,
        clients: Clients,
        store: Store,
        *,
        manner: Manner,
        ended: Callable[[Any], None],
    ) -> None:
        self._worker, self._clients, self._store = worker, clients, store
        self._manner, self._ended = manner, ended
        self._running: set[asyncio.Task[None]] = set()
        self._withheld: set[tuple[str, str, str]] = set()
        self._stopping = False
        self.subscriptions: list[Subscription] = []

    def add(self, function: Function, environment: Mapping[str, str]) -> None:
        """Read for this function; its hub and group may name settings. Raises ``BadSetting``."""
        hub = resolve(function.trigger["eventHubName"], environment)
        group = resolve(function.trigger.get("consumerGroup") or "$Default", environment)
        self.subscriptions.append(Subscription(function, hub, group))

    async def watch(self) -> None:
        """Read for ever."""
        async with asyncio.TaskGroup() as tasks:
            for subscription in self.subscriptions:
                tasks.create_task(self._read(subscription))

    async def stop(self, seconds: float) -> None:
        """Let batches in hand end within ``seconds``; those that do not are left to the next host."""
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._clients.close()

    async def _read(self, subscription: Subscription) -> NoReturn:
        while True:
            try:
                await self._receive(subscription, await self._place_of(subscription))
            except _faults() as fault:
                self._tell(subscription, fault)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _place_of(self, subscription: Subscription) -> str:
        """The name of its checkpoints. Raises ``LookupError`` without the group: nobody else would."""
        hub, group = subscription.hub, subscription.group
        made, is_there = await asyncio.gather(self._made(hub), has_group(self._clients, hub, group))
        if not is_there:
            raise LookupError(f"hub {hub} has no consumer group {group}")
        return f"{hub}@{made}/{group}"

    async def _made(self, hub: str) -> str:
        client = self._clients.producer(hub)
        try:
            facts = await client.get_eventhub_properties()
        finally:
            await client.close()
        return str(facts["created_at"].isoformat())

    async def _receive(self, subscription: Subscription, place: str) -> None:
        async def on_batch(context: "PartitionContext", events: "list[EventData]") -> None:
            await self._take(subscription, context, events)

        async def on_error(_: "PartitionContext", fault: Exception) -> None:
            self._tell(subscription, fault)

        client = self._client(subscription, place)
        try:
            await client.receive_batch(
                on_batch,
                on_error=on_error,
                max_batch_size=self._manner.most_in_a_batch,
                prefetch=_PREFETCH,
                starting_position="-1",
            )
        finally:
            await client.close()

    def _client(self, subscription: Subscription, place: str) -> "EventHubConsumerClient":
        store: Any = self._store(place)  # the SDK's by shape
        seconds = self._manner.lease_seconds
        return self._clients.consumer(
            subscription.hub,
            subscription.group,
            store,
            load_balancing_interval=seconds / _BEATS_A_LEASE,
            partition_ownership_expiration_interval=seconds,
        )

    async def _take(
        self, subscription: Subscription, context: "PartitionContext", events: "list[EventData]"
    ) -> None:
        """Run a batch to its end, also when the partition is lost meanwhile: it is then run twice."""
        if self._stopping:
            await asyncio.Event().wait()
        task = asyncio.create_task(self._run(subscription, context, events))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(self._ended)
        await asyncio.shield(task)

    async def _run(
        self, subscription: Subscription, context: "PartitionContext", events: "list[EventData]"
    ) -> None:
        hub, group, faults = subscription.hub, subscription.group, self._manner.faults
        records = [record_of(hub, context.partition_id, event) for event in events]
        await asyncio.sleep(faults.pause_seconds(records[0], group))
        arriving = [one for one in records if not faults.drops(one, group)]
        twice = [one for one in arriving for _ in range(1 + faults.duplicates(one, group))]
        if twice:
            await deliver(self._worker, subscription.function, group, twice)
        read = self._read_of((hub, group, context.partition_id), records)
        if read:
            await self._checkpoint(context, events[read - 1])

    async def _checkpoint(self, context: "PartitionContext", event: "EventData") -> None:
        """Move the checkpoint on; where the file is busy, a later one does, or the batch comes again."""
        try:
            await context.update_checkpoint(event)
        except StoreBusy as busy:
            _log.warning("a checkpoint was not written", extra={"error": str(busy)})

    def _read_of(self, place: tuple[str, str, str], records: Sequence[Record]) -> int:
        """How many of a batch count as read: those before the first that was ever kept back there."""
        if place in self._withheld:
            return 0
        for number, record in enumerate(records):
            if self._manner.faults.drops(record, place[1]):
                self._withheld.add(place)
                return number
        return len(records)

    def _tell(self, subscription: Subscription, fault: Exception) -> None:
        facts = {"hub": subscription.hub, "group": subscription.group, "error": str(fault)}
        _log.warning("a hub cannot be read", extra=facts)


def record_of(hub: str, partition: str, event: "EventData") -> Record:
    """An event of a hub as the trigger hands it on; the SDK gives names and texts as bytes."""
    properties = {_text(name): _text(value) for name, value in (event.properties or {}).items()}
    enqueued = event.enqueued_time
    return Record(
        event.sequence_number or 0,
        hub,
        int(partition),
        _text(event.partition_key or b""),
        enqueued.timestamp() if enqueued else 0.0,
        _body(event),
        json.dumps(properties, default=str),
        str(event.offset),
    )


def _body(event: "EventData") -> bytes:
    try:
        return b"".join(event.body)  # type: ignore[arg-type] # of a message with data, which ours are
    except TypeError:
        return event.body_as_str().encode()


def _text(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _faults() -> tuple[type[Exception], ...]:
    from azure.core.exceptions import AzureError  # noqa: PLC0415 - a host over the log needs no SDK
    from azure.eventhub.exceptions import EventHubError  # noqa: PLC0415

    return (EventHubError, AzureError, OSError, TimeoutError, LookupError)
