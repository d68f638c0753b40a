"""Buckets as one number."""

from hypothesis import given
from hypothesis import strategies as st

from domain.limit import LIMITS, Limit, taken


def test_a_burst_is_free_and_then_the_pace_counts() -> None:
    limit, arrival, waits = Limit(3, 10), 0.0, []
    for now in (100, 100, 100, 100, 109, 110, 111, 1000, 1000, 1000, 1000):
        arrival, wait = taken(limit, arrival, now)
        waits.append(wait)

    assert waits == [0, 0, 0, 10, 1, 0, 9, 0, 0, 0, 10]


@given(st.lists(st.floats(0, 1000), max_size=200))
def test_no_rhythm_gets_more_than_burst_and_pace(steps: list[float]) -> None:
    """In any stretch of time at most burst + stretch / pace are let through."""
    limit, arrival, through = Limit(5, 7), 0.0, []
    for now in sorted(steps):
        arrival, wait = taken(limit, arrival, now)
        if not wait:
            through.append(now)

    for number, begin in enumerate(through):
        for count, end in enumerate(through[number:], start=1):
            assert count <= limit.burst + (end - begin) / limit.every_seconds + 1e-6


def test_a_scaled_limit_is_as_many_times_as_generous() -> None:
    assert Limit(10, 6).scaled(2) == Limit(20, 3)
    assert Limit(1, 6).scaled(0.1) == Limit(1, 60)
    assert set(LIMITS) == {"sign-in", "order-look-up", "promo", "ticket", "card"}
