"""Requests, signatures and HTTP as they stand on the wire."""

import asyncio

import pytest

from tests.tools.cosmos_emulator.things import signed
from tools.cosmos_emulator import auth
from tools.cosmos_emulator.faults import Fault, Faults
from tools.cosmos_emulator.http import MOST_BODY_BYTES, port_of, serve
from tools.cosmos_emulator.refusal import Refusal
from tools.cosmos_emulator.service import Emulator
from tools.cosmos_emulator.wire import Request

DOCUMENT = "/dbs/shop/colls/Things/docs/a%20b"


@pytest.mark.parametrize("path", ["/", "/dbs", "/dbs/shop", DOCUMENT])
def test_a_signature_is_of_the_verb_the_resource_and_the_date(path: str) -> None:
    request = signed("GET", path)

    auth.check(request, auth.KEY)
    others = [
        signed("GET", "/dbs/other"),
        signed("PUT", path),
        Request("GET", path, {**request.headers, "x-ms-date": "later"}),
        Request("GET", path, {}),
    ]
    for other in others:
        with pytest.raises(Refusal) as refused:
            auth.check(Request("GET", path, other.headers), auth.KEY)
        assert refused.value.status == 401


@pytest.mark.parametrize(
    ("method", "path", "headers", "sort"),
    [
        ("GET", "/dbs", {}, "other"),
        ("GET", DOCUMENT, {}, "read"),
        ("PUT", DOCUMENT, {}, "write"),
        ("POST", "/dbs/s/colls/c/docs", {"x-ms-cosmos-is-batch-request": "True"}, "batch"),
        ("POST", "/dbs/s/colls/c/docs", {"x-ms-documentdb-isquery": "true"}, "query"),
        ("POST", "/dbs/s/colls/c/docs", {"content-type": "application/query+json"}, "query"),
    ],
)
def test_requests_are_told_apart(
    method: str, path: str, headers: dict[str, str], sort: str
) -> None:
    request = Request(method, path, headers)

    assert request.sort == sort
    assert Request("GET", DOCUMENT, {}).segments[-1] == "a b"


def test_a_body_that_is_no_json_is_refused() -> None:
    with pytest.raises(Refusal, match="no JSON"):
        _ = Request("POST", "/", {}, b"{").json


def test_a_fault_befalls_as_many_requests_of_its_sort_as_it_says() -> None:
    faults = Faults()
    first, second = Fault("batch", 449, times=2), Fault("read", drops=True)
    faults.set(first, second)

    befallen = [faults.next(sort) for sort in ("batch", "query", "read", "batch", "batch", "read")]

    assert befallen == [first, None, second, first, None, None]
    assert faults.struck == {first: 2, second: 1}


async def exchange(*requests: bytes) -> bytes:
    """All that the emulator answers until it closes the connection."""
    server = await serve(Emulator())
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
    for request in requests:
        writer.write(request)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    server.close()
    return answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 411 "),
        (
            b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1),
            b"HTTP/1.1 413 ",
        ),
        (b"GET /dbs HTTP/1.1\r\n\r\n", b"HTTP/1.1 401 "),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", b""),
    ],
    ids=["nonsense", "chunked", "large", "unsigned", "cut short"],
)
async def test_http_that_is_not_understood_is_refused(request_: bytes, status: bytes) -> None:
    answer = await exchange(request_)

    assert answer.startswith(status)
    assert (answer == b"") == (status == b"")


async def test_a_connection_serves_many_requests() -> None:
    request = signed("GET", "/nowhere/at/all")
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    text = "\r\n".join(["GET /nowhere/at/all HTTP/1.1", *lines, "", ""]).encode()

    answer = await exchange(text, text)

    assert answer.count(b"HTTP/1.1 400 ") == 2
    assert answer.count(b"is not understood here") == 2
