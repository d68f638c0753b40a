"""HTTP/1.1 over a socket, as much as the SDKs speak."""

import asyncio
import json
import uuid
from typing import Final

from tools.cosmos_emulator.refusal import Refusal, bad_request
from tools.cosmos_emulator.service import ConnectionDropped, Emulator
from tools.cosmos_emulator.wire import Answer, Request, refused

MOST_BODY_BYTES: Final = 8 * 1024 * 1024
_REASONS: Final = {
    200: "Ok",
    201: "Created",
    204: "No Content",
    207: "Multi-Status",
    304: "Not Modified",
}


async def serve(emulator: Emulator, host: str = "127.0.0.1", port: int = 0) -> asyncio.Server:
    """A server that answers for ``emulator``; port 0 takes a free one."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _talk(emulator, reader, writer)
        except (ConnectionDropped, ConnectionError, asyncio.IncompleteReadError):
            pass  # nobody is there to be told
        finally:
            writer.close()

    return await asyncio.start_server(talk, host, port)


def port_of(server: asyncio.Server) -> int:
    """The port that a server listens on."""
    port: int = server.sockets[0].getsockname()[1]
    return port


async def _talk(
    emulator: Emulator, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while line := await reader.readline():
        try:
            request = await _request(line, reader)
        except Refusal as refusal:
            writer.write(_encoded(refused(refusal)))
            return
        writer.write(_encoded(await emulator.answer(request)))
        await writer.drain()


async def _request(line: bytes, reader: asyncio.StreamReader) -> Request:
    parts = line.decode("latin-1").split()
    if len(parts) != 3:
        raise bad_request("This is no HTTP.")
    headers: dict[str, str] = {}
    while (field := await reader.readline()).strip():
        name, _, value = field.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if "transfer-encoding" in headers:
        raise Refusal(411, "A body needs a Content-Length.")
    size = int(headers.get("content-length", "0"))
    if size > MOST_BODY_BYTES:
        raise Refusal(413, "The request is too large.")
    path = parts[1].partition("?")[0]
    return Request(parts[0], path, headers, await reader.readexactly(size))


def _encoded(answer: Answer) -> bytes:
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "x-ms-request-charge": f"{answer.charge:.2f}",
        "x-ms-activity-id": str(uuid.uuid4()),
        **answer.headers,
    }
    reason = _REASONS.get(answer.status, "Refused")
    lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
