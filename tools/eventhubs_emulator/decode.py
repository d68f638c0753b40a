"""Bytes to values. The lower half of a type's code says the type, the upper half its width.

Source: AMQP 1.0, OASIS Standard, part 1 "Types", sections 1.2 and 1.6.
"""

import struct
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tools.eventhubs_emulator.values import Described, Symbol

type Buffer = bytes | memoryview

FIXED_WIDTH = (0, 1, 2, 4, 8, 16)  # of codes 0x4x to 0x9x
_MOST_DEEP = 32  # values inside values; nobody's message needs more


class Malformed(ValueError):
    """Bytes that are no AMQP value."""


def value(buffer: Buffer, start: int, depth: int = 0) -> tuple[Any, int]:
    """The value at ``start`` and the position after it. Raises ``Malformed``."""
    if depth > _MOST_DEEP or start >= len(buffer):
        raise Malformed("values are nested too deep or cut off")
    code = buffer[start]
    if code:
        return _body(code, buffer, start + 1, depth)
    descriptor, position = value(buffer, start + 1, depth + 1)
    described, position = value(buffer, position, depth + 1)
    return Described(descriptor, described), position


def skip(buffer: Buffer, start: int) -> int:
    """The position after the value at ``start``, which is not built."""
    code = buffer[start]
    if code == 0:
        return skip(buffer, skip(buffer, start + 1))
    width = code >> 4
    if width < 0xA:
        return start + 1 + FIXED_WIDTH[width - 4]
    size, position = _size(code, buffer, start + 1)
    return position + size


def binary_at(buffer: Buffer, start: int) -> bytes:
    """The content of the binary value at ``start``. Raises ``Malformed``."""
    if buffer[start] not in (0xA0, 0xB0):
        raise Malformed("no binary value")
    size, position = _size(buffer[start], buffer, start + 1)
    return bytes(buffer[position : position + size])


def _body(code: int, buffer: Buffer, start: int, depth: int) -> tuple[Any, int]:
    width = code >> 4
    if 4 <= width < 0xA:
        end = start + FIXED_WIDTH[width - 4]
        return _fixed(code, bytes(buffer[start:end])), end
    if width < 0xA:
        raise Malformed(f"unknown type 0x{code:02x}")
    size, position = _size(code, buffer, start)
    end = position + size
    if width in (0xA, 0xB):
        return _variable(code, bytes(buffer[position:end])), end
    return _compound(code, buffer, position, depth), end


def _size(code: int, buffer: Buffer, start: int) -> tuple[int, int]:
    """The size in bytes that is written there, and where what it counts begins."""
    if code & 0x10:
        return int(struct.unpack_from(">I", buffer, start)[0]), start + 4
    return buffer[start], start + 1


def _fixed(code: int, raw: bytes) -> Any:
    try:
        return _FIXED[code](raw)
    except KeyError:
        raise Malformed(f"unknown type 0x{code:02x}") from None


def _variable(code: int, raw: bytes) -> Any:
    kind = code & 0xEF
    if kind == 0xA0:
        return raw
    if kind == 0xA1:
        return raw.decode()
    if kind == 0xA3:
        return Symbol(raw.decode("ascii"))
    raise Malformed(f"unknown type 0x{code:02x}")


def _compound(code: int, buffer: Buffer, start: int, depth: int) -> Any:
    kind = code & 0xEF
    count, position = _size(code, buffer, start)
    if kind == 0xE0:
        return _array(buffer, position, count, depth)
    items = []
    for _ in range(count):
        item, position = value(buffer, position, depth + 1)
        items.append(item)
    if kind == 0xC0:
        return items
    return dict(zip(items[::2], items[1::2], strict=True))


def _array(buffer: Buffer, start: int, count: int, depth: int) -> list[Any]:
    code, position = buffer[start], start + 1
    items = []
    for _ in range(count):
        item, position = _body(code, buffer, position, depth + 1)
        items.append(item)
    return items


def _unpacked(layout: str) -> Callable[[bytes], Any]:
    return lambda raw: struct.unpack(layout, raw)[0]


_FIXED: dict[int, Callable[[bytes], Any]] = {
    0x40: lambda _: None,
    0x41: lambda _: True,
    0x42: lambda _: False,
    0x43: lambda _: 0,
    0x44: lambda _: 0,
    0x45: lambda _: [],
    0x50: _unpacked(">B"),
    0x51: _unpacked(">b"),
    0x52: _unpacked(">B"),
    0x53: _unpacked(">B"),
    0x54: _unpacked(">b"),
    0x55: _unpacked(">b"),
    0x56: lambda raw: raw == b"\x01",
    0x60: _unpacked(">H"),
    0x61: _unpacked(">h"),
    0x70: _unpacked(">I"),
    0x71: _unpacked(">i"),
    0x72: _unpacked(">f"),
    0x73: lambda raw: chr(struct.unpack(">I", raw)[0]),
    0x80: _unpacked(">Q"),
    0x81: _unpacked(">q"),
    0x82: _unpacked(">d"),
    0x83: _unpacked(">q"),
    0x98: lambda raw: UUID(bytes=raw),
}
