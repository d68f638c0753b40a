"""Every schedule and every crash of what people do with their address book and their cards."""

from collections.abc import Callable

import pytest

from tests.proofs import belongings
from tests.proofs.explorer import Scenario, explore

RACES = [
    belongings.the_twentieth_twice,
    belongings.preferred_while_removed,
    belongings.one_card_twice,
    belongings.two_cards_at_once,
    belongings.saved_while_deleted,
    belongings.come_again_while_forgotten,
]


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_a_race_ends_right_in_every_schedule(race: Callable[[], Scenario]) -> None:
    print(explore(race()))  # noqa: T201 - the counts are the proof's measure


@pytest.mark.parametrize("deed", belongings.DEEDS)
def test_whatever_is_cut_off_the_repeat_ends_as_if_nothing_had_been(deed: str) -> None:
    assert belongings.crashes(deed) > 0
