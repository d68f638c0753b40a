"""Requests that are answered: tokens that are put, and what a hub or partition is like."""

from typing import Any

from tools.eventhubs_emulator import encode, message, tokens
from tools.eventhubs_emulator.hubs import Hub, Namespace, Partition, Refusal
from tools.eventhubs_emulator.values import text

_HUB = "com.microsoft:eventhub"
_PARTITION = "com.microsoft:partition"


def is_authorized(body: bytes, now_seconds: float) -> bool:
    """Whether this put-token request has a token that the service would take."""
    asked = _asked(body)
    token = message.section(body, message.VALUE)
    return tokens.is_good(asked.get("type", ""), text(token or ""), now_seconds)


def described(namespace: Namespace, body: bytes) -> bytes:
    """The encoded description that is asked for. Raises ``Refusal``."""
    asked = _asked(body)
    hub = namespace.hub(asked.get("name", ""))
    if asked.get("type") == _HUB:
        facts = _hub_facts(hub)
    elif asked.get("type") == _PARTITION:
        facts = _partition_facts(hub.partition(asked.get("partition", "")))
    else:
        raise Refusal("amqp:not-implemented", f"no description of {asked.get('type')}")
    named = {"name": encode.string(hub.name), "type": encode.string(asked["type"])}
    return encode.map_of({encode.string(key): value for key, value in (named | facts).items()})


def properties_of(body: bytes) -> list[Any]:
    """The properties of a request, by their place: 0 is its id, 4 where to reply to."""
    found = message.section(body, message.PROPERTIES) or []
    return [*found, *[None] * (5 - len(found))]


def answered(request: list[Any], answer: tuple[int, str, bytes]) -> bytes:
    """The message of an answer: status, its text and the encoded body."""
    return message.answer(request, *answer)


def _hub_facts(hub: Hub) -> dict[str, bytes]:
    return {
        "created_at": encode.timestamp(hub.created_ms),
        "partition_count": encode.int32(hub.partition_count),
        "partition_ids": encode.strings(partition.id for partition in hub.partitions),
    }


def _partition_facts(partition: Partition) -> dict[str, bytes]:
    last = partition.last
    return {
        "partition": encode.string(partition.id),
        "begin_sequence_number": encode.long(partition.first_sequence),
        "last_enqueued_sequence_number": encode.long(last.sequence if last else -1),
        "last_enqueued_offset": encode.string(str(last.offset) if last else "-1"),
        "last_enqueued_time_utc": encode.timestamp(last.enqueued_ms if last else 0),
        "is_partition_empty": encode.boolean(not partition.events),
    }


def _asked(body: bytes) -> dict[str, str]:
    application = message.section(body, message.APPLICATION_PROPERTIES) or {}
    return {text(key): text(value) for key, value in application.items()}
