"""What a failure on the wire is called."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import HttpRequest

from adapters.cosmos.transport import CarefulTransport, UnknownOutcome

IS_BATCH = {"x-ms-cosmos-is-batch-request": "True"}


@pytest.fixture
async def transport() -> AsyncIterator[CarefulTransport]:
    async with CarefulTransport(longest_pause_seconds=5) as transport:
        yield transport


async def address_of_one_who_hangs_up(answer: bytes = b"") -> tuple[asyncio.Server, str]:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"])
async def test_a_batch_without_an_answer_may_have_happened(
    transport: CarefulTransport, answer: bytes
) -> None:
    server, address = await address_of_one_who_hangs_up(answer)

    with pytest.raises(UnknownOutcome):
        await transport.send(HttpRequest("POST", address, headers=IS_BATCH))
    server.close()


async def test_anything_else_without_an_answer_is_what_the_sdk_calls_it(
    transport: CarefulTransport,
) -> None:
    server, address = await address_of_one_who_hangs_up()

    with pytest.raises(ServiceRequestError):
        await transport.send(HttpRequest("GET", address))
    server.close()


async def test_a_batch_that_found_no_connection_did_not_happen(
    transport: CarefulTransport,
) -> None:
    server, address = await address_of_one_who_hangs_up()
    server.close()
    await server.wait_closed()

    with pytest.raises(ServiceRequestError):
        await transport.send(HttpRequest("POST", address, headers=IS_BATCH))
