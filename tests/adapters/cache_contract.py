"""The contract of the cache: one suite, passed by every end.

To add an end, write a test module with a subclass of ``CacheContract`` named ``Test…`` that has a fixture
``cache``: an end with nothing in it.
"""

import asyncio

import pytest

from usecases.ports.cache import Cache


class Making:
    """Something that takes time to make; it counts how often it was made."""

    def __init__(self, value: bytes | None, seconds: float = 0.0) -> None:
        self.value, self.times = value, 0
        self._seconds = seconds
        self.begun = asyncio.Event()

    async def __call__(self) -> tuple[bytes, int] | None:
        self.times += 1
        self.begun.set()
        await asyncio.sleep(self._seconds)
        return None if self.value is None else (self.value, 60)


class Refused(Exception):
    """The making failed."""


class CacheContract:
    """What every end of the cache does. A subclass brings the fixture ``cache``."""

    async def test_what_was_put_is_there(self, cache: Cache) -> None:
        await cache.put("product:1", b"\x00one\n", 60)

        assert await cache.get("product:1") == b"\x00one\n"

    async def test_an_absent_key_is_a_miss(self, cache: Cache) -> None:
        assert await cache.get("product:1") is None

    async def test_a_second_put_replaces_the_first(self, cache: Cache) -> None:
        await cache.put("k", b"old", 60)
        await cache.put("k", b"new", 60)

        assert await cache.get("k") == b"new"

    async def test_no_time_to_live_keeps_nothing_and_forgets_the_old(self, cache: Cache) -> None:
        await cache.put("k", b"old", 60)
        await cache.put("k", b"new", 0)

        assert await cache.get("k") is None

    async def test_dropped_keys_are_gone_and_no_others(self, cache: Cache) -> None:
        for key in ("a:1", "b:2", "c:3"):
            await cache.put(key, b"", 60)

        await cache.drop("a:1", "b:2", "absent:4")
        await cache.drop()

        assert [await cache.get(key) for key in ("a:1", "b:2", "c:3")] == [None, None, b""]

    @pytest.mark.parametrize("key", ["search:a b", "listing:{x}", "listing:}{", "q:é/?#\n", "k"])
    async def test_any_text_may_be_a_key(self, cache: Cache, key: str) -> None:
        await cache.put(key, key.encode(), 60)

        assert await cache.fetch(key, Making(b"other")) == key.encode()
        await cache.drop(key)
        assert await cache.get(key) is None

    async def test_what_is_not_there_is_made_once_and_kept(self, cache: Cache) -> None:
        making = Making(b"made")

        assert await cache.fetch("k", making) == b"made"
        assert await cache.fetch("k", making) == b"made"
        assert await cache.get("k") == b"made"
        assert making.times == 1

    async def test_a_crowd_has_it_made_once(self, cache: Cache) -> None:
        making = Making(b"made", 0.05)

        answers = await asyncio.gather(*(cache.fetch("k", making) for _ in range(50)))

        assert (set(answers), making.times) == ({b"made"}, 1)

    async def test_where_there_is_nothing_nothing_is_kept(self, cache: Cache) -> None:
        making = Making(None)

        assert await cache.fetch("k", making) is None
        assert await cache.fetch("k", making) is None
        assert making.times == 2

    async def test_what_fails_to_be_made_fails_for_all_who_wait_and_is_tried_again(
        self, cache: Cache
    ) -> None:
        async def fails() -> tuple[bytes, int]:
            await asyncio.sleep(0.01)
            raise Refused

        calls = (cache.fetch("k", fails) for _ in range(3))
        answers = await asyncio.gather(*calls, return_exceptions=True)

        assert [type(answer) for answer in answers] == [Refused] * 3
        assert await cache.fetch("k", Making(b"made")) == b"made"

    async def test_who_gives_up_does_not_take_the_others_along(self, cache: Cache) -> None:
        making = Making(b"made", 0.05)
        first = asyncio.create_task(cache.fetch("k", making))
        await making.begun.wait()
        second = asyncio.create_task(cache.fetch("k", making))
        await asyncio.sleep(0)

        first.cancel()

        assert await second == b"made"

    async def test_what_was_dropped_while_it_was_made_is_not_kept(self, cache: Cache) -> None:
        """The maker read the store before the change and would keep the old for minutes."""
        old, new = Making(b"old", 0.05), Making(b"new")
        reader = asyncio.create_task(cache.fetch("k", old))
        await old.begun.wait()

        await cache.drop("k")

        assert await cache.fetch("k", new) == b"new"
        assert await reader == b"old"
        assert await cache.get("k") == b"new"

    async def test_a_cache_that_is_there_says_so(self, cache: Cache) -> None:
        await cache.check()
