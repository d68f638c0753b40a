"""The AsyncAPI 3.0 document of what the shop publishes (https://www.asyncapi.com/docs/reference/specification/v3.0.0)."""

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from domain.events import HUB_OF, TYPES_BY_HUB, Event
from tools.contracts.payloads import PUBLISHED

ABOUT: Final = (
    "What the shop tells over Event Hubs. At least once and in order for each partition key: a reader drops what it "
    "has applied by event_id, ignores fields and types that it does not know, and refuses another major event_version."
)
_SCHEMAS: Final = "#/components/schemas"


def document() -> dict[str, Any]:
    """The document: a channel for each hub, a message for each type, a schema for each payload."""
    hubs = {hub: published_on(hub) for hub in TYPES_BY_HUB if published_on(hub)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Holiday Peak Hub events", "version": "1.0.0", "description": ABOUT},
        "defaultContentType": "application/json",
        "channels": {hub: _channel(hub, types) for hub, types in hubs.items()},
        "operations": {hub: _operation(hub, types) for hub, types in hubs.items()},
        "components": {
            "messages": {type_: _message(type_) for type_ in PUBLISHED},
            "schemas": schemas(),
        },
    }


def published_on(hub: str) -> tuple[str, ...]:
    """The event types that this release publishes on the hub."""
    return tuple(type_ for type_ in PUBLISHED if HUB_OF[type_] == hub)


def schemas() -> dict[str, Any]:
    """JSON Schema of the envelope, of every payload and of their parts, by name."""
    kinds: list[Any] = [Event, *PUBLISHED.values()]
    _, found = models_json_schema(
        [(kind, "validation") for kind in kinds], ref_template=_SCHEMAS + "/{model}"
    )
    named: dict[str, Any] = found["$defs"]
    return named


def _channel(hub: str, types: tuple[str, ...]) -> dict[str, Any]:
    messages = {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in types}
    return {"address": hub, "messages": messages}


def _operation(hub: str, types: tuple[str, ...]) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/{hub}/messages/{type_}"} for type_ in types]
    return {"action": "send", "channel": {"$ref": f"#/channels/{hub}"}, "messages": messages}


def _message(type_: str) -> dict[str, Any]:
    is_this = {"event_type": {"const": type_}, "data": {"$ref": f"{_SCHEMAS}/{type_}"}}
    return {
        "name": type_,
        "summary": PUBLISHED[type_].__doc__,
        "payload": {"allOf": [{"$ref": f"{_SCHEMAS}/Event"}, {"properties": is_this}]},
    }
