"""The load generator."""

import asyncio
import os
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import process_time

import pytest

from tools.bench.load import (
    CONCURRENCY,
    Answer,
    Ask,
    Connection,
    Server,
    Unexpected,
    asking,
    cpu_seconds,
    measure,
    resident_megabytes,
)


@dataclass
class Echo:
    """Answers every request with its own first line, and tells of three store operations."""

    port: int = 0
    status: str = "200 OK"
    connections: int = 0
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One keep-alive connection, until the client closes it."""
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.asked.append(head)
                writer.write(self._answer(head.split(b"\r\n")[0]))
        except asyncio.IncompleteReadError:
            writer.close()

    def _answer(self, body: bytes) -> bytes:
        head = f"HTTP/1.1 {self.status}\r\nX-Store-Operations: 3\r\ncontent-length: {len(body)}"
        return head.encode() + b"\r\n\r\n" + body


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    served = Echo()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    yield served
    server.close()
    await server.wait_closed()


def test_a_request_is_spelt_out_once() -> None:
    ask = Ask.of("POST", "/api/orders", {"Cookie": "a=b"}, b"{}", expects=201)

    assert ask.expects == 201
    assert ask.raw == (
        b"POST /api/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        b"Content-Type: application/json\r\nCookie: a=b\r\n\r\n{}"
    )


async def test_an_answer_is_read_whole(echo: Echo) -> None:
    connection = await Connection.to(echo.port)
    first = await connection.send(Ask.of("GET", "/one"))
    second = await connection.send(Ask.of("GET", "/two"))
    await connection.close()

    headers = {"x-store-operations": "3", "content-length": "17"}
    assert first == Answer(200, headers, b"GET /one HTTP/1.1")
    assert second.body == b"GET /two HTTP/1.1"
    assert (first.operations, echo.connections) == (3, 1)


async def test_another_status_ends_the_benchmark(echo: Echo) -> None:
    echo.status = "409 Conflict"
    connection = await Connection.to(echo.port)

    with pytest.raises(Unexpected, match="409 to b'GET /one"):
        await connection.send(Ask.of("GET", "/one"))
    await connection.close()


async def test_every_journey_is_made_once_by_sixteen_clients(echo: Echo) -> None:
    journeys = [asking(Ask.of("GET", f"/{number}")) for number in range(100)]

    cost = await measure(Server(os.getpid(), echo.port), journeys)

    assert len(echo.asked) == len(set(echo.asked)) == 100
    assert (echo.connections, cost.operations) == (CONCURRENCY, 3.0)
    assert cost.cpu_ms > 0
    assert 0 < cost.p50_ms <= cost.p95_ms


def test_cpu_time_is_the_process_s_own() -> None:
    before = process_time()
    read = cpu_seconds(os.getpid())

    assert before <= read <= process_time()


def test_a_process_occupies_memory() -> None:
    assert 1 < resident_megabytes(os.getpid()) < 10_000
