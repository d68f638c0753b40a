"""What moved on the customer's card."""

from itertools import product

import pytest

from domain.ledger import LedgerEntry, movements
from domain.order import CardUsed
from domain.saga import Word
from domain.saga.payment import Phase
from tests.domain.samples import LATER, ORDER_ID, an_order, usd

ORDER = an_order(payment=CardUsed(intent_id="pi_1"))
BEFORE_MONEY = (Phase.NOTHING, Phase.IDLE, Phase.WAITING, Phase.AUTHORISED, Phase.FAILED)
MOVES = {
    **{(phase, Phase.CAPTURED): ["charge"] for phase in BEFORE_MONEY},
    **{(phase, Phase.REFUNDED): ["charge", "refund"] for phase in BEFORE_MONEY},
    (Phase.CAPTURED, Phase.REFUNDED): ["refund"],
}


@pytest.mark.parametrize(("before", "after"), list(product(Phase, Phase)))
def test_money_moves_between_these_words_and_no_others(before: Phase, after: Phase) -> None:
    moved = movements(ORDER, Word(before), Word(after), LATER)

    assert [entry.move for entry in moved] == MOVES.get((before, after), [])


def test_whatever_way_it_went_money_taken_is_booked_once() -> None:
    """From any word to a refund, over a capture or not, the books show one charge and one refund."""
    for start in BEFORE_MONEY:
        direct = movements(ORDER, Word(start), Word(Phase.REFUNDED), LATER)
        charged = movements(ORDER, Word(start), Word(Phase.CAPTURED), LATER)
        refunded = movements(ORDER, Word(Phase.CAPTURED), Word(Phase.REFUNDED), LATER)
        assert charged + refunded == direct


def test_an_entry_is_over_the_whole_total_and_once_for_each_direction() -> None:
    charge, refund = movements(ORDER, Word(Phase.FAILED), Word(Phase.REFUNDED), LATER)

    assert (charge.id, refund.id) == (f"ledger:{ORDER_ID}:charge", f"ledger:{ORDER_ID}:refund")
    assert (charge.amount, refund.amount) == (usd(3007), usd(3007))
    assert (charge.charged_at, refund.charged_at) == (LATER, None)
    assert (charge.partition, charge.intent_id, charge.created_at) == ("guest:g-1", "pi_1", LATER)


def test_an_entry_survives_the_store() -> None:
    (charge,) = movements(ORDER, Word(Phase.WAITING), Word(Phase.CAPTURED), LATER)

    assert charge.document()["amount"] == 30.07
    assert LedgerEntry.of_document(charge.document(), "1").amount == usd(3007)
