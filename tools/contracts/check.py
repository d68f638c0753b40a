"""Whether an event says what its type promises."""

from collections.abc import Iterator

from pydantic import ValidationError

from domain.events import Event
from tools.contracts.payloads import PUBLISHED


def faults(event: Event) -> Iterator[str]:
    """What is wrong with the event, each with its field; a field that is promised nowhere is wrong too."""
    name = f"{event.event_type} {event.event_id}"
    payload = PUBLISHED.get(event.event_type)
    if payload is None:
        yield f"{name}: the type is not one that the shop publishes"
        return
    try:
        payload.model_validate(event.data, extra="forbid")
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            where = ".".join(str(part) for part in error["loc"])
            yield f"{name}: data.{where}: {error['msg']}"
