import time
from datetime import UTC, datetime, timedelta

from adapters.embedded.clock import SystemClock


def test_now_is_the_present_aware_and_in_utc() -> None:
    now = SystemClock().now()

    assert now.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


async def test_a_sleep_lasts_about_as_long_as_asked() -> None:
    start = time.perf_counter()

    await SystemClock().sleep(0.04)

    assert 0.028 <= time.perf_counter() - start < 1
