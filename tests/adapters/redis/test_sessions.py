"""Sessions and buckets over a real server: by version, for a while, and shared."""

import asyncio

import pytest

from adapters.embedded.clock import SystemClock
from adapters.redis.cache import RedisCache
from adapters.redis.sessions import RedisBuckets, RedisSessions
from domain.limit import Limit
from tests.adapters.embedded.fixtures import NOON, StillClock
from tests.adapters.redis.servers import cache_at
from tests.adapters.sqlite.test_sessions import session
from usecases.ports.sessions import SessionsAway


@pytest.fixture
def sessions(cache: RedisCache) -> RedisSessions:
    return RedisSessions(cache._connection, SystemClock())


async def test_a_session_is_kept_as_it_is(sessions: RedisSessions) -> None:
    assert await sessions.put(session(), 60)

    assert await sessions.get("s-1") == session(version=1)
    assert await sessions.get("s-2") is None


async def test_of_two_writers_of_a_version_one_wins(sessions: RedisSessions) -> None:
    await sessions.put(session(), 60)
    kept = await sessions.get("s-1")
    assert kept is not None
    mine, yours = (kept.model_copy(update={"refresh": name}) for name in ("mine", "yours"))

    assert await sessions.put(mine, 60)
    assert not await sessions.put(yours, 60)
    assert not await sessions.put(session(refresh="new"), 60)
    assert await sessions.put(mine, 60), "redis-py may ask twice, and the answer is the same"


async def test_what_has_ended_is_not_brought_back_by_a_late_write(sessions: RedisSessions) -> None:
    await sessions.put(session(), 60)
    kept = await sessions.get("s-1")
    assert kept is not None
    await sessions.drop("s-1", "s-2")
    await sessions.drop()

    assert not await sessions.put(kept, 60)
    assert await sessions.get("s-1") is None


async def test_a_session_is_forgotten_when_its_time_is_over(sessions: RedisSessions) -> None:
    await sessions.put(session("long"), 60)
    await sessions.put(session("short"), 1)
    await asyncio.sleep(1.05)

    assert await sessions.get("short") is None
    assert [each.id for each in await sessions.of_user("u-1")] == ["long"]
    assert await sessions.put(session("short"), 60)


async def test_a_persons_sessions_are_found_oldest_first(sessions: RedisSessions) -> None:
    await sessions.put(session("new", started_at=NOON.replace(hour=13)), 60)
    await sessions.put(session("old"), 60)
    await sessions.put(session("other", user_id="u-2"), 60)

    assert [each.id for each in await sessions.of_user("u-1")] == ["old", "new"]
    assert await sessions.of_user("nobody") == ()


async def test_a_persons_list_lasts_as_long_as_the_longest_session_and_holds_no_ended_one(
    sessions: RedisSessions,
) -> None:
    await sessions.put(session("short"), 1)
    await sessions.put(session("long"), 60)
    await asyncio.sleep(1.05)

    assert [each.id for each in await sessions.of_user("u-1")] == ["long"]
    await sessions.put(session("next"), 1)
    listed = await sessions._connection.ask(lambda r: r.zrange("hph:u:{u-1}", 0, -1))
    assert set(listed) == {b"long", b"next"}


async def test_a_bucket_is_forgotten_when_it_is_full(cache: RedisCache) -> None:
    await RedisBuckets(cache._connection, StillClock()).take("a", Limit(2, 10))

    left_ms = await cache._connection.ask(lambda r: r.pttl("hph:b:{a}"))

    assert 5_000 < left_ms <= 10_000


async def test_a_bucket_empties_and_refills(cache: RedisCache) -> None:
    clock, limit = StillClock(), Limit(2, 10)
    buckets = RedisBuckets(cache._connection, clock)

    waits = [await buckets.take("a", limit) for _ in range(3)]
    other = await buckets.take("b", limit)
    clock.move(10)
    later = [await buckets.take("a", limit) for _ in range(2)]

    assert waits == [0, 0, 10]
    assert (other, later) == (0, [0, 10])
    clock.move(1000)
    assert [await buckets.take("a", limit) for _ in range(3)] == [0, 0, 10], (
        "it is full, not fuller"
    )


async def test_many_at_once_take_no_more_than_there_is(cache: RedisCache) -> None:
    buckets = RedisBuckets(cache._connection, StillClock())

    waits = await asyncio.gather(*(buckets.take("a", Limit(5, 10)) for _ in range(30)))

    assert waits.count(0) == 5


async def test_a_server_that_is_away_lets_nobody_in() -> None:
    connection = cache_at(1)._connection
    sessions, buckets = (
        RedisSessions(connection, SystemClock()),
        RedisBuckets(connection, SystemClock()),
    )

    for call in (
        sessions.get("s"),
        sessions.put(session(), 1),
        sessions.drop("s"),
        sessions.of_user("u"),
        buckets.take("a", Limit(1, 1)),
    ):
        with pytest.raises(SessionsAway):
            await call
    await connection.close()
