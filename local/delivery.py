"""Giving events of one partition to a function, as the Event Hubs trigger does."""

from collections.abc import Sequence

from adapters.sqlite.eventlog import Record
from local import eventdata
from local.attempts import attempt
from local.worker import Function, Worker


async def deliver(
    worker: Worker, function: Function, group: str, records: Sequence[Record]
) -> None:
    """Run the function on these events of one partition, in their order; it may fail."""
    if not eventdata.is_single(function):
        await attempt(worker, function, *eventdata.many(function, records, group))
        return
    for record in records:
        trace_parent = record.properties.get("traceparent", "")
        data, metadata = eventdata.one(function, record, group)
        await attempt(worker, function, data, metadata, trace_parent)
