"""The races that are explored with every run of the suite; ``tests.proofs.full`` explores the long ones."""

from collections.abc import Callable

import pytest

from domain.access import Caller
from tests.proofs import merging, races, scenarios
from tests.proofs.explorer import Scenario, explore

EXHAUSTIVE = [
    scenarios.crossed_orders,
    scenarios.one_cart_twice,
    races.cancelled_while_shipped,
    races.intent_twice,
    races.declined_twice_over,
    races.captured_while_cancelled,
    races.paid_beside_the_watchdog,
    races.compared_twice,
    merging.merged_twice,
    merging.added_twice,
]


@pytest.mark.parametrize("race", EXHAUSTIVE, ids=lambda race: race.__name__)
def test_a_race_ends_right_in_every_schedule(race: Callable[[], Scenario]) -> None:
    print(explore(race()))  # noqa: T201 - the counts are the proof's measure


@pytest.mark.parametrize("postal_code", ["38103", "00004"], ids=["taken", "refused"])
def test_whatever_agents_advise_and_carriers_refuse_a_parcel_has_one_label(
    postal_code: str,
) -> None:
    print(explore(races.labelled_twice(postal_code)))  # noqa: T201
    print(explore(races.labelled_while_cancelled(postal_code)))  # noqa: T201


@pytest.mark.parametrize("other", ["card", "webhook", "watchdog", "comparison"])
def test_whoever_pays_beside_a_cancellation_gets_it_all_back(other: str) -> None:
    print(explore(races.paid_while_cancelled("customer", other)))  # noqa: T201


@pytest.mark.parametrize("caller", [merging.GUEST, merging.CUSTOMER], ids=["guest", "account"])
def test_no_line_is_lost_or_doubled_when_carts_are_merged(caller: Caller) -> None:
    print(explore(merging.merged_beside_a_line(caller)))  # noqa: T201


def test_what_is_repeated_under_one_key_beside_an_order_is_added_once() -> None:
    print(explore(merging.added_twice_beside_an_order(), reduced=True))  # noqa: T201


def test_the_last_unit_is_sold_once_to_two_buyers() -> None:
    found = explore(scenarios.last_unit(2))

    assert found.schedules > 100_000


def test_the_last_unit_is_sold_once_to_three_buyers() -> None:
    found = explore(scenarios.last_unit(3), reduced=True)

    assert found.schedules > 100


def test_goods_that_left_while_the_order_was_cancelled_are_counted_out() -> None:
    explore(races.scanned_while_cancelled(), reduced=True)


def test_a_stalled_attempt_leaks_no_hold() -> None:
    explore(scenarios.stalled_attempt(scenarios.getting_the_cart, "the customer's cart"))


def test_the_watchdog_beside_a_stalled_attempt_leaks_no_hold() -> None:
    explore(scenarios.stalled_attempt(scenarios.watching, "the watchdog"))
