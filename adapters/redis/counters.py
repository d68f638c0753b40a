"""Counters in Redis, where all instances and releases find them; what it loses is not counted.

A key is ``hph:n:{counts}:<what>:<day>``: one hash tag, so that a script finds all of them in one slot.
"""

from datetime import date, timedelta
from typing import Any, Final

from adapters.redis.cache import PREFIX
from adapters.redis.connection import RedisConnection
from adapters.redis.scripts import PUSH, SETTLE, TAKE_BATCH
from usecases.ports.cache import CacheAway
from usecases.ports.counters import KEPT_DAYS, KNOWN_DAYS, Batch, Counter, CountersAway, Push

_DAY: Final = timedelta(days=1)
_MILLISECOND: Final = timedelta(milliseconds=1)
KEPT_MS: Final = KEPT_DAYS * _DAY // _MILLISECOND
KNOWN_MS: Final = KNOWN_DAYS * _DAY // _MILLISECOND


class RedisCounters:
    """The port ``SharedCounters``."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def push(self, push: Push) -> None:
        """Add these counts, once."""
        day = push.day.isoformat()
        keys = (
            _live(day),
            _key("last"),
            _key("days"),
            _key(f"pushes:{day}"),
            _key(f"members:{day}"),
        )
        lines = (
            (str(counter), member, str(count)) for (counter, member), count in push.counts.items()
        )
        head = (day, push.source, str(push.number), str(KEPT_MS), str(KNOWN_MS))
        await self._run(PUSH, keys, *head, *(word for line in lines for word in line))

    async def waiting(self) -> tuple[date, ...]:
        """The days that may have something to take, oldest first."""
        days = await self._ask(lambda r: r.smembers(_key("days")))
        return tuple(sorted(date.fromisoformat(day.decode()) for day in days))

    async def take(self, day: date) -> Batch | None:
        """The day's batch that is not settled, else what was counted since; ``None`` for nothing."""
        text = day.isoformat()
        flat = await self._run(TAKE_BATCH, (_live(text), _taken(text), _key("days")), text)
        found = dict(zip(flat[::2], map(int, flat[1::2]), strict=True))
        number = found.pop(b"", None)
        if number is None:
            return None
        return Batch(number, {Counter.of(name.decode()): count for name, count in found.items()})

    async def settle(self, day: date, number: int) -> None:
        """Forget the day's batch of that number."""
        await self._run(SETTLE, (_taken(day.isoformat()),), str(number))

    async def _run(self, script: str, keys: tuple[str, ...], *arguments: str) -> Any:
        return await self._ask(lambda r: r.register_script(script)(keys=keys, args=arguments))

    async def _ask(self, call: Any) -> Any:
        try:
            return await self._connection.ask(call)
        except CacheAway as away:
            raise CountersAway(str(away)) from away


def _live(day: str) -> str:
    return _key(f"live:{day}")


def _taken(day: str) -> str:
    return _key(f"taken:{day}")


def _key(what: str) -> str:
    return f"{PREFIX}:n:{{counts}}:{what}"
