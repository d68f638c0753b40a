"""Keys: fetched once, found at once after a rotation, kept while the issuer is away."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from adapters.identity.keyring import FRESH, RETRY, STALE, UNKNOWN_BURST, KeyRing, keys_of
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.identity.forge import Publisher, entry
from usecases.ports.identity import IssuerAway

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def publisher() -> Publisher:
    return Publisher("k1")


def pass_time(clock: StillClock, by: timedelta) -> None:
    clock.move(by.total_seconds())


async def test_known_keys_cost_one_fetch_an_hour(clock: StillClock, publisher: Publisher) -> None:
    ring = KeyRing(publisher.fetch, clock)
    for _ in range(100):
        assert await ring.find("k1") is not None
    assert publisher.fetches == 1

    pass_time(clock, FRESH)
    await ring.find("k1")

    assert publisher.fetches == 2


async def test_all_who_wait_share_one_fetch(clock: StillClock, publisher: Publisher) -> None:
    go = asyncio.Event()

    async def slow() -> Mapping[str, Any]:
        await go.wait()
        return await publisher.fetch()

    ring = KeyRing(slow, clock)
    waiting = [asyncio.create_task(ring.find("k1")) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    go.set()

    found = await asyncio.gather(*waiting[1:])

    assert all(found)
    assert publisher.fetches == 1


async def test_a_rotated_key_is_found_at_once(clock: StillClock, publisher: Publisher) -> None:
    ring = KeyRing(publisher.fetch, clock)
    await ring.find("k1")

    publisher.entries = [entry("k2")]

    assert await ring.find("k2") is not None
    assert await ring.find("k1") is None


async def test_made_up_key_ids_do_not_flood_the_issuer(
    clock: StillClock, publisher: Publisher
) -> None:
    ring = KeyRing(publisher.fetch, clock)
    await ring.find("k1")
    for number in range(1000):
        assert await ring.find(f"made-up-{number}") is None
    assert publisher.fetches == 1 + UNKNOWN_BURST

    publisher.entries.append(entry("k2"))
    pass_time(clock, timedelta(seconds=10))

    assert await ring.find("k2") is not None


async def test_keys_serve_while_the_issuer_is_away(clock: StillClock, publisher: Publisher) -> None:
    ring = KeyRing(publisher.fetch, clock)
    await ring.find("k1")
    publisher.away = True

    pass_time(clock, FRESH + STALE)
    assert await ring.find("k1") is not None
    pass_time(clock, RETRY + SECOND)
    with pytest.raises(IssuerAway):
        await ring.find("k1")


async def test_an_issuer_that_is_away_is_not_asked_all_the_time(
    clock: StillClock, publisher: Publisher
) -> None:
    ring = KeyRing(publisher.fetch, clock)
    publisher.away = True
    for _ in range(10):
        with pytest.raises(IssuerAway):
            await ring.find("k1")
    assert publisher.fetches == 1

    publisher.away = False
    pass_time(clock, RETRY)

    assert await ring.find("k1") is not None


@pytest.mark.parametrize(
    "bad",
    [
        entry("bad", kty="EC"),
        entry("bad", use="enc"),
        entry("bad", alg="RS512"),
        entry("bad", kid=7),
        entry("bad", n=None),
        entry("bad", n="%"),
        entry("bad", e=7),
        entry("weak", 1024),
        "text",
        {},
    ],
)
def test_keys_that_must_not_sign_are_passed_over(bad: Any) -> None:
    assert list(keys_of({"keys": [bad, entry("k1")]})) == ["k1"]


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {"kid": "k1"}}])
def test_a_document_without_keys_is_no_answer(document: dict[str, Any]) -> None:
    with pytest.raises(IssuerAway):
        keys_of(document)
