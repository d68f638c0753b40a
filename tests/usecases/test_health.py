"""Whether what the shop depends on answers."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from tests.usecases.shop_fixtures import open_bench
from usecases import health
from usecases.health import NotReady, overall, ready
from usecases.ports.cache import CacheAway
from usecases.ports.store import StoreBusy


@dataclass
class Failing:
    """A port whose every answer is that fault, or none at all."""

    fault: Exception | None

    async def get(self, *_: object) -> None:
        if self.fault:
            raise self.fault
        await asyncio.sleep(60)

    check = get


async def test_a_shop_that_answers_is_well() -> None:
    bench = open_bench(release="1.2.3")

    found = await ready(bench.shop)

    assert found.model_dump() == {
        "status": "ok",
        "version": "1.2.3",
        "checks": {"store": "ok", "events": "ok", "cache": "ok"},
    }


async def test_each_that_does_not_answer_is_named() -> None:
    bench = open_bench()
    bench.hubs.busy = 1
    shop = replace(
        bench.shop,
        store=cast("Any", Failing(StoreBusy("away"))),
        cache=cast("Any", Failing(CacheAway("away"))),
    )

    found = await overall(shop)

    assert found.status == "degraded"
    assert found.checks == {"store": "failed", "events": "failed", "cache": "failed"}


async def test_a_shop_that_is_degraded_is_not_ready() -> None:
    bench = open_bench()
    bench.hubs.busy = 1

    with pytest.raises(NotReady) as refusal:
        await ready(bench.shop)

    checks = {"store": "ok", "events": "failed", "cache": "ok"}
    assert refusal.value.facts == {"checks": checks}


async def test_no_answer_in_two_seconds_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.PROBE_SECONDS == 2.0
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.01)
    shop = replace(open_bench().shop, store=cast("Any", Failing(None)))

    assert (await overall(shop)).checks["store"] == "failed"
