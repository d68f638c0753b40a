"""The hubs in Azure: publishing with the official SDK, repeated by us, and left alone when it is down."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.circuit import Circuits, Limits
from adapters.eventhubs.account import Account
from adapters.eventhubs.clients import Clients
from adapters.eventhubs.groups import has_group
from adapters.eventhubs.messages import EventTooLarge, fill
from adapters.telemetry.dependency import UNHEARD, Dependency
from domain.events import GROUPS_BY_HUB, Event
from usecases.ports.clock import Clock
from usecases.ports.events import EventsBusy
from usecases.ports.telemetry import SILENT, Telemetry

if TYPE_CHECKING:
    from azure.eventhub.aio import EventHubProducerClient

_CLOSE_SECONDS: Final = 2.0  # a broken connection may not even close
SLOW_SECONDS: Final = 1.0
"""A send that takes longer is told by itself."""

_CIRCUIT: Final = Limits(timeout_seconds=5.0, failures_to_open=8, rest_seconds=5.0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a send is tried, how long each may take, the first pause, and the circuit of a hub.

    The worst case is what a request that relays its own events may wait; the sweep does the rest.
    """

    attempts: int = 4
    first_pause_seconds: float = 0.1
    timeout_seconds: float = 5.0
    circuit: Limits = _CIRCUIT


_USUAL: Final = Patience()


class EventHubsEvents:
    """The ``Events`` port over Event Hubs: one producer for each hub, opened when it is first needed.

    A batch is one partition key's, so that its events stay in order; the next one is sent after it was
    acknowledged. A lost acknowledgement repeats a batch, under the same event ids.
    """

    def __init__(
        self,
        clients: Clients,
        clock: Clock,
        *,
        patience: Patience = _USUAL,
        groups: Mapping[str, Sequence[str]] = GROUPS_BY_HUB,
        heard: Dependency = UNHEARD,
    ) -> None:
        self._clients, self._clock, self._patience = clients, clock, patience
        self._groups, self._heard = groups, heard
        self._circuits = Circuits(clock, dict.fromkeys(groups, patience.circuit))
        self._producers: dict[str, EventHubProducerClient] = {}
        self._found: set[tuple[str, str]] = set()
        self._looking: asyncio.Task[None] | None = None

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        """Append to the partition of ``key``, in this order, at least once. Raises ``EventsBusy``."""
        left = list(events)
        while left:
            del left[: await self._insist(hub, lambda: self._send_first(hub, key, left))]

    async def check(self) -> None:
        """Return when the hubs can be reached. Raises ``EventsBusy``.

        Every hub and consumer group of ours must have been there once; after that one answer will do,
        since all are in one namespace. A first look at some thirty of them may take longer than a caller waits: it
        goes on, and who asks next joins it.
        """
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
            self._looking.add_done_callback(_heeded)
        await asyncio.shield(self._looking)

    async def _look(self) -> None:
        missing = {(hub, group) for hub, groups in self._groups.items() for group in groups}
        missing -= self._found
        hubs = sorted({hub for hub, _ in missing}) or list(self._groups)[:1]
        calls = [self._check_hub(hub) for hub in hubs]
        calls += [self._check_group(hub, group) for hub, group in sorted(missing)]
        for fault in await asyncio.gather(*calls, return_exceptions=True):
            if fault is not None:
                raise fault

    async def close(self) -> None:
        """Close every connection."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await asyncio.gather(*map(self._discard, tuple(self._producers)))
        await self._clients.close()

    async def _check_hub(self, hub: str) -> None:
        await self._insist(hub, lambda: self._producer(hub).get_eventhub_properties())

    async def _check_group(self, hub: str, group: str) -> None:
        if not await self._insist(hub, lambda: has_group(self._clients, hub, group)):
            raise EventsBusy(f"hub {hub} has no consumer group {group}")
        self._found.add((hub, group))

    async def _send_first(self, hub: str, key: str, events: Sequence[Event]) -> int:
        """Send as many of the events as one batch holds; how many that were."""
        producer = self._producer(hub)
        try:
            batch = await producer.create_batch(partition_key=key)
            count = fill(batch, events)
            await producer.send_batch(batch)
        except asyncio.CancelledError:
            await self._discard(hub)  # it may have left half a frame on the connection
            raise
        return count

    async def _insist[T](self, hub: str, call: Callable[[], Awaitable[T]]) -> T:
        """What the call answers, tried a few times. Raises ``EventsBusy``."""
        why: Exception | None = None
        for attempt in range(self._patience.attempts):
            if attempt:
                await self._clock.sleep(self._patience.first_pause_seconds * 2 ** (attempt - 1))
            if not self._circuits.admits(hub):
                raise EventsBusy(f"{hub} is left alone for a while") from why
            try:
                return await self._once(hub, call)
            except _faults() as fault:
                why = fault
        raise EventsBusy(f"{hub}: {why}") from why

    async def _once[T](self, hub: str, call: Callable[[], Awaitable[T]]) -> T:
        """What the call answers in time, noted in the hub's circuit; that a caller gave up says nothing of the hub."""
        try:
            with self._heard.call(hub):
                async with asyncio.timeout(self._patience.timeout_seconds):
                    answer = await call()
        except EventTooLarge:
            self._circuits.record(hub, answered=True)
            raise
        except _faults():
            self._circuits.record(hub, answered=False)
            raise
        self._circuits.record(hub, answered=True)
        return answer

    def _producer(self, hub: str) -> "EventHubProducerClient":
        if hub not in self._producers:
            self._producers[hub] = self._clients.producer(hub)
        return self._producers[hub]

    async def _discard(self, hub: str) -> None:
        producer = self._producers.pop(hub, None)
        if producer is None:
            return
        with suppress(*_faults()):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await producer.close()


def _heeded(look: "asyncio.Task[None]") -> None:
    """A failure that nobody waits for any more is no news: who asks next looks anew."""
    if not look.cancelled():
        look.exception()


def event_hubs(account: Account, clock: Clock, telemetry: Telemetry = SILENT) -> EventHubsEvents:
    """The end for a namespace."""
    heard = Dependency("eventhubs", telemetry, slow_seconds=SLOW_SECONDS, answers=(EventTooLarge,))
    return EventHubsEvents(Clients(account), clock, heard=heard)


def _faults() -> tuple[type[Exception], ...]:
    """What the SDK, its identity and the network may raise."""
    from azure.core.exceptions import AzureError  # noqa: PLC0415 - read when it is used
    from azure.eventhub.exceptions import EventHubError  # noqa: PLC0415

    return (EventHubError, AzureError, OSError, TimeoutError)
