"""The cache that all instances share. When Redis is away every read is a miss and the shop goes on."""

import uuid
from collections.abc import Awaitable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

from adapters.flights import Flight, Flights
from adapters.redis.connection import RedisConnection
from adapters.redis.scripts import KEEP, LOOK
from usecases.ports.cache import Build, CacheAway
from usecases.ports.clock import Clock

if TYPE_CHECKING:
    from redis.asyncio import Redis

PREFIX: Final = "hph"
CLAIM_SECONDS: Final = 5.0
"""How long one may take to make a value before another may try."""

EARLY_SECONDS: Final = 3.0
"""So long before its end a value is made anew, so that no crowd ever finds it gone."""

LOOKS_SECONDS: Final = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""When one who waits for another process looks again; after that it makes the value for itself."""

MOST_OWED: Final = 10_000


class RedisCache:
    """The ``Cache`` port over Redis.

    A value is kept only by who has the claim to make it, and dropping a key takes the claim away: what was read
    before a change can never be kept after it.
    """

    def __init__(self, connection: RedisConnection, clock: Clock, release: str = "dev") -> None:
        self._connection, self._clock = connection, clock
        self._begins = f"{PREFIX}:{release}"
        self._flights = Flights()
        self._owed: set[str] = set()

    async def get(self, key: str) -> bytes | None:
        """The bytes, or ``None`` when they are absent, expired or the cache is away."""
        with suppress(CacheAway):
            await self._pay()
            found = await self._connection.ask(lambda r: r.get(self._value(key)))
            return cast("bytes | None", found)
        return None

    async def put(self, key: str, value: bytes, ttl_seconds: int) -> None:
        """Keep the bytes for at most that long, if the cache is there."""
        if ttl_seconds <= 0:
            return await self.drop(key)
        with suppress(CacheAway):
            await self._pay()
            await self._connection.ask(
                lambda r: r.set(self._value(key), value, px=ttl_seconds * 1000)
            )
        return None

    async def drop(self, *keys: str) -> None:
        """Forget these keys; what cannot be dropped now is dropped before anything else is asked."""
        for key in keys:
            self._flights.forget(key)
        self._owed |= set(keys)
        with suppress(CacheAway):
            await self._pay()
        while len(self._owed) > MOST_OWED:
            self._owed.pop()  # it is gone from there when its time is over

    async def fetch(self, key: str, build: Build) -> bytes | None:
        """The bytes, from the cache or made by ``build``: by one caller of all processes at a time."""
        return await self._flights.join(key, lambda flight: self._fetched(key, build, flight))

    async def check(self) -> None:
        """Return when the server answers a ping, within the connection's time. Raises ``CacheAway``.

        Sessions and token buckets lie behind the same connection: what is said of it is said of them.
        """
        await self._connection.ask(lambda r: r.ping())

    async def close(self) -> None:
        """Let go of every connection."""
        await self._connection.close()

    async def _fetched(self, key: str, build: Build, flight: Flight) -> bytes | None:
        token = uuid.uuid4().hex
        for pause_seconds in (*LOOKS_SECONDS, 0):
            try:
                found = await self._looked(key, token)
            except CacheAway:
                break
            if found is not None:
                return found[0] if found else await self._made(key, build, token, flight)
            await self._clock.sleep(pause_seconds)
        made = await build()
        return made and made[0]

    async def _looked(self, key: str, token: str) -> list[bytes] | None:
        await self._pay()
        claim_ms, early_ms = round(CLAIM_SECONDS * 1000), round(EARLY_SECONDS * 1000)
        return cast(
            "list[bytes] | None", await self._run(LOOK, key, token, str(claim_ms), str(early_ms))
        )

    async def _made(self, key: str, build: Build, token: str, flight: Flight) -> bytes | None:
        value, ttl_seconds = b"", 0
        try:
            made = await build()
            if made is None:
                return None
            value, ttl_seconds = made
            return value
        finally:
            kept_ms = max(0, ttl_seconds) * 1000 if flight.is_wanted else 0
            with suppress(CacheAway):
                await self._run(KEEP, key, token, value, str(kept_ms))

    async def _run(self, script: str, key: str, *arguments: str | bytes) -> Any:
        keys = (self._value(key), self._claim(key))
        return await self._connection.ask(
            lambda r: r.register_script(script)(keys=keys, args=arguments)
        )

    async def _pay(self) -> None:
        """Drop what could not be dropped before. Raises ``CacheAway``."""
        if owed := tuple(self._owed):
            await self._connection.ask(lambda r: self._dropped(r, owed))
            self._owed -= set(owed)

    def _dropped(self, redis: "Redis", keys: tuple[str, ...]) -> Awaitable[Any]:
        """One command for each key: two keys may lie in different slots."""
        pipeline = redis.pipeline(transaction=False)
        for key in keys:
            pipeline.unlink(self._value(key), self._claim(key))
        return pipeline.execute()

    def _value(self, key: str) -> str:
        return f"{self._begins}:v:{{{key}}}"

    def _claim(self, key: str) -> str:
        return f"{self._begins}:c:{{{key}}}"
