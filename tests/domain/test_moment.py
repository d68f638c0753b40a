"""Moments as text."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from domain.moment import moment_text

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
)


def test_a_moment_is_written_in_utc_with_microseconds() -> None:
    east = timezone(timedelta(hours=5, minutes=30))

    assert moment_text(datetime(2026, 1, 25, 16, 15, tzinfo=east)) == "2026-01-25T10:45:00.000000Z"


def test_early_years_have_four_digits() -> None:
    assert moment_text(datetime(999, 1, 1, tzinfo=UTC)) == "0999-01-01T00:00:00.000000Z"


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_moments_do(one: datetime, other: datetime) -> None:
    """Comparing two texts is comparing the moments, whatever their zones."""
    assert (moment_text(one) < moment_text(other)) == (one < other)
    assert (moment_text(one) == moment_text(other)) == (one == other)


@given(MOMENTS)
def test_a_text_means_the_moment(moment: datetime) -> None:
    """Reading the text gives the moment back, to the microsecond."""
    assert datetime.fromisoformat(moment_text(moment)) == moment
