from hypothesis import given
from hypothesis import strategies as st

from adapters.embedded.cache import ENTRY_BYTES, EmbeddedCache
from tests.adapters.embedded.fixtures import StillClock, finish


async def test_what_was_put_is_there_until_its_time_is_over(clock: StillClock) -> None:
    cache = EmbeddedCache(clock)
    await cache.put("product:1", b"one", 60)

    clock.move(59.9)
    assert await cache.get("product:1") == b"one"
    clock.move(0.1)
    assert await cache.get("product:1") is None
    assert cache.size_bytes == 0


async def test_an_absent_key_is_a_miss(clock: StillClock) -> None:
    assert await EmbeddedCache(clock).get("product:1") is None


async def test_a_second_put_replaces_value_and_time(clock: StillClock) -> None:
    cache = EmbeddedCache(clock)
    await cache.put("k", b"old", 10)
    clock.move(9)

    await cache.put("k", b"newer", 10)
    clock.move(9)

    assert await cache.get("k") == b"newer"
    assert cache.size_bytes == 1 + 5 + ENTRY_BYTES


async def test_dropped_keys_are_gone(clock: StillClock) -> None:
    cache = EmbeddedCache(clock)
    for key in "abc":
        await cache.put(key, b"", 10)

    await cache.drop("a", "b", "absent")

    assert [await cache.get(key) for key in "abc"] == [None, None, b""]


async def test_the_least_used_goes_first(clock: StillClock) -> None:
    cache = EmbeddedCache(clock, most_bytes=2 * (ENTRY_BYTES + 2))
    await cache.put("a", b"1", 10)
    await cache.put("b", b"2", 10)
    await cache.get("a")

    await cache.put("c", b"3", 10)

    assert [await cache.get(key) for key in "abc"] == [b"1", None, b"3"]


async def test_what_is_over_the_whole_limit_is_not_kept_and_drives_nothing_out(
    clock: StillClock,
) -> None:
    cache = EmbeddedCache(clock, most_bytes=ENTRY_BYTES + 10)
    await cache.put("a", b"1", 10)

    await cache.put("b", b"x" * 10, 10)

    assert (await cache.get("a"), await cache.get("b")) == (b"1", None)


async def test_no_time_to_live_keeps_nothing_and_forgets_the_old(clock: StillClock) -> None:
    cache = EmbeddedCache(clock)
    await cache.put("a", b"1", 10)

    await cache.put("a", b"2", 0)

    assert await cache.get("a") is None


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.binary(max_size=300), st.integers(-1, 5))),
)
def test_the_size_is_never_over_the_limit_and_always_what_is_kept(
    puts: list[tuple[str, bytes, int]],
) -> None:
    """No row of puts takes more than the limit, and dropping everything leaves nothing counted."""
    clock = StillClock()
    cache = EmbeddedCache(clock, most_bytes=1_000)

    for key, value, ttl in puts:
        finish(cache.put(key, value, ttl))
        clock.move(1)
        assert cache.size_bytes <= 1_000

    finish(cache.drop(*"abcdef"))
    assert cache.size_bytes == 0
