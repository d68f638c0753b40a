"""What an Event Hubs trigger hands to the worker: bodies, and the metadata beside them.

Source: the trigger metadata of the Event Hubs extension, and what azure.functions reads of it.
"""

import json
from collections.abc import Sequence
from typing import Any

from adapters.sqlite.eventlog import Record
from local.protos import Strings, TypedData
from local.worker import Function

type Metadata = dict[str, TypedData]


def is_single(function: Function) -> bool:
    """Whether the function takes one event a run; the trigger's default is many."""
    return str(function.trigger.get("cardinality") or "many").lower() == "one"


def one(function: Function, record: Record, group: str) -> tuple[TypedData, Metadata]:
    """One event as parameter and metadata."""
    system = _system_properties(record)
    metadata = {
        "PartitionContext": _context(record, group),
        "PartitionKey": TypedData(string=record.key),
        "Offset": TypedData(string=_offset(record)),
        "SequenceNumber": _as_json(record.sequence),
        "EnqueuedTimeUtc": _as_json(system["EnqueuedTimeUtc"]),
        "Properties": TypedData(json=record.encoded_properties),
        "SystemProperties": _as_json(system),
    }
    if _is_binary(function):
        return TypedData(bytes=record.body), metadata
    return TypedData(string=record.body.decode(errors="replace")), metadata


def many(function: Function, records: Sequence[Record], group: str) -> tuple[TypedData, Metadata]:
    """A batch as parameter and metadata; each ``…Array`` has as many entries as there are bodies."""
    system = [_system_properties(record) for record in records]
    metadata = {
        "PartitionContext": _context(records[0], group),
        "PartitionKeyArray": _strings([record.key for record in records]),
        "OffsetArray": _strings([_offset(record) for record in records]),
        "SequenceNumberArray": _as_json([record.sequence for record in records]),
        "EnqueuedTimeUtcArray": _as_json([each["EnqueuedTimeUtc"] for each in system]),
        "PropertiesArray": _as_json([record.properties for record in records]),
        "SystemPropertiesArray": _as_json(system),
    }
    if _is_binary(function):
        return TypedData(collection_bytes=Strings([record.body for record in records])), metadata
    return _strings([record.body.decode(errors="replace") for record in records]), metadata


def _system_properties(record: Record) -> dict[str, Any]:
    enqueued, offset = f"{record.enqueued:%Y-%m-%dT%H:%M:%S.%fZ}", _offset(record)
    return {
        "SequenceNumber": record.sequence,
        "Offset": offset,
        "PartitionKey": record.key,
        "EnqueuedTimeUtc": enqueued,
        "x-opt-sequence-number": record.sequence,
        "x-opt-offset": offset,
        "x-opt-partition-key": record.key,
        "x-opt-enqueued-time": enqueued,
    }


def _offset(record: Record) -> str:
    return record.offset or str(record.sequence)


def _context(record: Record, group: str) -> TypedData:
    return _as_json(
        {
            "FullyQualifiedNamespace": "local",
            "EventHubName": record.hub,
            "ConsumerGroup": group,
            "PartitionId": str(record.partition),
            "IsCheckpointingAfterInvocation": True,
        }
    )


def _is_binary(function: Function) -> bool:
    return str(function.trigger.get("dataType") or "").lower() in ("binary", "2")


def _as_json(value: Any) -> TypedData:
    return TypedData(json=json.dumps(value))


def _strings(values: list[str]) -> TypedData:
    return TypedData(collection_string=Strings(values))
