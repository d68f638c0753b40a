"""Where the timer keeps how far it has come."""

from datetime import date

from domain.roll_up_state import LateDay, RollUpProgress


def test_a_mark_lies_beside_the_facts_of_its_day_and_progress_by_itself() -> None:
    day = date(2026, 1, 25)

    assert LateDay(period="day:2026-01-25", day=day).partition == "day:2026-01-25"
    assert RollUpProgress(open_since=day).partition == "~progress"
