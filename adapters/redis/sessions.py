"""Sessions and token buckets in Redis, where all instances find them; while it is away nobody is let in by one."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from adapters.redis.cache import PREFIX
from adapters.redis.connection import RedisConnection
from domain.limit import Limit
from domain.signed_in import SignedIn
from usecases.ports.cache import CacheAway
from usecases.ports.clock import Clock
from usecases.ports.sessions import MOST_OF_A_USER, SessionsAway

if TYPE_CHECKING:
    from redis.asyncio import Redis

PUT: Final = """
local kept = redis.call('GET', KEYS[1])
local version = kept and tonumber(string.match(kept, '^%d+')) or 0
if version ~= tonumber(ARGV[1]) - 1 then
  return kept == ARGV[1] .. ' ' .. ARGV[2] and 1 or 0
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
return 1
"""
"""Keep the next version of a session, and say so again to who asks twice.

``ARGV``: its version, its JSON, its milliseconds.
"""

TAKE: Final = """
local now, every, lasts = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + every
local wait = arrival - lasts - now
if wait > 0 then return string.format('%.6f', wait) end
local left = math.ceil((arrival - now) * 1000)
redis.call('SET', KEYS[1], string.format('%.6f', arrival), 'PX', left)
return '0'
"""
"""The step of ``domain.limit.taken``; ``ARGV``: now, seconds for a token, seconds for a full bucket."""


class RedisSessions:
    """The port ``Sessions``: a key for each session, and one for each person with the ids of theirs.

    All releases share them.
    """

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection, self._clock = connection, clock

    async def get(self, id: str) -> SignedIn | None:
        """The session, or ``None``."""
        return _session(await self._ask(lambda r: r.get(_session_key(id))))

    async def put(self, session: SignedIn, ttl_seconds: int) -> bool:
        """Keep it as the next version, if it is at its version now.

        The person's list comes first: a session that is not in it could not be ended with the others.
        """
        kept = session.model_copy(update={"version": session.version + 1})
        ends_at = self._clock.now().timestamp() + ttl_seconds
        await self._ask(lambda r: self._list(r, kept, ends_at, ttl_seconds))
        arguments = (str(kept.version), kept.model_dump_json(), str(ttl_seconds * 1000))
        run = await self._ask(
            lambda r: r.register_script(PUT)(keys=(_session_key(kept.id),), args=arguments)
        )
        return bool(run)

    async def drop(self, *ids: str) -> None:
        """End these sessions."""
        if ids:
            await self._ask(lambda r: _each(r, ids, lambda line, id: line.delete(_session_key(id))))

    async def of_user(self, user_id: str) -> tuple[SignedIn, ...]:
        """The person's sessions, oldest first."""
        listed = await self._ask(lambda r: r.zrange(_user_key(user_id), -MOST_OF_A_USER, -1))
        ids = [cast("bytes", id).decode() for id in listed]
        kept = await self._ask(lambda r: _each(r, ids, lambda line, id: line.get(_session_key(id))))
        found = [session for session in map(_session, kept) if session is not None]
        return tuple(sorted(found, key=lambda session: session.started_at))

    def _list(
        self, redis: "Redis", session: SignedIn, ends_at: float, ttl_seconds: int
    ) -> Awaitable[Any]:
        key, line = _user_key(session.user_id), redis.pipeline(transaction=True)
        line.zremrangebyscore(key, "-inf", self._clock.now().timestamp())
        line.zadd(key, {session.id: ends_at})
        line.expire(key, ttl_seconds, nx=True)
        line.expire(key, ttl_seconds, gt=True)
        return line.execute()

    async def _ask[T](self, call: "Callable[[Redis], Awaitable[T]]") -> T:
        with _away_as_sessions():
            return await self._connection.ask(call)


class RedisBuckets:
    """The port ``Buckets``: a number for each, which is forgotten when the bucket is full."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection, self._clock = connection, clock

    async def take(self, key: str, limit: Limit) -> float:
        """Take a token, or say how long to wait; a refusal writes nothing."""
        now = self._clock.now().timestamp()
        arguments = tuple(map(repr, (now, float(limit.every_seconds), float(limit.lasts_seconds))))
        with _away_as_sessions():
            wait = await self._connection.ask(
                lambda r: r.register_script(TAKE)(keys=(f"{PREFIX}:b:{{{key}}}",), args=arguments)
            )
        return float(cast("bytes", wait))


@contextmanager
def _away_as_sessions() -> Iterator[None]:
    try:
        yield
    except CacheAway as away:
        raise SessionsAway(str(away)) from away


async def _each(redis: "Redis", ids: Any, ask: Callable[[Any, str], Any]) -> list[Any]:
    """One command for each id, sent together: their keys may lie in different slots."""
    line = redis.pipeline(transaction=False)
    for id in ids:
        ask(line, id)
    return await line.execute()


def _session(kept: Any) -> SignedIn | None:
    return SignedIn.model_validate_json(kept.partition(b" ")[2]) if kept is not None else None


def _session_key(id: str) -> str:
    return f"{PREFIX}:s:{{{id}}}"


def _user_key(user_id: str) -> str:
    return f"{PREFIX}:u:{{{user_id}}}"
