"""Every schedule of what people do with their wishlist and their record."""

from collections.abc import Callable

import pytest

from tests.proofs import own_things
from tests.proofs.explorer import Scenario, explore

RACES = [
    own_things.the_last_wish_twice,
    own_things.wished_while_taken_off,
    own_things.wished_while_deleted,
    own_things.wished_anew_while_forgotten,
    own_things.named_while_leaving,
    own_things.preferred_while_leaving,
    own_things.said_at_once,
]


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_a_race_ends_right_in_every_schedule(race: Callable[[], Scenario]) -> None:
    print(explore(race()))  # noqa: T201 - the counts are the proof's measure
