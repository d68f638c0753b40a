"""What a namespace does, seen through the official SDK; Microsoft's emulator can be held to it too."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.eventhub import EventData
from azure.eventhub import EventHubConsumerClient as BlockingConsumer
from azure.eventhub import EventHubProducerClient as BlockingProducer
from azure.eventhub.aio._eventprocessor.in_memory_checkpoint_store import InMemoryCheckpointStore
from azure.eventhub.exceptions import ConnectError, ConnectionLostError, EventHubError

from tests.tools.eventhubs_emulator.clients import (
    GROUP,
    HUB,
    OTHER_GROUP,
    last_numbers,
    producer,
    receiving,
    send,
    until,
)


def new_store() -> Any:
    """Checkpoints in memory; the SDK's own, which has no types."""
    kind: Any = InMemoryCheckpointStore
    return kind()


async def test_a_key_stays_in_one_partition_and_in_order_for_every_group(
    connection: str, key: str
) -> None:
    start = datetime.now(UTC)
    async with producer(connection) as client:
        for number in range(3):
            await client.send_batch([EventData(f"{number}-{x}") for x in "ab"], partition_key=key)

    async with (
        receiving(connection, start=start) as views,
        receiving(connection, group=OTHER_GROUP, start=start) as payment,
    ):
        await until(lambda: len(views.of(key)) == len(payment.of(key)) == 6)

    assert views.of(key) == payment.of(key) == ["0-a", "0-b", "1-a", "1-b", "2-a", "2-b"]
    events = [each for each in views.events if each[1].partition_key == key.encode()]
    assert len({partition for partition, _ in events}) == 1
    numbers = [event.sequence_number or 0 for _, event in events]
    assert numbers == list(range(numbers[0], numbers[0] + 6))


async def test_an_event_arrives_with_its_properties_and_with_metrics_where_they_are_asked_for(
    connection: str, key: str
) -> None:
    start, last = datetime.now(UTC), []
    event = EventData(b'{"a": 1}')
    event.properties = {"event_type": "OrderCreated", b"traceparent": b"00-a-b-01", "count": 3}
    event.content_type, event.message_id = "application/json", "m-1"

    async def note(context: Any, events: list[EventData]) -> None:
        last.append(context.last_enqueued_event_properties["sequence_number"])

    async with producer(connection) as client:
        await client.send_batch([event], partition_key=key)
    async with receiving(
        connection, start=start, handler=note, track_last_enqueued_event_properties=True
    ) as received:
        await until(lambda: len(received.of(key)) == 1)

    ((_, got),) = [each for each in received.events if each[1].partition_key == key.encode()]
    assert got.body_as_str() == '{"a": 1}'
    assert got.properties == {
        b"event_type": b"OrderCreated",
        b"traceparent": b"00-a-b-01",
        b"count": 3,
    }
    assert (got.content_type, got.message_id) == ("application/json", "m-1")
    assert got.enqueued_time is not None
    assert abs((got.enqueued_time - start).total_seconds()) < 60
    assert last[-1] == got.sequence_number


async def test_a_consumer_goes_on_after_its_checkpoint(connection: str, key: str) -> None:
    start, store = datetime.now(UTC), new_store()
    await send(connection, key, [str(number) for number in range(5)])

    async def up_to_two(context: Any, events: list[EventData]) -> None:
        for event in events:
            if event.partition_key == key.encode() and event.body_as_str() == "2":
                await context.update_checkpoint(event)

    async with receiving(connection, start=start, store=store, handler=up_to_two) as first:
        await until(lambda: len(first.of(key)) == 5)
    async with receiving(connection, start=start, store=store) as second:
        await until(lambda: second.of(key)[-1:] == ["4"])

    assert second.of(key) == ["3", "4"]


async def test_a_reader_begins_where_it_is_told(connection: str, key: str) -> None:
    await send(connection, key, ["old"])
    await asyncio.sleep(0.05)
    moment = datetime.now(UTC)
    await asyncio.sleep(0.05)
    await send(connection, key, ["1", "2", "3"])
    async with receiving(connection, start=moment) as by_time:
        await until(lambda: len(by_time.of(key)) == 3)
    (partition, first), *_ = [e for e in by_time.events if e[1].partition_key == key.encode()]

    after = {partition: first.offset}
    number, one = {partition: first.sequence_number}, {"partition_id": partition}
    async with (
        receiving(connection, start=after) as by_offset,
        receiving(
            connection, group=OTHER_GROUP, start=number, starting_position_inclusive=True, **one
        ) as including,
    ):
        await until(lambda: by_offset.of(key)[-1:] == including.of(key)[-1:] == ["3"])

    assert by_time.of(key) == ["1", "2", "3"]
    assert by_offset.of(key) == ["2", "3"]
    assert including.of(key) == ["1", "2", "3"]


async def test_a_higher_epoch_takes_a_partition_over(connection: str, key: str) -> None:
    await send(connection, key, ["1"])
    options: dict[str, Any] = {"partition_id": "0"}

    async with receiving(connection, owner_level=1, **options) as first:
        await asyncio.sleep(0.5)
        async with receiving(connection, owner_level=2, **options):
            await until(lambda: bool(first.errors))

    assert isinstance(first.errors[0], ConnectionLostError)
    assert "stolen" in str(first.errors[0])


async def test_an_unknown_hub_is_refused(connection: str) -> None:
    with pytest.raises((ConnectError, ConnectionLostError), match=r"not-found|not be found"):
        await send(connection, "k", ["1"], hub="no-such-hub")
    async with producer(connection, "no-such-hub") as client:
        with pytest.raises(EventHubError):
            await client.get_eventhub_properties()


async def test_a_large_event_arrives_and_a_batch_has_its_limit(connection: str, key: str) -> None:
    start = datetime.now(UTC)
    large = "z" * 900_000

    await send(connection, key, [large])
    async with receiving(connection, start=start) as received:
        await until(lambda: len(received.of(key)) == 1)
    async with producer(connection) as client:
        batch = await client.create_batch(partition_key=key)

    assert received.of(key) == [large]
    assert batch.max_size_in_bytes == 1024 * 1024
    with pytest.raises(ValueError, match="size"):
        batch.add(EventData(b"z" * 1_100_000))


async def test_a_hub_describes_itself(connection: str) -> None:
    async with producer(connection) as client:
        hub = await client.get_eventhub_properties()
        facts = await client.get_partition_properties("0")
        with pytest.raises(EventHubError):
            await client.get_partition_properties("99")

    assert hub["eventhub_name"] == HUB
    assert hub["partition_ids"] == ["0", "1", "2", "3"]
    assert facts["id"] == "0"
    assert facts["is_empty"] == (facts["last_enqueued_sequence_number"] == -1)


async def test_many_batches_flow_through_a_small_window(connection: str, key: str) -> None:
    start = datetime.now(UTC)
    bodies = [f"{number:04}" for number in range(1200)]
    async with producer(connection) as client:
        for begin in range(0, 1200, 200):
            events: list[Any] = [EventData(body) for body in bodies[begin : begin + 200]]
            await client.send_batch(events, partition_key=key)

    async with receiving(connection, start=start, prefetch=50, max_batch_size=40) as received:
        await until(lambda: len(received.of(key)) == 1200)

    assert received.of(key) == bodies


async def test_more_transfers_than_one_grant_of_credit_are_taken(connection: str, key: str) -> None:
    before = await last_numbers(connection)
    async with producer(connection) as client:
        for _ in range(1100):
            await client.send_batch([EventData("x")], partition_key=key)

    assert sum((await last_numbers(connection)).values()) - sum(before.values()) == 1100


async def test_the_blocking_clients_are_served_too(connection: str, key: str) -> None:
    start, got = datetime.now(UTC), []

    def send_and_receive() -> None:
        with BlockingProducer.from_connection_string(connection, eventhub_name=HUB) as client:
            client.send_batch([EventData("1"), EventData("2")], partition_key=key)
        consumer = BlockingConsumer.from_connection_string(connection, GROUP, eventhub_name=HUB)
        done = threading.Event()

        def note(_: Any, event: EventData) -> None:
            got.append(event.body_as_str())
            if len(got) == 2:
                done.set()

        options = {"on_event": note, "starting_position": start}
        thread = threading.Thread(target=consumer.receive, kwargs=options)
        thread.start()
        done.wait(10)
        consumer.close()
        thread.join(10)

    await asyncio.to_thread(send_and_receive)

    assert got == ["1", "2"]
