"""The frames of the protocol by the names of their fields.

Incoming ones hold decoded values, outgoing ones encoded bytes. The official client reads fields by
position, so that trailing nulls, which the protocol lets one leave out, are always written.
Source: AMQP 1.0, part 2 "Transport", section 2.7, and part 5 "Security", section 5.3.
"""

import asyncio
import struct
from typing import Any, NamedTuple

from tools.eventhubs_emulator import decode, encode

MOST_BYTES = 64 * 1024
"""The largest frame that we take or send."""

TRANSPORT, SASL = 0, 1
HEARTBEAT = struct.pack(">IBBH", 8, 2, TRANSPORT, 0)


class Open(NamedTuple):
    """A connection begins."""

    container_id: Any = None
    hostname: Any = None
    max_frame_size: Any = None
    channel_max: Any = None
    idle_time_out: Any = None
    outgoing_locales: Any = None
    incoming_locales: Any = None
    offered_capabilities: Any = None
    desired_capabilities: Any = None
    properties: Any = None


class Begin(NamedTuple):
    """A session begins."""

    remote_channel: Any = None
    next_outgoing_id: Any = None
    incoming_window: Any = None
    outgoing_window: Any = None
    handle_max: Any = None
    offered_capabilities: Any = None
    desired_capabilities: Any = None
    properties: Any = None


class Attach(NamedTuple):
    """A link begins; ``role`` is whether its sender will receive."""

    name: Any = None
    handle: Any = None
    role: Any = None
    snd_settle_mode: Any = None
    rcv_settle_mode: Any = None
    source: Any = None
    target: Any = None
    unsettled: Any = None
    incomplete_unsettled: Any = None
    initial_delivery_count: Any = None
    max_message_size: Any = None
    offered_capabilities: Any = None
    desired_capabilities: Any = None
    properties: Any = None


class Flow(NamedTuple):
    """How much the sender of this frame is ready to take."""

    next_incoming_id: Any = None
    incoming_window: Any = None
    next_outgoing_id: Any = None
    outgoing_window: Any = None
    handle: Any = None
    delivery_count: Any = None
    link_credit: Any = None
    available: Any = None
    drain: Any = None
    echo: Any = None
    properties: Any = None


class Transfer(NamedTuple):
    """A message, or a part of one."""

    handle: Any = None
    delivery_id: Any = None
    delivery_tag: Any = None
    message_format: Any = None
    settled: Any = None
    more: Any = None
    rcv_settle_mode: Any = None
    state: Any = None
    resume: Any = None
    aborted: Any = None
    batchable: Any = None


class Disposition(NamedTuple):
    """What became of deliveries."""

    role: Any = None
    first: Any = None
    last: Any = None
    settled: Any = None
    state: Any = None
    batchable: Any = None


class Detach(NamedTuple):
    """A link ends."""

    handle: Any = None
    closed: Any = None
    error: Any = None


class End(NamedTuple):
    """A session ends."""

    error: Any = None


class Close(NamedTuple):
    """A connection ends."""

    error: Any = None


class SaslMechanisms(NamedTuple):
    """How a client may say who it is."""

    mechanisms: Any = None


class SaslInit(NamedTuple):
    """How the client says who it is."""

    mechanism: Any = None
    initial_response: Any = None
    hostname: Any = None


class SaslOutcome(NamedTuple):
    """Whether it was believed; 0 is yes."""

    code: Any = None
    additional_data: Any = None


type Performative = (
    Open
    | Begin
    | Attach
    | Flow
    | Transfer
    | Disposition
    | Detach
    | End
    | Close
    | SaslMechanisms
    | SaslInit
    | SaslOutcome
)

_CODES: dict[type, int] = {
    Open: 0x10,
    Begin: 0x11,
    Attach: 0x12,
    Flow: 0x13,
    Transfer: 0x14,
    Disposition: 0x15,
    Detach: 0x16,
    End: 0x17,
    Close: 0x18,
    SaslMechanisms: 0x40,
    SaslInit: 0x41,
    SaslOutcome: 0x44,
}
_KINDS: dict[int, Any] = {code: kind for kind, code in _CODES.items()}


class Frame(NamedTuple):
    """One frame; an empty one has no performative and keeps a connection alive."""

    channel: int
    performative: Performative | None
    payload: bytes


def frame(channel: int, performative: Performative, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    fields = (encode.NULL if field is None else field for field in performative)
    code = _CODES[type(performative)]
    body = encode.described(code, encode.list_of(fields)) + payload
    kind = SASL if code >= 0x40 else TRANSPORT
    return struct.pack(">IBBH", 8 + len(body), 2, kind, channel) + body


async def read(reader: asyncio.StreamReader) -> Frame:
    """The next frame. Raises ``IncompleteReadError`` at the end and ``Malformed``."""
    size, offset, _, channel = struct.unpack(">IBBH", await reader.readexactly(8))
    if not 8 <= size <= MOST_BYTES:
        raise decode.Malformed(f"a frame of {size} bytes")
    data = await reader.readexactly(size - 8)
    start = offset * 4 - 8
    if start >= len(data):
        return Frame(channel, None, b"")
    performative, end = decode.value(data, start)
    try:
        return Frame(channel, _KINDS[performative.descriptor](*performative.value), data[end:])
    except (AttributeError, KeyError, TypeError) as error:
        raise decode.Malformed(f"no frame of the protocol: {performative!r:.100}") from error


def error(condition: str, description: str) -> bytes:
    """An encoded error."""
    fields = (encode.symbol(condition), encode.string(description), encode.NULL)
    return encode.described(0x1D, encode.list_of(fields))
