"""A crash after every port call of an order's life, and recovery."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.proofs import lives
from tests.proofs.crashes import Life, survive

LIVES: list[Callable[[], Life]] = [
    lives.all_is_well,
    lives.cancelled_late,
    lives.cancelled_unpaid,
    lives.declined,
    partial(lives.capture_declined, "pm_card_captureDeclined"),
    lives.taken_after_all,
    lives.no_label,
    lives.advised_carrier_refuses,
    lives.cancelled_while_refused,
    lives.lost_in_transit,
    lives.walked_away,
    lives.walked_away_short,
    lives.cancelled_after_any_crash,
    lives.well_with_a_code,
    lives.cancelled_with_a_code,
    lives.declined_with_a_code,
    lives.walked_away_with_a_code,
    lives.walked_away_used_up,
    lives.proved_untold,
    lives.taken_untold,
    lives.cancelled_untold,
    lives.carried_unheard,
]


@pytest.mark.parametrize(
    "life", LIVES, ids=lambda life: getattr(life, "__name__", "capture_declined")
)
def test_an_order_ends_right_whatever_call_is_the_last(life: Callable[[], Life]) -> None:
    survived = survive(life())

    assert survived.crashes > 10
    print(survived)  # noqa: T201 - the counts are the proof's measure
