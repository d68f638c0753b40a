"""The Redis end over a real server, also one that dies and comes back."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.redis import cache as module
from adapters.redis import connection as connection_module
from adapters.redis.cache import RedisCache
from adapters.redis.connection import MOST_CONNECTIONS, USUAL, WARM_SECONDS, RedisConnection
from adapters.redis.settings import RedisSettings
from tests.adapters.cache_contract import CacheContract, Making
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.redis.servers import cache_at, go_on, kill, server, stop
from usecases.ports.cache import CacheAway


class TestRedisCache(CacheContract):
    """The contract, over a server."""


@pytest.fixture
async def other(shared_port: int) -> AsyncIterator[RedisCache]:
    """Another process."""
    cache = cache_at(shared_port)
    yield cache
    await cache.close()


async def keys_at(cache: RedisCache) -> set[object]:
    return set(await cache._connection.ask(lambda r: r.keys("*")))


async def test_a_value_and_its_claim_lie_in_one_slot_under_prefix_and_release(
    cache: RedisCache,
) -> None:
    await cache.put("product:1", b"one", 60)
    making = Making(b"two", 0.2)
    task = asyncio.create_task(cache.fetch("product:2", making))
    await making.begun.wait()

    assert await keys_at(cache) == {b"hph:1:v:{product:1}", b"hph:1:c:{product:2}"}
    assert await task == b"two"
    assert await keys_at(cache) == {b"hph:1:v:{product:1}", b"hph:1:v:{product:2}"}


async def test_releases_do_not_read_each_others_values(cache: RedisCache, shared_port: int) -> None:
    newer = cache_at(shared_port, release="2")
    await cache.put("k", b"one", 60)

    assert await newer.get("k") is None
    await newer.close()


async def test_what_was_put_is_gone_when_its_time_is_over(cache: RedisCache) -> None:
    await cache.put("k", b"one", 1)
    assert await cache.get("k") == b"one"

    await asyncio.sleep(1.05)

    assert await cache.get("k") is None


async def test_two_processes_have_it_made_once(cache: RedisCache, other: RedisCache) -> None:
    making = Making(b"made", 0.1)
    calls = (each.fetch("k", making) for each in (cache, other) for _ in range(20))

    assert set(await asyncio.gather(*calls)) == {b"made"}
    assert making.times == 1


async def test_one_makes_it_anew_before_it_is_over_while_others_get_the_old(
    cache: RedisCache, other: RedisCache
) -> None:
    await cache.put("k", b"old", round(module.EARLY_SECONDS))
    making = Making(b"new", 0.2)
    first = asyncio.create_task(cache.fetch("k", making))
    await making.begun.wait()

    assert await other.fetch("k", making) == b"old"
    assert await first == b"new"
    assert await other.fetch("k", making) == b"new"
    assert making.times == 1


async def test_a_drop_elsewhere_keeps_the_old_out(cache: RedisCache, other: RedisCache) -> None:
    old = Making(b"old", 0.1)
    reader = asyncio.create_task(cache.fetch("k", old))
    await old.begun.wait()

    await other.drop("k")

    assert await reader == b"old"
    assert await other.get("k") is None


async def test_who_waits_for_a_dead_process_makes_it_at_last(
    cache: RedisCache, other: RedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS_SECONDS", (0.01, 0.02))
    dead = Making(b"never", 60)
    task = asyncio.create_task(other.fetch("k", dead))
    await dead.begun.wait()

    assert await cache.fetch("k", Making(b"made")) == b"made"
    assert await cache.get("k") is None, "without the claim it is not kept"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_script_that_is_asked_twice_with_one_token_has_one_answer(
    cache: RedisCache,
) -> None:
    """redis-py sends again what got no answer, though it may have been done."""
    assert await cache._looked("k", "mine") == []
    assert await cache._looked("k", "mine") == []
    assert await cache._looked("k", "theirs") is None


async def test_a_wrong_password_is_a_miss() -> None:
    with server() as started:
        open_to_all = cache_at(started.port)
        await open_to_all._connection.ask(lambda r: r.config_set("requirepass", "right"))
        await open_to_all.close()
        right, wrong = cache_at(started.port, password="right"), cache_at(started.port)
        await right.put("k", b"one", 60)

        assert await right.get("k") == b"one"
        assert await wrong.get("k") is None
        assert await wrong.fetch("k", Making(b"made")) == b"made"
        for cache in (right, wrong):
            await cache.close()


async def test_killed_and_started_again_in_mid_use_it_is_only_slower(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every fetch gets the value of its key whatever happens, and it is kept again in the end."""
    caplog.set_level(logging.INFO, "adapters.redis")
    with server() as first:
        port = first.port
        cache = cache_at(port)
        await cache.put("k:0", b"0", 60)
        busy = asyncio.create_task(_fetches(cache, 400))
        await asyncio.sleep(0.1)
        kill(first)
        await asyncio.sleep(0.2)
        assert await cache.get("k:0") is None
        await cache.put("k:0", b"0", 60)
        await cache.drop("k:1")
    with server(port):
        await asyncio.sleep(0.2)
        assert await busy == 400
        await asyncio.sleep(0.1)
        await cache.put("k:0", b"0", 60)
        assert await cache.get("k:0") == b"0"
        await cache.close()
    told = [record.message for record in caplog.records if record.name.startswith("adapters.redis")]
    assert "redis is away, the shop does without" in told
    assert told[-1] == "redis answers again"


async def _fetches(cache: RedisCache, times: int) -> int:
    right = 0
    for number in range(times):
        key = f"k:{number % 7}"
        value = str(number % 7).encode()
        right += await cache.fetch(key, Making(value)) == value
        await asyncio.sleep(0.001)
    return right


async def test_what_could_not_be_dropped_is_dropped_before_anything_is_read() -> None:
    """A network that is cut and comes back: the server still has the old value."""
    with server() as started:
        cache, other = cache_at(started.port), cache_at(started.port)
        await cache.put("k", b"old", 60)
        cache._connection._settings = _nowhere(cache)
        await cache.close()
        await cache.drop("k")
        assert await cache.get("k") is None
        assert await other.get("k") == b"old"

        cache._connection._settings = other._connection._settings
        await cache.close()
        await asyncio.sleep(0.1)

        assert await cache.get("k") is None
        assert await other.get("k") is None
        for each in (cache, other):
            await each.close()


async def test_what_was_dropped_while_nobody_answered_is_not_kept_by_who_was_making_it() -> None:
    """The drop takes the claim away; where it does not arrive, the maker itself knows better."""
    with server() as started:
        cache, other = cache_at(started.port), cache_at(started.port)
        old = Making(b"old", 0.3)
        reader = asyncio.create_task(cache.fetch("k", old))
        await old.begun.wait()
        cache._connection._settings = _nowhere(cache)
        await cache.close()
        await cache.drop("k")
        cache._connection._settings = other._connection._settings
        await cache.close()

        assert await reader == b"old"
        assert await other.get("k") is None
        for each in (cache, other):
            await each.close()


async def test_a_connection_that_the_server_has_closed_meanwhile_is_opened_again(
    cache: RedisCache, other: RedisCache
) -> None:
    """Idle ones are closed by whoever stands in between."""
    await cache.put("k", b"one", 60)

    await other._connection.ask(lambda r: r.client_kill_filter(_type="normal", skipme=True))

    assert await cache.get("k") == b"one"


async def test_a_crowd_waits_for_a_connection_and_nobody_is_refused(cache: RedisCache) -> None:
    await cache.put("k", b"one", 60)

    found = await asyncio.gather(*(cache.get("k") for _ in range(4 * MOST_CONNECTIONS)))

    assert found == [b"one"] * len(found)


async def test_a_server_that_is_away_is_left_alone_after_three_calls() -> None:
    clock = StillClock()
    connection = RedisConnection(RedisSettings("127.0.0.1", 1, is_encrypted=False), clock)
    told = []
    for _ in range(4):
        with pytest.raises(CacheAway) as away:
            await connection.ask(lambda r: r.ping())
        told.append("left alone" in str(away.value))

    assert told == [False, False, False, True]
    clock.move(USUAL.rest_seconds)
    with pytest.raises(CacheAway, match="Connect call failed"):
        await connection.ask(lambda r: r.ping())
    await connection.close()


async def test_callers_that_give_up_say_nothing_of_the_server() -> None:
    with server() as started:
        cache = cache_at(started.port)
        await cache.put("k", b"one", 60)
        stop(started)
        for _ in range(5):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(cache.get("k"), 0.05)
        go_on(started)

        assert await cache.get("k") == b"one"
        await cache.close()


async def test_the_first_call_after_a_failure_has_time_to_sign_in_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection_module, "WARM_SECONDS", 0.05)
    monkeypatch.setattr(connection_module, "COLD_SECONDS", 0.4)
    with server() as started:
        cache, loop, took = cache_at(started.port), asyncio.get_running_loop(), []
        await cache.check()
        stop(started)
        for _ in range(2):
            began = loop.time()
            with pytest.raises(CacheAway):
                await cache.check()
            took.append(loop.time() - began)

        assert took[0] < 0.3 <= took[1]
        await cache.close()
        kill(started)


async def test_what_is_owed_to_a_server_that_stays_away_has_a_limit(
    cache: RedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OWED", 3)
    cache._connection._settings = _nowhere(cache)
    await cache.close()

    await cache.drop(*(f"k:{number}" for number in range(5)))

    assert len(cache._owed) == 3


def _nowhere(cache: RedisCache) -> RedisSettings:
    return replace(cache._connection._settings, port=1)


async def test_a_check_fails_at_once_where_nobody_listens(cache: RedisCache) -> None:
    await cache.check()
    cache._connection._settings = _nowhere(cache)
    await cache.close()

    with pytest.raises(CacheAway):
        await cache.check()


async def test_a_check_waits_no_longer_than_any_call_for_a_server_that_hangs() -> None:
    with server() as started:
        cache, loop = cache_at(started.port), asyncio.get_running_loop()
        await cache.check()
        stop(started)
        began = loop.time()

        with pytest.raises(CacheAway):
            await cache.check()

        assert loop.time() - began < WARM_SECONDS + 0.5
        await cache.close()
        kill(started)
