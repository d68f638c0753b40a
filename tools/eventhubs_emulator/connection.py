"""A connection: who the client says it is, its sessions, and what of the namespace it may reach."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import time
from typing import Any

from tools.eventhubs_emulator import encode, requests
from tools.eventhubs_emulator.addresses import CBS, reader_of, target_of
from tools.eventhubs_emulator.decode import Malformed
from tools.eventhubs_emulator.faults import Faults
from tools.eventhubs_emulator.hubs import Namespace, Refusal
from tools.eventhubs_emulator.links import Deliver, Source
from tools.eventhubs_emulator.performatives import (
    HEARTBEAT,
    MOST_BYTES,
    Attach,
    Begin,
    Close,
    Detach,
    End,
    Flow,
    Open,
    Performative,
    SaslInit,
    SaslMechanisms,
    SaslOutcome,
    Transfer,
    frame,
    read,
)
from tools.eventhubs_emulator.readers import Reader, Readers
from tools.eventhubs_emulator.session import Session

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
IDLE_MS = 240_000
_MECHANISMS = ("MSSBCBS", "PLAIN", "ANONYMOUS", "EXTERNAL")
_log = logging.getLogger(__name__)


class Reading:
    """A reader's link, for those who take its partition away."""

    def __init__(self, session: Session, reader: Reader) -> None:
        self._session, self._reader = session, reader

    def end(self, condition: str, why: str) -> None:
        """Close it with the reason."""
        self._session.end_source(self._reader, condition, why)


class Connection:
    """One client's connection."""

    def __init__(
        self,
        namespace: Namespace,
        readers: Readers,
        faults: Faults,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._namespace, self._readers, self._faults = namespace, readers, faults
        self._reader, self._writer = streams
        self._sessions: dict[int, Session] = {}
        self._is_authorized = False
        self._beat: asyncio.Task[None] | None = None
        self._will_pump = False
        self.most_frame_bytes = 512
        self.is_cut = False

    async def serve(self) -> None:
        """Do as the client wishes until it leaves, or is no AMQP client."""
        try:
            await self._greet()
            while not self.is_cut:
                await self._next_frame()
                await self._writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except Malformed as fault:
            _log.warning("a client sent what cannot be read", extra={"fault": str(fault)})
        finally:
            self.cut()

    def cut(self) -> None:
        """End it at once and with nothing said, as a broken network would."""
        self.is_cut = True
        for session in self._sessions.values():
            session.end()
        self._sessions.clear()
        if self._beat is not None:
            self._beat.cancel()
        with suppress(RuntimeError):  # the loop may be gone before its clients
            self._writer.close()

    def cuts(self) -> bool:
        """Cut it if the switch says so; whether it did."""
        if self._faults.dropped.strikes(self._faults.random):
            self.cut()
        return self.is_cut

    def wake(self) -> None:
        """Send what is new, soon: many events of one moment cost one round."""
        if not self._will_pump:
            self._will_pump = True
            asyncio.get_running_loop().call_soon(self._pump)

    def send(self, channel: int, performative: Performative, payload: bytes = b"") -> None:
        """Write a frame."""
        if not self.is_cut:
            self._writer.write(frame(channel, performative, payload))

    def target(self, address: str) -> Deliver:
        """What takes the events that are sent there. Raises ``Refusal``."""
        self._refuse_strangers()
        hub, partition = target_of(self._namespace, address)

        def deliver(body: bytes, format: int) -> None:
            if self.cuts():
                return
            if self._faults.busy.strikes(self._faults.random):
                raise Refusal("com.microsoft:server-busy", "The request was terminated: be slower.")
            hub.publish(body, format, partition)
            if self._faults.lost_acks.strikes(self._faults.random):
                self.cut()

        return deliver

    def source(self, attach: Attach, session: Session) -> Source:
        """A reader of a partition. Raises ``Refusal``."""
        self._refuse_strangers()
        reader = reader_of(self._namespace, attach, self._faults)
        self._readers.join(reader, Reading(session, reader))
        reader.partition.waiters.add(self.wake)
        return reader

    def leave(self, source: Source) -> None:
        """The source is read no more."""
        if isinstance(source, Reader):
            self._readers.leave(source)
            source.partition.waiters.discard(self.wake)

    def answer(self, address: str, body: bytes) -> tuple[int, str, bytes]:
        """Status, its text and the encoded body for a request."""
        if address == CBS:
            return self._put_token(body)
        try:
            self._refuse_strangers()
            return 200, "OK", requests.described(self._namespace, body)
        except Refusal as refusal:
            return 404, f"{refusal.condition}: {refusal.why}", encode.NULL

    def _put_token(self, body: bytes) -> tuple[int, str, bytes]:
        refused = self._faults.refused_tokens.strikes(self._faults.random)
        if refused or not requests.is_authorized(body, time()):
            return 401, "Unauthorized", encode.NULL
        self._is_authorized = True
        return 202, "Accepted", encode.NULL

    def _refuse_strangers(self) -> None:
        if not self._is_authorized:
            raise Refusal("amqp:unauthorized-access", "A token must be put before this.")

    async def _greet(self) -> None:
        header = await self._reader.readexactly(8)
        if header == SASL_HEADER:
            self._writer.write(header)
            self.send(0, SaslMechanisms(encode.symbols(_MECHANISMS)))
            asked = await read(self._reader)
            if not isinstance(asked.performative, SaslInit):
                raise Malformed("no SASL init")
            self.send(0, SaslOutcome(encode.ubyte(0)))
            header = await self._reader.readexactly(8)
        self._writer.write(AMQP_HEADER)
        if header != AMQP_HEADER:
            raise Malformed(f"another protocol: {header!r}")

    async def _next_frame(self) -> None:
        channel, performative, payload = await read(self._reader)
        session = self._sessions.get(channel)
        if isinstance(performative, Transfer):
            if session:
                session.transfer(performative, payload)
        elif performative is not None:
            act = self._acts(channel, session).get(type(performative))
            if act is not None:
                act(performative)

    def _acts(self, channel: int, session: Session | None) -> dict[type, Callable[[Any], None]]:
        acts: dict[type, Callable[[Any], None]] = {
            Open: self._open,
            Begin: lambda begin: self._begin(channel, begin),
            Close: lambda _: self._close(),
        }
        if session is None:
            return acts
        return acts | {
            Attach: session.attach,
            Flow: session.flow,
            Detach: session.detach,
            End: lambda _: self._end(channel),
        }

    def _open(self, opened: Open) -> None:
        self.most_frame_bytes = min(opened.max_frame_size or MOST_BYTES, MOST_BYTES)
        self.send(
            0,
            Open(
                container_id=encode.string("eventhubs-emulator"),
                max_frame_size=encode.uint(MOST_BYTES),
                channel_max=encode.ushort(255),
                idle_time_out=encode.uint(IDLE_MS),
            ),
        )
        if opened.idle_time_out:
            self._beat = asyncio.create_task(self._beat_every(opened.idle_time_out / 2000))

    def _begin(self, channel: int, begin: Begin) -> None:
        self._sessions[channel] = Session(self, channel, begin)

    def _end(self, channel: int) -> None:
        self._sessions.pop(channel).end()
        self.send(channel, End())

    def _close(self) -> None:
        self.send(0, Close())
        self.cut()

    def _pump(self) -> None:
        self._will_pump = False
        for session in tuple(self._sessions.values()):
            session.pump()

    async def _beat_every(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self._writer.write(HEARTBEAT)
