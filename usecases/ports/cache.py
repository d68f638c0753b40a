"""What may be forgotten at any time: copies of what the store knows, and counts."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from usecases.ports.faults import PortFault


class CacheAway(PortFault):
    """The cache does not answer: a read is then a miss, a session is then refused."""


type Build = Callable[[], Awaitable[tuple[bytes, int] | None]]
"""Makes what is to be kept, and says for how many seconds; ``None`` where there is nothing."""


class Cache(Protocol):
    """Bytes by key, for a while. Keys are ``<area>:<name>``; a lost entry is never an error."""

    async def get(self, key: str) -> bytes | None:
        """The bytes, or ``None`` when they are absent, expired or the cache is away."""

    async def put(self, key: str, value: bytes, ttl_seconds: int) -> None:
        """Keep the bytes for at most that long."""

    async def drop(self, *keys: str) -> None:
        """Forget these keys."""

    async def fetch(self, key: str, build: Build) -> bytes | None:
        """The bytes, or what ``build`` makes where there are none, by one caller at a time. Raises what it raises.

        Those who ask meanwhile get the same. What was dropped while it was being made is not kept.
        """

    async def check(self) -> None:
        """Return when the cache answers. Raises ``CacheAway``: the one call that does not make up for it."""
