"""Every interleaving of who is at a ticket at once, and a crash after every port call of its life."""

from collections.abc import Callable

import pytest

from tests.proofs import tickets
from tests.proofs.crashes import Life, survive
from tests.proofs.explorer import Scenario, explore


@pytest.mark.parametrize("life", [tickets.a_whole_ticket, tickets.an_erased_person])
def test_a_ticket_ends_right_whatever_call_is_the_last(life: Callable[[], Life]) -> None:
    survived = survive(life())

    assert survived.crashes > 10
    print(survived)  # noqa: T201 - the counts are the proof's measure


@pytest.mark.parametrize(
    "race",
    [
        tickets.opened_twice,
        tickets.said_twice,
        tickets.closed_while_replied,
        tickets.assigned_twice,
        tickets.erased_while_answered,
        tickets.erased_twice,
        tickets.shown_at_once,
    ],
)
def test_whatever_the_schedule_a_ticket_stays_right(race: Callable[[], Scenario]) -> None:
    found = explore(race(), reduced=True)

    assert found.schedules > 1
    print(found)  # noqa: T201
