"""The agents over HTTP: against the stand-ins' own pages, and against everything that can go wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from adapters.agent_services import LIMITS
from adapters.agents import MOST_BYTES, HttpAgents
from adapters.circuit import Limits
from adapters.embedded.agents import ANSWERS, EmbeddedAgents, Mood, moods
from local.agents import AgentPages
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.embedded.test_agents import SEEING

ETA = "logistics-eta-computation"
SEARCH = "ecommerce-catalog-search"
GOOD = {"service": ETA, "eta": {"hours": 3}}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PAYLOADS: dict[str, Mapping[str, Any]] = {
    "ecommerce-catalog-search": {"query": "Lumen", "limit": 2},
    "ecommerce-product-detail-enrichment": {"sku": "LAMP-1"},
    "ecommerce-cart-intelligence": {"items": [{"sku": "LAMP-1", "quantity": 4}]},
    "ecommerce-order-status": {"tracking_id": "arrived"},
    "inventory-reservation-validation": {"sku": "LAMP-1", "request_qty": 2},
    "logistics-eta-computation": {"tracking_id": "late"},
}

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """The address of a server that answers every request with ``handler``."""
    app = web.Application(client_max_size=4 * MOST_BYTES)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/agents"
    finally:
        await runner.cleanup()


def pages(mood: dict[str, Mood] | None = None) -> Handler:
    """The stand-ins as the local host serves them."""
    answer = AgentPages(EmbeddedAgents(StillClock(), SEEING, mood))

    async def handle(request: web.Request) -> web.StreamResponse:
        path = request.path.replace("/agents/", "/_local/agents/", 1)
        status, headers, body = await answer(path, {}, await request.read())
        return web.Response(status=status, headers=headers, body=body)

    return handle


def always(status: int = 200, body: bytes = json.dumps(GOOD).encode()) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body)

    return handle


async def told(handler: Handler, service: str = ETA, **payload: Any) -> Any:
    """What an agent over HTTP is understood to say."""
    async with served(handler) as base:
        agents = HttpAgents(base, StillClock())
        answer = await agents.ask(service, "any", payload, correlation_id="c-1")
        await agents.close()
        return answer


@pytest.mark.parametrize("service", sorted(PAYLOADS))
async def test_both_ends_give_the_same_advice(service: str) -> None:
    payload = PAYLOADS[service]
    embedded = EmbeddedAgents(StillClock(), SEEING)

    expected = await embedded.ask(service, "any", payload, correlation_id="c-1")

    assert expected is not None
    assert await told(pages(), service, **payload) == expected


@pytest.mark.parametrize("mood", ["wrong", "absent"])
@pytest.mark.parametrize("service", sorted(ANSWERS))
async def test_at_neither_end_an_agent_that_fails_gives_advice(service: str, mood: str) -> None:
    how = moods(f"{service}={mood}")
    embedded = EmbeddedAgents(StillClock(), SEEING, how)

    assert await embedded.ask(service, "any", {"sku": "X"}, correlation_id="c-1") is None
    assert await told(pages(how), service, sku="X") is None


async def test_an_agent_is_asked_as_it_wants_to_be_asked() -> None:
    asked: list[Any] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        heads = {name: request.headers.get(name) for name in ("x-correlation-id", "traceparent")}
        asked.append((request.method, request.path, await request.json(), heads))
        return web.json_response(GOOD)

    async with served(handle) as base:
        agents = HttpAgents(f"{base}/", StillClock())
        payload = {"tracking_id": "T1"}
        first = await agents.ask(ETA, "estimate", payload, correlation_id="c-1", traceparent=TRACE)
        await agents.ask(ETA, "estimate", payload, correlation_id="c-2")
        await agents.close()

    assert first == GOOD
    body = {"intent": "estimate", "payload": payload}
    path = f"/agents/{ETA}/invoke"
    assert asked == [
        ("POST", path, body, {"x-correlation-id": "c-1", "traceparent": TRACE}),
        ("POST", path, body, {"x-correlation-id": "c-2", "traceparent": None}),
    ]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"It will arrive on Tuesday, I am sure."),
        (200, b'{"error": "no such parcel", "eta": {}}'),
        (200, b'{"eta": "tomorrow"}'),
        (200, b"[]"),
        (200, b""),
        (200, b"\xff\xfe"),
        (204, b""),
        (302, b""),
        (404, b"{}"),
        (422, b'{"detail": []}'),
        (429, b"{}"),
        (500, b"{}"),
        (503, b"{}"),
    ],
)
async def test_anything_but_structured_advice_is_none(status: int, body: bytes) -> None:
    assert await told(always(status, body)) is None


async def test_an_answer_without_end_is_no_advice() -> None:
    long = json.dumps(GOOD | {"more": "x" * MOST_BYTES}).encode()

    assert await told(always(body=long)) is None


async def test_an_agent_that_is_not_ours_is_not_asked() -> None:
    assert await told(always(), "../admin") is None


async def test_nobody_at_the_address_is_no_advice() -> None:
    agents = HttpAgents("http://127.0.0.1:1", StillClock())

    assert await agents.ask(ETA, "any", {}, correlation_id="c") is None

    await agents.close()
    await agents.close()


@pytest.mark.parametrize("after_headers", [False, True])
async def test_an_agent_that_takes_too_long_costs_its_time_out(
    monkeypatch: pytest.MonkeyPatch, *, after_headers: bool
) -> None:
    monkeypatch.setitem(LIMITS, ETA, Limits(timeout_seconds=0.1))

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if after_headers:
            await response.prepare(request)
        await asyncio.sleep(5)
        return response

    begun = asyncio.get_running_loop().time()
    assert await told(handle) is None
    assert asyncio.get_running_loop().time() - begun < 3


async def test_one_that_fails_five_times_is_left_alone_and_then_tried_once() -> None:
    clock, statuses, asked = StillClock(), iter([503] * 5 + [200, 200]), 0

    async def handle(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        return web.json_response(GOOD, status=next(statuses))

    async with served(handle) as base:
        agents = HttpAgents(base, clock)

        async def ask() -> Any:
            return await agents.ask(ETA, "any", {}, correlation_id="c")

        assert [await ask() for _ in range(7)] == [None] * 7
        assert asked == 5
        await clock.sleep(31)
        assert [await ask(), await ask()] == [GOOD, GOOD]
        assert asked == 7
        await agents.close()


async def test_no_advice_is_an_answer_all_the_same() -> None:
    asked = 0

    async def handle(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        return web.Response(body=b"I do not know.")

    async with served(handle) as base:
        agents = HttpAgents(base, StillClock())
        for _ in range(7):
            assert await agents.ask(ETA, "any", {}, correlation_id="c") is None
        await agents.close()

    assert asked == 7


async def test_many_are_asked_at_once_over_one_client() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        return web.json_response({"service": SEARCH, "results": [asked["payload"]["query"]]})

    async with served(handle) as base:
        agents = HttpAgents(base, StillClock())
        found = await asyncio.gather(
            *(agents.ask(SEARCH, "s", {"query": n}, correlation_id="c") for n in range(60))
        )
        await agents.close()

    assert [answer["results"] for answer in found if answer] == [[n] for n in range(60)]
