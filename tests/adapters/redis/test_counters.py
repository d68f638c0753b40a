"""Counters over a real server, also one that dies and comes back."""

import asyncio
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.redis.cache import RedisCache
from adapters.redis.counters import KEPT_MS, KNOWN_MS, RedisCounters
from tests.adapters.counters_contract import (
    FILLED,
    MUG,
    STEPS,
    TODAY,
    CountersContract,
    books_of,
    push,
    taken,
)
from tests.adapters.redis.servers import cache_at, kill, server, stop
from usecases.ports.counters import CountersAway

LAST = "hph:n:{counts}:last"


@pytest.fixture
def counters(cache: RedisCache) -> RedisCounters:
    return RedisCounters(cache._connection)


class TestRedisCounters(CountersContract):
    """The contract, over a server."""


async def _books(port: int, steps: list[Any]) -> None:
    connection = cache_at(port)._connection
    await connection.ask(lambda r: r.flushall())
    books = await books_of(RedisCounters(connection), steps)
    await connection.close()
    assert +books.written == +books.counted


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_processes_and_flushers_do_each_count_is_written_once(
    shared_port: int, steps: list[Any]
) -> None:
    """Law: pushes, repeated ones too, and batches taken and settled in any order add up to what was counted."""
    asyncio.run(_books(shared_port, steps))


async def test_all_keys_lie_in_one_slot_and_pass_unless_they_stay_alone(
    cache: RedisCache, counters: RedisCounters
) -> None:
    await counters.push(push(1, {MUG: 1}))
    await taken(counters)
    await counters.push(push(2, {MUG: 1}, "cart"))
    begins, day = "hph:n:{counts}:", TODAY.isoformat()

    keys: list[Any] = await cache._connection.ask(lambda r: r.keys("*"))
    lives = {key.decode(): await _left(cache, key) for key in keys}
    assert lives == {
        f"{begins}last": 0,
        f"{begins}days": 0,
        f"{begins}live:{day}": KEPT_MS,
        f"{begins}taken:{day}": KEPT_MS,
        f"{begins}members:{day}": KNOWN_MS,
        f"{begins}pushes:{day}": KNOWN_MS,
    }


async def _left(cache: RedisCache, key: bytes) -> int:
    """How many milliseconds the key has, to a hundred seconds; 0 where it stays."""
    lives: int = await cache._connection.ask(lambda r: r.pttl(key))
    return round(lives, -5)


async def test_numbers_are_the_servers_time_and_grow_even_when_it_goes_back(
    cache: RedisCache, counters: RedisCounters
) -> None:
    await counters.push(push(1, {MUG: 1}))
    first = await taken(counters)
    await counters.settle(TODAY, first.number)
    ahead = first.number + 3_600_000
    await cache._connection.ask(lambda r: r.set(LAST, ahead))
    await counters.push(push(2, {MUG: 1}))

    assert abs(first.number - time.time() * 1000) < 60_000
    assert (await taken(counters)).number == ahead + 1


async def test_a_batch_that_a_server_brings_back_has_its_old_number(
    cache: RedisCache, counters: RedisCounters
) -> None:
    """A copy that has not heard of the taking takes over: what was in the batch is not counted again."""
    await counters.push(push(1, {MUG: 2}))
    live = f"hph:n:{{counts}}:live:{TODAY}"
    old: Any = await cache._connection.ask(lambda r: r.dump(live))
    first = await taken(counters)
    await counters.settle(TODAY, first.number)
    await cache._connection.ask(lambda r: r.restore(live, KEPT_MS, old))
    await counters.push(push(2, {MUG: 1}))

    assert (await taken(counters)).number == first.number


async def test_after_a_server_was_killed_counting_goes_on_with_higher_numbers() -> None:
    with server() as started:
        port = started.port
        connection = cache_at(port)._connection
        counters = RedisCounters(connection)
        await counters.push(push(1, {MUG: 1}))
        before = await taken(counters)
        await counters.push(push(2, {MUG: 2}, "cart"))
        kill(started)

        for call in (
            counters.push(push(3, {MUG: 4})),
            counters.waiting(),
            counters.take(TODAY),
            counters.settle(TODAY, before.number),
        ):
            with pytest.raises(CountersAway):
                await call
    with server(port=port):
        await asyncio.sleep(0.1)
        await counters.push(push(3, {MUG: 4}, "cart"))
        await counters.settle(TODAY, before.number)
        after = await taken(counters)
        await connection.close()

    assert after.counts == {MUG: 4, FILLED: 1}, (
        "what was not flushed is lost, and who was counted forgotten"
    )
    assert after.number > before.number


async def test_a_server_that_hangs_answers_in_time_that_it_is_away() -> None:
    with server() as started:
        connection = cache_at(started.port)._connection
        counters = RedisCounters(connection)
        await counters.push(push(1, {MUG: 1}))
        stop(started)
        began = time.monotonic()

        with pytest.raises(CountersAway):
            await counters.push(push(2, {MUG: 1}))
        kill(started)
        await connection.close()

    assert time.monotonic() - began < 5
