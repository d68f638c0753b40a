"""The figures end as the orders do, whoever writes and folds beside each other, and whenever a process dies."""

import logging
from collections.abc import Callable

import pytest

from tests.proofs.explorer import Scenario, Violation, explore
from tests.proofs.figures import (
    closing,
    hearing_of_money,
    hearing_of_order,
    late,
    late_and_rolled_twice,
    monday,
    on_its_day,
    rolling,
    same_order_twice,
    survived,
    tuesday,
    with_careless_marks,
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """What is left for the next run is said thousands of times."""
    caplog.set_level(logging.CRITICAL, "shop")


@pytest.mark.parametrize(
    "scenario", [late, late_and_rolled_twice, same_order_twice, on_its_day, closing]
)
def test_in_every_interleaving_the_figures_end_as_the_orders_do(
    scenario: Callable[[], Scenario],
) -> None:
    found = explore(scenario(), reduced=True)

    assert found.schedules > 100
    print(found)  # noqa: T201 - the counts are the proof's measure


def test_a_mark_that_is_not_written_anew_would_lose_a_change() -> None:
    with pytest.raises(Violation, match="day:2026-06-01"):
        explore(with_careless_marks(), reduced=True)


def test_whatever_dies_after_any_call_is_made_good_by_the_next_run() -> None:
    acts = (hearing_of_order("A"), hearing_of_money("A"), hearing_of_money("B"), rolling)

    crashes = [survived(day(), *acts) for day in (monday, tuesday)]

    assert crashes == [24, 34]
