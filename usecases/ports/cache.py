"""What may be forgotten at any time: copies of what the store knows, and counts."""

from typing import Protocol

from usecases.ports.faults import PortFault


class CacheAway(PortFault):
    """The cache does not answer: a read is then a miss, a session is then refused."""


class Cache(Protocol):
    """Bytes by key, for a while. Keys are ``<area>:<name>``; a lost entry is never an error."""

    async def get(self, key: str) -> bytes | None:
        """The bytes, or ``None`` when they are absent, expired or the cache is away."""

    async def put(self, key: str, value: bytes, ttl_seconds: int) -> None:
        """Keep the bytes for at most that long."""

    async def drop(self, *keys: str) -> None:
        """Forget these keys."""
