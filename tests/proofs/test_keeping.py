"""Every schedule of two members of staff at once, and a crash after every port call of what staff do."""

from collections.abc import Callable

import pytest

from tests.proofs import keeping, kept_crashes
from tests.proofs.explorer import Scenario, explore

RACES = [
    keeping.created_twice,
    keeping.created_in_two_categories,
    keeping.created_by_a_repeat,
    keeping.one_sku_for_two,
    keeping.changed_twice,
    keeping.move_finished_twice,
    keeping.retired_while_changed,
    keeping.placed_while_changed,
    keeping.taken_out_while_bought,
    keeping.restocked_twice_under_a_key,
    keeping.limit_lowered_while_used,
]


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_a_race_ends_right_in_every_schedule(race: Callable[[], Scenario]) -> None:
    found = explore(race(), reduced=True)

    assert found.schedules > 1
    print(found)  # noqa: T201 - the counts are the proof's measure


@pytest.mark.parametrize("deed", kept_crashes.DEEDS)
def test_whatever_is_cut_off_agrees_and_the_repeat_ends_it(deed: str) -> None:
    crashes = kept_crashes.crashes(deed)

    assert crashes > 0
    print(f"{deed}: {crashes} crashes")  # noqa: T201
