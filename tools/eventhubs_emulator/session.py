"""A session: the links of a client, and the flow of messages over them."""

from typing import Protocol

from tools.eventhubs_emulator import encode, requests
from tools.eventhubs_emulator.addresses import CBS, MANAGEMENT, address_of, field
from tools.eventhubs_emulator.hubs import Refusal
from tools.eventhubs_emulator.links import (
    CREDIT,
    Deliver,
    Incoming,
    Link,
    Outgoing,
    Replies,
    Source,
    accepted,
    attached,
    rejected,
)
from tools.eventhubs_emulator.performatives import (
    Attach,
    Begin,
    Detach,
    Disposition,
    Flow,
    Performative,
    Transfer,
    error,
)
from tools.eventhubs_emulator.readers import Reader
from tools.eventhubs_emulator.values import text

WINDOW = 0x7FFF_FFFF
_MANY = encode.uint(WINDOW)
_ROOM_FOR_PERFORMATIVE = 64  # bytes of a frame that are not payload
_SETTLED = 1  # the settle mode of a client that wants no delivery confirmed


class House(Protocol):
    """What a session needs of the connection it is on and the namespace behind it."""

    most_frame_bytes: int

    def send(self, channel: int, performative: Performative, payload: bytes = b"") -> None: ...
    def target(self, address: str) -> Deliver: ...
    def source(self, attach: Attach, session: "Session") -> Source: ...
    def leave(self, source: Source) -> None: ...
    def answer(self, address: str, body: bytes) -> tuple[int, str, bytes]: ...
    def cuts(self) -> bool: ...

    @property
    def is_cut(self) -> bool: ...


class Session:
    """One session on a connection."""

    def __init__(self, house: House, channel: int, begin: Begin) -> None:
        self._house, self._channel = house, channel
        self._next_incoming = begin.next_outgoing_id or 0
        self._next_outgoing = 0
        self._window = begin.incoming_window or 0
        self._links: dict[int, Link] = {}
        answer = Begin(encode.ushort(channel), encode.uint(0), _MANY, _MANY, encode.uint(255))
        house.send(channel, answer)

    def attach(self, asked: Attach) -> None:
        """Open a link, or open and close it at once with the reason."""
        try:
            link = self._outgoing(asked) if asked.role else self._incoming(asked)
        except Refusal as refusal:
            self._house.send(self._channel, attached(asked, refused=True))
            self._detach(asked.handle, refusal.condition, refusal.why)
            return
        self._links[asked.handle] = link
        self._house.send(self._channel, attached(asked, refused=False))
        if isinstance(link, Incoming):
            self._grant(link)

    def detach(self, asked: Detach) -> None:
        """Close a link as the client wishes."""
        link = self._links.pop(asked.handle, None)
        if link is not None:
            self._leave(link)
            self._house.send(self._channel, Detach(encode.uint(link.handle), encode.boolean(True)))

    def end(self) -> None:
        """Close all links, with nothing said."""
        for link in self._links.values():
            self._leave(link)
        self._links.clear()

    def end_source(self, source: Source, condition: str, why: str) -> None:
        """Close the link that sends from this source, and say why."""
        for handle, link in tuple(self._links.items()):
            if isinstance(link, Outgoing) and link.source is source:
                self._leave(self._links.pop(handle))
                self._detach(handle, condition, why)

    def flow(self, asked: Flow) -> None:
        """Note what the client is ready to take, and send what waited for it."""
        begun = (asked.next_incoming_id or 0) + (asked.incoming_window or 0)
        self._window = begun - self._next_outgoing
        link = self._links.get(asked.handle) if asked.handle is not None else None
        if isinstance(link, Outgoing):
            given = (asked.delivery_count or 0) + (asked.link_credit or 0)
            link.credit = given - link.count
        self.pump()
        if isinstance(link, Outgoing) and asked.drain:
            link.count, link.credit = link.count + max(link.credit, 0), 0
            self._say(link, 0, drain=True)
        elif asked.echo:
            self._house.send(self._channel, self._standing())

    def transfer(self, part: Transfer, payload: bytes) -> None:
        """Take a message, or a part of one."""
        self._next_incoming += 1
        link = self._links.get(part.handle)
        if not isinstance(link, Incoming):
            return
        whole = link.collect(part, payload)
        if whole is None:
            return
        first, body = whole
        state = self._taken(link, body, first.message_format or 0)
        if state is not None and not first.settled:
            number = encode.uint(first.delivery_id)
            done = Disposition(encode.boolean(True), number, number, encode.boolean(True), state)
            self._house.send(self._channel, done)
        if link.used > CREDIT // 2:
            self._grant(link)

    def pump(self) -> None:
        """Send what is there, as far as windows and credits allow."""
        for link in tuple(self._links.values()):
            if isinstance(link, Outgoing):
                self._pump_link(link)

    def _pump_link(self, link: Outgoing) -> None:
        while link.credit > 0 and self._window > 0:
            body = link.source.take()
            if body is None or (isinstance(link.source, Reader) and self._house.cuts()):
                return
            self._deliver(link, body)

    def _deliver(self, link: Outgoing, body: bytes) -> None:
        number, room = self._next_outgoing, self._house.most_frame_bytes - _ROOM_FOR_PERFORMATIVE
        for start in range(0, len(body), room):
            part = link.transfer(number, more=start + room < len(body))
            self._house.send(self._channel, part, body[start : start + room])
            self._next_outgoing += 1
            self._window -= 1
        link.count += 1
        link.credit -= 1

    def _taken(self, link: Incoming, body: bytes, format: int) -> bytes | None:
        """The state of the delivery; ``None`` when the client shall not learn of it."""
        try:
            link.deliver(body, format)
        except Refusal as refusal:
            return rejected(error(refusal.condition, refusal.why))
        return None if self._house.is_cut else accepted()

    def _incoming(self, asked: Attach) -> Incoming:
        address = address_of(asked)
        if address in (CBS, MANAGEMENT):
            return Incoming(asked.handle, address, lambda body, _: self._reply(address, body))
        return Incoming(asked.handle, address, self._house.target(address))

    def _outgoing(self, asked: Attach) -> Outgoing:
        address = address_of(asked)
        replies = address in (CBS, MANAGEMENT)
        source = Replies() if replies else self._house.source(asked, self)
        reply_to = text(field(asked.target, 0) or "")
        settled = asked.snd_settle_mode == _SETTLED
        return Outgoing(asked.handle, address, source, reply_to, settled)

    def _reply(self, address: str, body: bytes) -> None:
        request = requests.properties_of(body)
        answer = self._house.answer(address, body)
        links = [one for one in self._links.values() if isinstance(one, Outgoing)]
        fitting = [one for one in links if one.address == address]
        exact = [one for one in fitting if request[4] and one.reply_to == text(request[4])]
        for link in (exact or fitting)[:1]:
            if isinstance(link.source, Replies):
                link.source.waiting.append(requests.answered(request, answer))
                self._pump_link(link)

    def _leave(self, link: Link) -> None:
        if isinstance(link, Outgoing):
            self._house.leave(link.source)

    def _detach(self, handle: int, condition: str, why: str) -> None:
        closed = Detach(encode.uint(handle), encode.boolean(True), error(condition, why))
        self._house.send(self._channel, closed)

    def _grant(self, link: Incoming) -> None:
        link.used = 0
        self._say(link, CREDIT)

    def _say(self, link: Link, credit: int, *, drain: bool = False) -> None:
        told = self._standing()._replace(
            handle=encode.uint(link.handle),
            delivery_count=encode.uint(link.count),
            link_credit=encode.uint(credit),
            drain=encode.boolean(drain),
        )
        self._house.send(self._channel, told)

    def _standing(self) -> Flow:
        incoming, outgoing = encode.uint(self._next_incoming), encode.uint(self._next_outgoing)
        return Flow(incoming, _MANY, outgoing, _MANY)
