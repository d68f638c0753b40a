"""Links: the one-way streets between a client and a hub, with their credit."""

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tools.eventhubs_emulator import encode
from tools.eventhubs_emulator.hubs import MOST_MESSAGE_BYTES
from tools.eventhubs_emulator.performatives import Attach, Transfer

CREDIT = 1000
"""How many messages a client may send before it is told that it may send more."""

_ACCEPTED = encode.described(0x24, encode.EMPTY_LIST)

type Deliver = Callable[[bytes, int], None]
"""Takes a message and its format. Raises ``Refusal``."""


class Source(Protocol):
    """Where the messages of an outgoing link come from."""

    def take(self) -> bytes | None:
        """The next message, or ``None`` for now."""


@dataclass(eq=False)
class Replies:
    """The source of a link on which answers are sent."""

    waiting: deque[bytes] = field(default_factory=deque)

    def take(self) -> bytes | None:
        """The oldest answer that was not sent."""
        return self.waiting.popleft() if self.waiting else None


@dataclass(eq=False)
class Incoming:
    """A link on which the client sends; a message may come in several transfers."""

    handle: int
    address: str
    deliver: Deliver
    count: int = 0
    used: int = 0
    _first: Transfer | None = None
    _parts: bytearray = field(default_factory=bytearray)

    def collect(self, transfer: Transfer, payload: bytes) -> tuple[Transfer, bytes] | None:
        """The whole message and its first transfer, once its last part is there."""
        first, self._first = self._first or transfer, self._first or transfer
        if len(self._parts) <= MOST_MESSAGE_BYTES:  # so that what is too large is seen to be
            self._parts += payload
        if transfer.more:
            return None
        message = bytes(self._parts)
        self._first, self._parts = None, bytearray()
        self.count += 1
        self.used += 1
        return first, message


@dataclass(eq=False)
class Outgoing:
    """A link on which the client receives, as many messages as it gave credit for."""

    handle: int
    address: str
    source: Source
    reply_to: str = ""
    settled: bool = True
    credit: int = 0
    count: int = 0

    def transfer(self, delivery_id: int, *, more: bool) -> Transfer:
        """The performative of one part of a delivery."""
        return Transfer(
            handle=encode.uint(self.handle),
            delivery_id=encode.uint(delivery_id),
            delivery_tag=encode.binary(struct.pack(">I", delivery_id)),
            message_format=encode.uint(0),
            settled=encode.boolean(self.settled),
            more=encode.boolean(more),
        )


type Link = Incoming | Outgoing


def attached(asked: Attach, *, refused: bool) -> Attach:
    """The answer to an attach: the client's own words; what is refused has no source or target."""
    echo_source = asked.source is not None and not (refused and asked.role)
    echo_target = asked.target is not None and not (refused and not asked.role)
    return Attach(
        name=encode.string(asked.name),
        handle=encode.uint(asked.handle),
        role=encode.boolean(not asked.role),
        snd_settle_mode=encode.ubyte(asked.snd_settle_mode or 0),
        rcv_settle_mode=encode.ubyte(asked.rcv_settle_mode or 0),
        source=encode.again(asked.source) if echo_source else None,
        target=encode.again(asked.target) if echo_target else None,
        initial_delivery_count=encode.uint(0) if asked.role else None,
        max_message_size=encode.ulong(MOST_MESSAGE_BYTES),
    )


def accepted() -> bytes:
    """The state of a delivery that was kept."""
    return _ACCEPTED


def rejected(error: bytes) -> bytes:
    """The state of a delivery that was refused, with the encoded error."""
    return encode.described(0x25, encode.list_of([error]))
