"""Cross-origin requests, as the Fetch standard has them."""

from typing import Any

import pytest

from local.cors import Cors

PAGE = "http://localhost:3000"
NAMED = Cors((PAGE,), credentials=True)


async def preflight(cors: Cors, **headers: str) -> tuple[bool, dict[str, str], int]:
    """Ask first; whether it was answered, with which headers and status."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asked = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    answered = await cors.answers({"method": "OPTIONS", "headers": asked}, send)
    start: Any = sent[0] if sent else {"headers": [], "status": 0}
    return answered, {k.decode(): v.decode() for k, v in start["headers"]}, start["status"]


async def headers_of_an_answer(cors: Cors, *, origin: str) -> list[tuple[bytes, bytes]]:
    """The headers of an answer to a page of that origin."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    marked = cors.marked({"headers": [(b"origin", origin.encode())]}, send)
    await marked({"type": "http.response.start", "status": 200, "headers": [(b"a", b"1")]})
    await marked({"type": "http.response.body", "body": b""})
    assert sent[1] == {"type": "http.response.body", "body": b""}
    headers: list[tuple[bytes, bytes]] = sent[0]["headers"]
    return headers


async def test_a_named_origin_may_ask_with_what_it_wants() -> None:
    answered, headers, status = await preflight(
        NAMED,
        origin=PAGE,
        access_control_request_method="PUT",
        access_control_request_headers="content-type,if-match",
    )

    assert (answered, status) == (True, 204)
    assert headers == {
        "access-control-allow-origin": PAGE,
        "vary": "Origin",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "PUT",
        "access-control-allow-headers": "content-type,if-match",
    }


async def test_any_origin_may_ask_where_all_may() -> None:
    _, headers, _ = await preflight(
        Cors(("*",)), origin="http://evil.test", access_control_request_method="GET"
    )

    assert headers == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET",
    }


async def test_with_credentials_all_origins_are_named_one_by_one() -> None:
    headers = await headers_of_an_answer(Cors(("*",), credentials=True), origin=PAGE)

    assert (b"access-control-allow-origin", PAGE.encode()) in headers


async def test_a_foreign_origin_is_answered_without_leave() -> None:
    answered, headers, status = await preflight(
        NAMED, origin="http://evil.test", access_control_request_method="PUT"
    )

    assert (answered, headers, status) == (True, {}, 204)


@pytest.mark.parametrize(
    "headers", [{}, {"origin": PAGE}, {"access_control_request_method": "PUT"}]
)
async def test_what_is_no_preflight_goes_on_to_the_app(headers: dict[str, str]) -> None:
    answered, _, _ = await preflight(NAMED, **headers)

    assert not answered


async def test_an_answer_is_marked_for_a_named_origin_only() -> None:
    assert await headers_of_an_answer(NAMED, origin=PAGE) == [
        (b"a", b"1"),
        (b"access-control-allow-origin", PAGE.encode()),
        (b"vary", b"Origin"),
        (b"access-control-allow-credentials", b"true"),
    ]
    assert await headers_of_an_answer(NAMED, origin="http://evil.test") == [(b"a", b"1")]
