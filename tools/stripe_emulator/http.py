"""HTTP/1.1 over a socket, as much as Stripe's SDK, httpx and a browser speak."""

import asyncio
import json
from typing import Final, Protocol

from tools.stripe_emulator.wire import Answer, ConnectionDropped, Request

MOST_BODY_BYTES: Final = 1024 * 1024
_REASONS: Final = {200: "OK", 303: "See Other"}


class Service(Protocol):
    """A peer behind the socket."""

    async def answer(self, request: Request) -> Answer:
        """What it answers. Raises ``ConnectionDropped``."""


async def serve(emulator: Service, host: str = "127.0.0.1", port: int = 0) -> asyncio.Server:
    """A server that answers for ``emulator``; port 0 takes a free one."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                request = await _request(line, reader)
                writer.write(_encoded(await emulator.answer(request)))
                await writer.drain()
        except (ConnectionDropped, ConnectionError, asyncio.IncompleteReadError):
            pass  # nobody is there to be told
        finally:
            writer.close()

    return await asyncio.start_server(talk, host, port)


def address_of(server: asyncio.Server) -> str:
    """Where it listens."""
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _request(line: bytes, reader: asyncio.StreamReader) -> Request:
    parts = line.decode("latin-1").split()
    headers: dict[str, str] = {}
    while (field := await reader.readline()).strip():
        name, _, value = field.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    size = int(headers.get("content-length", "0"))
    if len(parts) != 3 or size > MOST_BODY_BYTES or "transfer-encoding" in headers:
        raise ConnectionDropped
    path, _, query = parts[1].partition("?")
    return Request(parts[0], path, query, headers, await reader.readexactly(size))


def _encoded(answer: Answer) -> bytes:
    is_text = isinstance(answer.body, str)
    body = answer.body.encode() if is_text else json.dumps(answer.body).encode()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **answer.headers,
    }
    reason = _REASONS.get(answer.status, "Refused")
    lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
