"""Messages: their sections, and the form in which a partition keeps them.

Source: AMQP 1.0, part 3 "Messaging", section 3.2; the annotations are those that Event Hubs sends.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tools.eventhubs_emulator import decode, encode
from tools.eventhubs_emulator.values import Symbol, text

HEADER = 0x70
DELIVERY_ANNOTATIONS = 0x71
ANNOTATIONS = 0x72
PROPERTIES = 0x73
APPLICATION_PROPERTIES = 0x74
DATA = 0x75
VALUE = 0x77

BATCH_FORMAT = 0x80013700
"""The message format of a transfer whose data sections are messages themselves."""

PARTITION_KEY = "x-opt-partition-key"
_OWN = ("x-opt-offset", "x-opt-sequence-number", "x-opt-enqueued-time", PARTITION_KEY)


class Section(NamedTuple):
    """Where a section lies in its message: from its descriptor, its value, up to its end."""

    code: int
    start: int
    value: int
    end: int


def sections(message: bytes) -> Iterator[Section]:
    """The sections in their order. Raises ``Malformed``."""
    start = 0
    while start < len(message):
        if message[start]:
            raise decode.Malformed("a message consists of described sections")
        code, value = decode.value(message, start + 1)
        end = decode.skip(message, value)
        yield Section(int(code), start, value, end)
        start = end


def section(message: bytes, code: int) -> Any:
    """The decoded value of the first section of that kind; ``None`` where there is none."""
    for found in sections(message):
        if found.code == code:
            return decode.value(message, found.value)[0]
    return None


def partition_key(message: bytes) -> str | None:
    """The key that its sender gave it."""
    key = (section(message, ANNOTATIONS) or {}).get(PARTITION_KEY)
    return None if key is None else text(key)


def events_of(message: bytes, format: int) -> list[bytes]:
    """The messages of one transfer: of a batch all that are inside, else the message itself."""
    if format != BATCH_FORMAT:
        return [message]
    return [
        decode.binary_at(message, each.value) for each in sections(message) if each.code == DATA
    ]


def annotated(message: bytes, annotations: Mapping[str, bytes]) -> bytes:
    """The message with the service's encoded annotations in place of what the sender wrote there."""
    kept = {
        encode.again(Symbol(key)): encode.again(value)
        for key, value in (section(message, ANNOTATIONS) or {}).items()
        if key not in _OWN
    }
    own = {encode.symbol(key): value for key, value in annotations.items()}
    parts = list(sections(message))
    head = b"".join(message[each.start : each.end] for each in parts if each.code == HEADER)
    rest = b"".join(message[each.start : each.end] for each in parts if each.code > ANNOTATIONS)
    return head + encode.described(ANNOTATIONS, encode.map_of(kept | own)) + rest


def answer(request: list[Any], status: int, description: str, body: bytes) -> bytes:
    """The answer to a request whose properties these are; ``body`` is encoded."""
    request_id = encode.again(request[0]) if request else encode.NULL
    properties = encode.list_of([encode.NULL] * 5 + [request_id])
    application = {
        encode.string("status-code"): encode.int32(status),
        encode.string("status-description"): encode.string(description),
    }
    return (
        encode.described(PROPERTIES, properties)
        + encode.described(APPLICATION_PROPERTIES, encode.map_of(application))
        + encode.described(VALUE, body)
    )
