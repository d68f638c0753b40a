"""docs/events.md: the same contract for people."""

from collections.abc import Iterator
from typing import Any, Final

from domain.events import GROUPS_BY_HUB, TYPES_BY_HUB
from tools.contracts.document import published_on, schemas
from tools.contracts.payloads import PUBLISHED

HEAD: Final = """\
# Events

Written by `python -m tools.contracts` from `tools/contracts/payloads.py`; every event of the demo, of the proofs and
of the tests is held against it. For programs: [asyncapi.json](asyncapi.json), AsyncAPI 3.0 with a schema of each type.

An event is the JSON body of one Event Hubs message. **At least once**: drop what you have applied by `event_id`. **In
order for each `subject`**, which is the partition key, on each hub; between hubs there is no order. Within major
version 1 fields are only added: ignore what you do not know.

| field of the envelope | meaning |
|---|---|
| `event_id` | the only key to drop duplicates by; the same cause gives the same id |
| `event_type`, `event_version` | one of the types below; refuse another major version than 1 |
| `schema_version` | of the envelope, 1.0 |
| `timestamp` | when it was committed, RFC 3339 in UTC |
| `source` | `holiday-peak-hub` |
| `subject` | the partition key: the id of what the event is about |
| `sequence` | counts what the subject's teller said, from 1 |
| `data` | what the type promises, below |
| `correlation_id`, `causation_id` | the request that began it all; what caused this event |
| `traceparent` | W3C trace context |

The application properties repeat `event_type`, `event_id` and others, so that a reader can filter without parsing.

An **answer of an agent** is an event of one of these types on its hub. It may carry `order_id` alone; the shop accepts
it, and never depends on it: a step has a deadline, after which the shop acts by itself.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_hub(hub) for hub in TYPES_BY_HUB if published_on(hub))


def _hub(hub: str) -> str:
    types = published_on(hub)
    absent = [type_ for type_ in TYPES_BY_HUB[hub] if type_ not in types]
    groups = ", ".join(f"`{group}`" for group in GROUPS_BY_HUB[hub])
    lines = [f"\n## {hub}\n", f"\nOur own consumer groups: {groups}."]
    if absent:
        names = ", ".join(absent)
        lines.append(f" Known by name, and not published by the shop in this release: {names}.")
    return "".join([*lines, "\n", *(_type(type_) for type_ in types)])


def _type(type_: str) -> str:
    named = schemas()
    rows = "".join(_rows(named[type_], named))
    head = "| field of `data` | type | meaning |\n|---|---|---|\n"
    return f"\n### {type_}\n\n{PUBLISHED[type_].__doc__}\n\n{head}{rows}"


def _rows(schema: dict[str, Any], named: dict[str, Any], prefix: str = "") -> Iterator[str]:
    required = schema.get("required", ())
    for name, declared in schema["properties"].items():
        field, inner = _plain(declared, named)
        missing = "" if name in required else "may be absent"
        meaning = "; ".join(part for part in (field.get("description", ""), missing) if part)
        yield f"| `{prefix}{name}` | {_kind(field)} | {meaning.splitlines()[0] if meaning else ''} |\n"
        if inner is not None:
            dots = "[]." if field.get("type") == "array" else "."
            yield from _rows(inner, named, f"{prefix}{name}{dots}")


def _plain(
    field: dict[str, Any], named: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The field without references and alternatives to null, and the schema of the object in it, if any."""
    if "anyOf" in field:
        field = field | next(one for one in field["anyOf"] if one.get("type") != "null")
    target = named[field["$ref"].rpartition("/")[2]] if "$ref" in field else None
    if target is not None and "properties" not in target:  # a named scalar
        return target | {k: v for k, v in field.items() if k != "$ref"}, None
    if field.get("type") == "array" and "$ref" in field["items"]:
        item = named[field["items"]["$ref"].rpartition("/")[2]]
        return field, item if "properties" in item else None
    return field | ({"type": "object"} if target else {}), target


def _kind(field: dict[str, Any]) -> str:
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    form = field.get("format")
    return str(field["type"]) + (f" ({form})" if form else "")
