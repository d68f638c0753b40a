"""The namespace as a process and as a peer on a socket, for clients that are not as they should be."""

import asyncio
import os
import signal
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.eventhub import EventData
from azure.eventhub.exceptions import AuthenticationError, EventHubError

from tests.tools.eventhubs_emulator.clients import HUB, producer, receiving, send, until
from tools.eventhubs_emulator import encode, message
from tools.eventhubs_emulator.__main__ import main
from tools.eventhubs_emulator.connection import AMQP_HEADER, SASL_HEADER
from tools.eventhubs_emulator.faults import Switch
from tools.eventhubs_emulator.performatives import (
    HEARTBEAT,
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
from tools.eventhubs_emulator.server import Emulator

ROOT = Path(__file__).parents[3]


class Peer:
    """A client that says exactly what a test says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def say(self, performative: Performative, payload: bytes = b"") -> None:
        """Write a frame on channel 0."""
        self.writer.write(frame(0, performative, payload))

    async def hears(self) -> Any:
        """The next performative that is not a flow."""
        while True:
            heard = (await read(self.reader)).performative
            if not isinstance(heard, Flow):
                return heard

    async def is_cut(self) -> bool:
        """Whether the other side has closed the connection; what it still says is passed over."""
        async with asyncio.timeout(5):
            while await self.reader.read(1000):
                pass
        return True


@asynccontextmanager
async def connected(emulator: Emulator, *, opened: bool = True) -> AsyncIterator[Peer]:
    """A peer, with a session unless told otherwise."""
    host, port = emulator.address.split(":")
    peer = Peer(*await asyncio.open_connection(host, int(port)))
    if opened:
        peer.writer.write(AMQP_HEADER)
        peer.say(Open(container_id=encode.string("test"), idle_time_out=encode.uint(20)))
        peer.say(Begin(None, encode.uint(0), encode.uint(100), encode.uint(100)))
        assert await peer.reader.readexactly(8) == AMQP_HEADER
        assert isinstance(await peer.hears(), Open)
        assert isinstance(await peer.hears(), Begin)
    yield peer
    peer.writer.close()


def terminus(address: str) -> bytes:
    """A source or target."""
    return encode.described(0x28, encode.list_of([encode.string(address)]))


def attach(address: str, *, receives: bool, handle: int = 0) -> Attach:
    """An attach to this address."""
    return Attach(
        name=encode.string(f"link-{handle}"),
        handle=encode.uint(handle),
        role=encode.boolean(receives),
        snd_settle_mode=encode.ubyte(0),
        source=terminus(address if receives else "here"),
        target=terminus("here" if receives else address),
    )


async def test_what_speaks_another_protocol_is_cut(emulator: Emulator) -> None:
    async with connected(emulator, opened=False) as peer:
        peer.writer.write(b"GET / HT")
        assert await peer.is_cut()
    async with connected(emulator, opened=False) as peer:
        peer.writer.write(SASL_HEADER)
        peer.say(Open())
        assert await peer.is_cut()


@pytest.mark.parametrize(
    "nonsense",
    [
        struct.pack(">IBBH", 2**31, 2, 0, 0),
        struct.pack(">IBBH", 9, 2, 0, 0) + b"\x41",
        frame(0, End())[:8] + b"\x00\x53\x99\x45",
    ],
)
async def test_nonsense_ends_the_connection_and_nothing_else(
    emulator: Emulator, nonsense: bytes
) -> None:
    async with connected(emulator) as peer:
        peer.writer.write(nonsense)
        if len(nonsense) == 12:
            peer.writer.write(b"\x00" * 100)

        assert await peer.is_cut()
    await send(emulator.connection_string, "k", ["1"])


async def test_a_client_says_who_it_is_and_is_believed(emulator: Emulator) -> None:
    async with connected(emulator, opened=False) as peer:
        peer.writer.write(SASL_HEADER)
        assert await peer.reader.readexactly(8) == SASL_HEADER
        mechanisms = await peer.hears()
        peer.say(SaslInit(mechanism=encode.symbol("ANONYMOUS")))

        assert isinstance(mechanisms, SaslMechanisms)
        assert await peer.hears() == SaslOutcome(0)


@pytest.mark.parametrize("receives", [True, False])
async def test_nobody_attaches_without_a_token(emulator: Emulator, receives: bool) -> None:
    address = f"{HUB}/ConsumerGroups/views/Partitions/0" if receives else HUB
    async with connected(emulator) as peer:
        peer.say(attach(address, receives=receives))
        answer, refusal = await peer.hears(), await peer.hears()

    assert (answer.source if receives else answer.target) is None
    assert isinstance(refusal, Detach)
    assert refusal.error.value[0] == "amqp:unauthorized-access"


async def put_token(peer: Peer, token: str) -> int:
    """Put a web token; the status of the answer."""
    peer.say(attach("$cbs", receives=False, handle=0))
    peer.say(attach("$cbs", receives=True, handle=1))
    assert isinstance(await peer.hears(), Attach)
    assert isinstance(await peer.hears(), Attach)
    window = encode.uint(100)
    peer.say(
        Flow(encode.uint(0), window, encode.uint(0), window, encode.uint(1), encode.uint(0), window)
    )
    return await ask(peer, {"operation": "put-token", "type": "jwt"}, encode.string(token))


async def ask(peer: Peer, words: dict[str, str], body: bytes) -> int:
    """Send a request on link 0; the status of the answer on link 1."""
    named = {encode.string(name): encode.string(value) for name, value in words.items()}
    request = encode.described(message.APPLICATION_PROPERTIES, encode.map_of(named))
    request += encode.described(message.VALUE, body)
    first, rest = request[:20], request[20:]
    peer.say(
        Transfer(encode.uint(0), encode.uint(0), encode.binary(b"t"), more=encode.boolean(True)),
        first,
    )
    peer.say(Transfer(encode.uint(0), settled=encode.boolean(False)), rest)
    while True:
        heard = await read(peer.reader)
        if isinstance(heard.performative, Transfer):
            return int(
                message.section(heard.payload, message.APPLICATION_PROPERTIES)["status-code"]
            )


async def test_a_token_opens_the_doors_that_are_there(emulator: Emulator) -> None:
    async with connected(emulator) as peer:
        empty = await put_token(peer, "")
        good = await ask(peer, {"type": "jwt"}, encode.string("token"))
        refusals = {}
        addresses = ("nowhere", f"{HUB}/elsewhere", HUB, f"{HUB}/ConsumerGroups/g/Partitions/0")
        for handle, address in enumerate(addresses, 5):
            peer.say(attach(address, receives=handle > 6, handle=handle))
            while not isinstance(heard := await peer.hears(), Detach):
                pass
            refusals[address] = heard.error.value[0]

    assert (empty, good) == (401, 202)
    assert list(refusals.values()) == [
        "amqp:not-found",
        "amqp:not-found",
        "amqp:not-allowed",
        "amqp:not-found",
    ]


async def test_what_is_kept_alive_and_closed_in_order(emulator: Emulator) -> None:
    async with connected(emulator) as peer:
        beat = await peer.reader.readexactly(8)
        peer.say(Detach(encode.uint(9)))
        peer.say(Transfer(encode.uint(9), encode.uint(0)), b"nobody's")
        peer.say(
            Flow(
                encode.uint(0),
                encode.uint(1),
                encode.uint(0),
                encode.uint(1),
                echo=encode.boolean(True),
            )
        )
        peer.say(End())
        heard = []
        while End not in heard:
            heard.append(type((await read(peer.reader)).performative))
        peer.say(Flow())
        peer.say(Close())
        while not isinstance(last := (await read(peer.reader)).performative, Close):
            pass

    assert beat == HEARTBEAT
    assert Flow in heard
    assert isinstance(last, Close)
    await until(lambda: emulator.connection_count == 0)


async def test_a_reader_that_drains_its_credit_is_told_when_it_is_done(emulator: Emulator) -> None:
    async with connected(emulator) as peer:
        await put_token(peer, "token")
        peer.say(attach(f"{HUB}/ConsumerGroups/views/Partitions/0", receives=True, handle=7))
        await peer.hears()
        none, ten, window = encode.uint(0), encode.uint(10), encode.uint(100)
        asked = Flow(
            none, window, none, window, encode.uint(7), none, ten, drain=encode.boolean(True)
        )
        peer.say(asked)
        while not (isinstance(told := (await read(peer.reader)).performative, Flow) and told.drain):
            pass

    assert (told.handle, told.delivery_count, told.link_credit) == (7, 10, 0)


async def test_the_switches_do_what_they_say(emulator: Emulator) -> None:
    emulator.faults.refused_tokens = Switch(rate=1)
    with pytest.raises(AuthenticationError):
        await send(emulator.connection_string, "k", ["1"])
    emulator.faults.refused_tokens = Switch()

    async with producer(emulator.connection_string) as client:
        await client.send_batch([EventData("1")], partition_key="k")
        emulator.faults.busy = Switch(next=2)  # the SDK tries twice
        with pytest.raises(EventHubError, match="server-busy"):
            await client.send_batch([EventData("2")], partition_key="k")
        emulator.faults.redelivered = Switch(next=1)
        emulator.hold(HUB)
        async with receiving(emulator.connection_string) as received:
            await until(lambda: emulator.readers.count(HUB, "views", "0") == 1)
            await client.send_batch([EventData("3")], partition_key="k")
            await asyncio.sleep(0.2)
            before = list(received.bodies)
            emulator.release(HUB)
            await until(lambda: len(received.bodies) == 3)

    assert before == []
    assert received.bodies == ["1", "1", "3"]


@pytest.mark.parametrize("arguments", [["--config", "nowhere.json"], ["--faults", "nonsense=1"]])
def test_what_cannot_be_served_is_said(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert arguments[1].split("=")[0] in capsys.readouterr().err


async def test_it_runs_as_a_program_until_it_is_told_to_stop() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tools.eventhubs_emulator", "--port", "0"),
        cwd=ROOT,
        env={**os.environ},
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    printed = (await program.stdout.readline()).decode().strip()

    await send(printed, "k", ["1"])
    async with receiving(printed) as received:
        await until(lambda: received.bodies == ["1"])
    program.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(program.wait(), 5) == 0


def test_the_configuration_is_printed() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.eventhubs_config"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout == (ROOT / "tools/eventhubs_emulator/Config.json").read_text()
