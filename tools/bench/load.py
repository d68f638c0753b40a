"""A load of HTTP requests over keep-alive connections, and what it cost the server in CPU time.

The client speaks HTTP/1.1 over plain sockets, so that its own cost disturbs the server little; only
the server's process is counted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import clock_gettime, perf_counter
from typing import Final

CONCURRENCY: Final = 16
LOOK_SECONDS: Final = 0.25
IDLE_SHARE: Final = 0.1
MOST_IDLE_SECONDS: Final = 20.0
OPERATIONS: Final = "x-store-operations"


class Unexpected(RuntimeError):
    """The server answered something that the benchmark cannot go on with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, headers by lower-case name, and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def operations(self) -> int:
        """Store operations, as far as the server tells them."""
        return int(self.headers.get(OPERATIONS, "0"))


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, ready for the wire, and the status that it must be answered with."""

    raw: bytes
    expects: int = 200

    @classmethod
    def of(
        cls,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        expects: int = 200,
    ) -> "Ask":
        """The request's bytes."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/json"] if body else []
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        return cls(("\r\n".join(lines) + "\r\n\r\n").encode() + body, expects)


class Connection:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Connection":
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, ask: Ask) -> Answer:
        """Send it and wait for the whole answer. Raises ``Unexpected`` for another status."""
        self._writer.write(ask.raw)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        answer = Answer(int(head[0].split()[1]), headers, body)
        if answer.status != ask.expects:
            raise Unexpected(f"{answer.status} to {ask.raw[:200]!r}: {body[:300]!r}")
        return answer

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


type Journey = Callable[[Connection], Awaitable[int]]
"""What one client does in a row, and how many store operations that took the server."""


def asking(ask: Ask) -> Journey:
    """The journey of a single request."""

    async def journey(connection: Connection) -> int:
        return (await connection.send(ask)).operations

    return journey


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens on a port of this machine."""

    pid: int
    port: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a journey cost: CPU milliseconds of the server, how long the client waited, operations."""

    cpu_ms: float
    p50_ms: float
    p95_ms: float
    operations: float


async def measure(
    server: Server, journeys: Iterable[Journey], *, with_aftermath: bool = False
) -> Cost:
    """Make every journey, sixteen at a time, and tell what one cost. Raises ``Unexpected``.

    ``with_aftermath``: what the server goes on doing because of it counts too, until it is idle.
    """
    connections = [await Connection.to(server.port) for _ in range(CONCURRENCY)]
    waiting = iter(journeys)
    made: list[tuple[float, int]] = []

    async def work(connection: Connection) -> None:
        for journey in waiting:
            began = perf_counter()
            operations = await journey(connection)
            made.append((perf_counter() - began, operations))

    before = cpu_seconds(server.pid)
    await asyncio.gather(*map(work, connections))
    if with_aftermath:
        await _idle(server.pid)
    spent = cpu_seconds(server.pid) - before
    for connection in connections:
        await connection.close()
    return _cost(spent, made)


async def _idle(pid: int) -> None:
    """Wait until the process does next to nothing."""
    for _ in range(round(MOST_IDLE_SECONDS / LOOK_SECONDS)):
        before = cpu_seconds(pid)
        await asyncio.sleep(LOOK_SECONDS)
        if cpu_seconds(pid) - before < IDLE_SHARE * LOOK_SECONDS:
            return


def _cost(cpu: float, made: list[tuple[float, int]]) -> Cost:
    count = len(made)
    seconds = sorted(one for one, _ in made)
    return Cost(
        cpu_ms=cpu * 1000 / count,
        p50_ms=seconds[count // 2] * 1000,
        p95_ms=seconds[count * 95 // 100] * 1000,
        operations=sum(operations for _, operations in made) / count,
    )


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, user and system, all threads; to the nanosecond.

    The clock's number is that of clock_getcpuclockid(3) on Linux.
    """
    return clock_gettime(~pid << 3 | 2)


def resident_megabytes(pid: int) -> float:
    """Memory that a process occupies now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)
