"""The official SDK, in the few sentences that the tests of a namespace need."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, EventHubProducerClient

HUB, GROUP, OTHER_GROUP = "order-events", "views", "payment"
_CLOSE_SECONDS = 5

type Handler = Callable[[Any, list[EventData]], Awaitable[None]]


class Received:
    """What a consumer got, with the partition, and the errors it was told of."""

    def __init__(self) -> None:
        self.events: list[tuple[str, EventData]] = []
        self.errors: list[Exception] = []

    @property
    def bodies(self) -> list[str]:
        """The bodies in the order of their arrival."""
        return [event.body_as_str() for _, event in self.events]

    def of(self, key: str) -> list[str]:
        """The bodies with this partition key."""
        events = [event for _, event in self.events if event.partition_key == key.encode()]
        return [event.body_as_str() for event in events]


def producer(connection: str, hub: str = HUB) -> EventHubProducerClient:
    """A producer that gives up at once, so that tests see what happens."""
    return EventHubProducerClient.from_connection_string(
        connection, eventhub_name=hub, retry_total=0, retry_backoff_factor=0
    )


async def send(connection: str, key: str, bodies: Sequence[str], hub: str = HUB) -> None:
    """Send one batch with a partition key."""
    async with producer(connection, hub) as client:
        batch = await client.create_batch(partition_key=key)
        for body in bodies:
            batch.add(EventData(body))
        await client.send_batch(batch)


async def last_numbers(connection: str, hub: str = HUB) -> dict[str, int]:
    """The last sequence number of each partition."""
    async with producer(connection, hub) as client:
        partitions = await client.get_partition_ids()
        facts = await asyncio.gather(*map(client.get_partition_properties, partitions))
    return {one["id"]: one["last_enqueued_sequence_number"] for one in facts}


@asynccontextmanager
async def receiving(
    connection: str, hub: str = HUB, group: str = GROUP, **options: Any
) -> AsyncIterator[Received]:
    """Receive while inside; ``start`` is where from, ``store`` the checkpoints, the rest the SDK's."""
    received = Received()
    handler: Handler | None = options.pop("handler", None)
    client = EventHubConsumerClient.from_connection_string(
        connection,
        consumer_group=group,
        eventhub_name=hub,
        checkpoint_store=options.pop("store", None),
        load_balancing_interval=0.5,
    )

    async def on_batch(context: Any, events: list[EventData]) -> None:
        received.events += [(context.partition_id, event) for event in events]
        if handler:
            await handler(context, events)

    async def on_error(context: Any, error: Exception) -> None:
        received.errors.append(error)

    options.setdefault("starting_position", options.pop("start", "-1"))
    task = asyncio.create_task(client.receive_batch(on_batch, on_error=on_error, **options))
    try:
        yield received
    finally:
        await client.close()
        task.cancel()  # else it returns at its next look at the balance only
        await asyncio.wait([task], timeout=_CLOSE_SECONDS)


async def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until it is so, within bounds."""
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.01)
