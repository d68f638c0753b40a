"""A code is never used more often than it may be, in any schedule; without guards the search finds how it would."""

from collections.abc import Callable

import pytest

from tests.proofs import promotions, scenarios
from tests.proofs.explorer import Scenario, Violation, explore

REDUCED = [
    promotions.last_use_of_one,
    promotions.next_use_of_one,
    promotions.one_cart_twice,
    promotions.last_use_and_last_piece,
]


def test_two_buyers_get_one_discount_in_every_schedule() -> None:
    found = explore(promotions.last_use(2))

    assert found.schedules > 1_000_000
    print(found)  # noqa: T201 - the counts are the proof's measure


def test_three_buyers_get_one_discount() -> None:
    found = explore(promotions.last_use(3), reduced=True)

    assert found.schedules > 100
    print(found)  # noqa: T201


@pytest.mark.parametrize("race", REDUCED, ids=lambda race: race.__name__)
def test_a_race_for_a_code_ends_right_in_every_schedule(race: Callable[[], Scenario]) -> None:
    print(explore(race(), reduced=True))  # noqa: T201


def test_a_stalled_attempt_leaks_no_use() -> None:
    race = promotions.stalled(scenarios.getting_the_cart, "the customer's cart")

    print(explore(race, reduced=True))  # noqa: T201


def test_the_watchdog_beside_a_stalled_attempt_leaks_no_use() -> None:
    print(explore(promotions.stalled(scenarios.watching, "the watchdog"), reduced=True))  # noqa: T201


def test_without_guards_a_code_is_used_too_often() -> None:
    with pytest.raises(Violation, match="used too often: TEN: -1 of 1 left"):
        explore(promotions.last_use(2, check_guards=False))


def test_without_guards_one_customer_uses_a_code_too_often() -> None:
    with pytest.raises(Violation, match="used too often by one: TEN: -1 left for a customer"):
        explore(promotions.last_use_of_one(check_guards=False))
