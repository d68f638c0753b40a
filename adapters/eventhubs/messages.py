"""Events as the SDK's messages, and as many of them as one batch holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from adapters.event_properties import properties_of
from domain.events import Event
from usecases.ports.events import EventsBusy

if TYPE_CHECKING:
    from azure.eventhub import EventData, EventDataBatch

_TRACE: Final = frozenset({"traceparent", "Diagnostic-Id"})
"""The SDK sets these by bytes keys unless they are there: a text key would get a twin of the relay's own."""


class EventTooLarge(EventsBusy):
    """One event is larger than the hub takes; no repetition will help."""


def message_of(event: Event) -> "EventData":
    """The event as JSON, with its application properties."""
    from azure.eventhub import EventData  # noqa: PLC0415 - read when the first event is sent

    message = EventData(event.model_dump_json())
    message.content_type = "application/json"
    message.properties = {
        name.encode() if name in _TRACE else name: value.encode() if name in _TRACE else value
        for name, value in properties_of(event).items()
    }
    return message


def fill(batch: "EventDataBatch", events: Sequence[Event]) -> int:
    """Add events while they fit; how many did. Raises ``EventTooLarge`` where not even the first does."""
    for number, event in enumerate(events):
        try:
            batch.add(message_of(event))
        except ValueError as full:  # the SDK's word for a batch that is full
            if number == 0:
                raise EventTooLarge(f"event {event.event_id} is larger than a hub takes") from full
            return number
    return len(events)
