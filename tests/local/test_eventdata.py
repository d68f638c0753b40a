"""Event Hubs events through the real worker library, one and many."""

import json
from datetime import UTC, datetime
from typing import Any

from adapters.sqlite.eventlog import Record
from local import eventdata
from local.worker import Worker
from tests.local.conftest import LoadApp

APP = """
from typing import List
import json
seen = []

@app.event_hub_message_trigger("event", event_hub_name="h", connection="c", cardinality="one")
async def single(event: func.EventHubEvent) -> None:
    seen.append(event)

@app.event_hub_message_trigger("events", event_hub_name="h", connection="c", cardinality="many")
async def batch(events: List[func.EventHubEvent]) -> None:
    seen.extend(events)

@app.event_hub_message_trigger(
    "events", event_hub_name="h", connection="c", cardinality="many", data_type="binary")
async def batch_of_bytes(events: List[func.EventHubEvent]) -> None:
    seen.extend(events)

@app.event_hub_message_trigger(
    "event", event_hub_name="h", connection="c", cardinality="one", data_type="binary")
async def single_bytes(event: func.EventHubEvent) -> None:
    seen.append(event)
"""
MOMENT = datetime(2031, 1, 1, 12, 30, 15, 250_000, tzinfo=UTC)


def record(sequence: int, key: str) -> Record:
    """An event in partition 2."""
    body = json.dumps({"key": key, "café": 1}, ensure_ascii=False).encode()
    properties = json.dumps({"event_type": "T", "event_id": f"id-{sequence}"})
    return Record(sequence, "h", 2, key, MOMENT.timestamp(), body, properties)


async def run(load_app: LoadApp, name: str, *records: Record) -> list[Any]:
    """Run a function on these events and return what it saw."""
    worker: Worker = await load_app(APP)
    (function,) = [each for each in worker.functions if each.name == name]
    if eventdata.is_single(function):
        data, metadata = eventdata.one(function, records[0], "views")
    else:
        data, metadata = eventdata.many(function, records, "views")
    await worker.invoke(function, data, metadata)
    import sys

    seen: list[Any] = sys.modules["function_app"].seen
    return seen


async def test_one_event_has_its_body_and_metadata(load_app: LoadApp) -> None:
    (event,) = await run(load_app, "single", record(7, "o-1"))

    assert event.get_body() == '{"key": "o-1", "café": 1}'.encode()
    assert (event.partition_key, event.sequence_number, event.offset) == ("o-1", 7, "7")
    assert event.enqueued_time == MOMENT
    assert event.metadata["Properties"] == {"event_type": "T", "event_id": "id-7"}
    assert event.metadata["PartitionContext"] == {
        "FullyQualifiedNamespace": "local",
        "EventHubName": "h",
        "ConsumerGroup": "views",
        "PartitionId": "2",
        "IsCheckpointingAfterInvocation": True,
    }


async def test_each_event_of_a_batch_has_its_own(load_app: LoadApp) -> None:
    first, second = await run(load_app, "batch", record(7, "o-1"), record(9, "o-2"))

    assert json.loads(second.get_body())["key"] == "o-2"
    assert (first.partition_key, second.partition_key) == ("o-1", "o-2")
    assert (first.sequence_number, second.sequence_number) == (7, 9)
    assert second.enqueued_time == MOMENT
    metadata = first.metadata
    assert metadata["PropertiesArray"][1] == {"event_type": "T", "event_id": "id-9"}
    assert metadata["PartitionKeyArray"] == ["o-1", "o-2"]
    assert metadata["OffsetArray"] == ["7", "9"]
    assert metadata["SequenceNumberArray"] == [7, 9]
    assert metadata["EnqueuedTimeUtcArray"] == ["2031-01-01T12:30:15.250000Z"] * 2
    assert len(metadata["SystemPropertiesArray"]) == 2


async def test_binary_events_are_bytes(load_app: LoadApp) -> None:
    (event,) = await run(load_app, "batch_of_bytes", record(7, "o-1"))

    assert json.loads(event.get_body())["key"] == "o-1"


async def test_a_single_binary_event_is_bytes(load_app: LoadApp) -> None:
    (event,) = await run(load_app, "single_bytes", record(7, "o-1"))

    assert json.loads(event.get_body())["key"] == "o-1"
