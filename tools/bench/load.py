"""A load of HTTP requests over keep-alive connections, and what it cost the server in CPU time.

The client speaks HTTP/1.1 over plain sockets, so that its own cost disturbs the server little; only
the server's process is counted.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
CONCURRENCY: Final = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, headers by lower-case name, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Cost:
    """What a load cost: CPU milliseconds of the server a request, and how long the client waited."""

    requests: int
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    operations: float


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, ready for the wire."""

    raw: bytes

    @classmethod
    def of(
        cls, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> "Ask":
        """The request's bytes."""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/json"] if body else []
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        return cls(("\r\n".join(lines) + "\r\n\r\n").encode() + body)


class Connection:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Connection":
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, ask: Ask) -> Answer:
        """Send it and wait for the whole answer."""
        self._writer.write(ask.raw)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(head[0].split()[1]), headers, body)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


async def measure(
    pid: int, port: int, asks: Sequence[Ask], expect: Callable[[Answer], bool]
) -> Cost:
    """Send every request, sixteen at a time; each answer must be as expected."""
    connections = [await Connection.to(port) for _ in range(CONCURRENCY)]
    waiting = iter(asks)
    seconds: list[float] = []
    operations = 0

    async def work(connection: Connection) -> None:
        nonlocal operations
        for ask in waiting:
            began = perf_counter()
            answer = await connection.send(ask)
            seconds.append(perf_counter() - began)
            if not expect(answer):
                raise RuntimeError(f"unexpected: {answer.status} {answer.body[:300]!r}")
            operations += int(answer.headers.get("x-store-operations", "0"))

    before = cpu_seconds(pid)
    await asyncio.gather(*(work(connection) for connection in connections))
    spent = cpu_seconds(pid) - before
    for connection in connections:
        connection.close()
    seconds.sort()
    count = len(seconds)
    return Cost(
        requests=count,
        cpu_ms=spent * 1000 / count,
        p50_ms=seconds[count // 2] * 1000,
        p95_ms=seconds[count * 95 // 100] * 1000,
        operations=operations / count,
    )


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def resident_megabytes(pid: int) -> float:
    """Memory that a process occupies now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)
