"""Values to bytes: one function a wire type, since a peer chooses the type of every field it sends.

Source: AMQP 1.0, OASIS Standard, part 1 "Types", section 1.6.
"""

import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from tools.eventhubs_emulator.values import Described, Symbol

NULL = b"\x40"
EMPTY_LIST = b"\x45"


def boolean(value: bool) -> bytes:
    """True or false."""
    return b"\x41" if value else b"\x42"


def ubyte(value: int) -> bytes:
    """8 bits, unsigned."""
    return bytes((0x50, value))


def ushort(value: int) -> bytes:
    """16 bits, unsigned."""
    return struct.pack(">BH", 0x60, value)


def uint(value: int) -> bytes:
    """32 bits, unsigned."""
    return struct.pack(">BI", 0x70, value)


def ulong(value: int) -> bytes:
    """64 bits, unsigned; small ones in one byte, as descriptors are."""
    return bytes((0x53, value)) if value < 256 else struct.pack(">BQ", 0x80, value)


def int32(value: int) -> bytes:
    """32 bits, signed."""
    return struct.pack(">Bi", 0x71, value)


def long(value: int) -> bytes:
    """64 bits, signed."""
    return struct.pack(">Bq", 0x81, value)


def timestamp(milliseconds: int) -> bytes:
    """Milliseconds since 1970."""
    return struct.pack(">Bq", 0x83, milliseconds)


def binary(value: bytes) -> bytes:
    """Bytes."""
    return _sized(0xA0, value)


def string(value: str) -> bytes:
    """Text."""
    return _sized(0xA1, value.encode())


def symbol(value: str) -> bytes:
    """A name of the protocol, in ASCII."""
    return _sized(0xA3, value.encode("ascii"))


def list_of(items: Iterable[bytes]) -> bytes:
    """Encoded items as a list."""
    encoded = list(items)
    return _compound(0xD0, len(encoded), b"".join(encoded)) if encoded else EMPTY_LIST


def map_of(items: Mapping[bytes, bytes]) -> bytes:
    """Encoded keys and values as a map."""
    return _compound(0xD1, 2 * len(items), b"".join(key + value for key, value in items.items()))


def strings(values: Iterable[str]) -> bytes:
    """An array of texts."""
    return _array(0xB1, [value.encode() for value in values])


def symbols(values: Iterable[str]) -> bytes:
    """An array of symbols."""
    return _array(0xB3, [value.encode("ascii") for value in values])


def described(code: int, value: bytes) -> bytes:
    """An encoded value with its descriptor."""
    return b"\x00" + ulong(code) + value


def again(value: Any) -> bytes:
    """A decoded value as bytes: for what is echoed. Raises ``TypeError`` for what was never decoded."""
    if value is None:
        return NULL
    for kind, encode in _BY_KIND:
        if isinstance(value, kind):
            return encode(value)
    raise TypeError(f"{type(value).__name__} is no AMQP value")


def _sized(code: int, value: bytes) -> bytes:
    if len(value) < 256:
        return bytes((code, len(value))) + value
    return struct.pack(">BI", code | 0x10, len(value)) + value


def _compound(code: int, count: int, body: bytes) -> bytes:
    return struct.pack(">BII", code, len(body) + 4, count) + body


def _array(code: int, values: list[bytes]) -> bytes:
    items = b"".join(struct.pack(">I", len(value)) + value for value in values)
    return _compound(0xF0, len(values), bytes((code,)) + items)


def _described_again(value: Described) -> bytes:
    code = value.descriptor
    return b"\x00" + (ulong(code) if isinstance(code, int) else again(code)) + again(value.value)


_BY_KIND: tuple[tuple[type, Callable[[Any], bytes]], ...] = (
    (bool, boolean),
    (Symbol, symbol),
    (str, string),
    (bytes, binary),
    (int, long),
    (float, lambda value: struct.pack(">Bd", 0x82, value)),
    (UUID, lambda value: b"\x98" + value.bytes),
    (dict, lambda value: map_of({again(key): again(each) for key, each in value.items()})),
    (list, lambda value: list_of(again(each) for each in value)),
    (Described, _described_again),
)
