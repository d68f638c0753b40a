"""The embedded cache is a cache."""

import pytest

from adapters.embedded.cache import EmbeddedCache
from adapters.embedded.clock import SystemClock
from tests.adapters.cache_contract import CacheContract


class TestEmbeddedCache(CacheContract):
    @pytest.fixture
    def cache(self) -> EmbeddedCache:
        return EmbeddedCache(SystemClock())
