"""A purchase on record: whose it is, and what came of it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.carrier import CarrierService
from domain.document_id import is_storable_id
from domain.label_purchase import LabelPurchase, arrival, begun
from tests.adapters.embedded.fixtures import NOON

UPS = CarrierService(carrier="UPS", level="Ground")
LATER = NOON + timedelta(seconds=30)


def a_purchase(key: str = "ORDER000000A:label") -> LabelPurchase:
    return begun(key, "ORDER000000A-S1", UPS, NOON)


def test_it_lies_with_the_parcels_of_its_order_under_its_key() -> None:
    purchase = a_purchase()

    assert (purchase.id, purchase.partition) == ("ORDER000000A:label", "ORDER000000A")
    assert is_storable_id(purchase.id)
    assert (purchase.attempt, purchase.is_open, purchase.is_answered) == (1, True, False)


def test_it_is_written_and_read_back_the_same() -> None:
    purchase = a_purchase().anew(is_sure=False).bought("1Z1", LATER)

    read = LabelPurchase.of_document(purchase.document(), "1")

    assert (read.model_dump(), read.version) == (purchase.model_dump(), "1")


def test_a_call_that_did_not_happen_leaves_it_to_anybody() -> None:
    purchase = a_purchase().let_go(LATER)

    assert (purchase.until, purchase.is_open) == (LATER, False)
    assert purchase.leased("me", LATER).is_open


def test_a_call_without_an_answer_leaves_it_open() -> None:
    purchase = a_purchase().settling(LATER)

    assert (purchase.until, purchase.is_open) == (LATER, True)


def test_a_reference_that_may_have_bought_something_is_remembered() -> None:
    purchase = a_purchase()

    assert purchase.anew(is_sure=True).doubtful == ()
    assert purchase.anew(is_sure=False).doubtful == (purchase.reference,)


def test_an_answer_is_final() -> None:
    bought, refused = a_purchase().bought("1Z1", LATER), a_purchase().refused("no", LATER)

    assert (bought.is_answered, bought.is_open, bought.tracking_number) == (True, False, "1Z1")
    assert (refused.is_answered, refused.is_open, refused.refusal) == (True, False, "no")
    assert arrival(bought, 5) == LATER + timedelta(days=5)


@given(
    keys=st.lists(st.text("ABC:label0123456789", min_size=1, max_size=40), min_size=2, unique=True),
    attempts=st.integers(1, 5),
)
def test_no_two_attempts_share_a_reference(keys: list[str], attempts: int) -> None:
    """Every attempt of every key has a reference of its own, and each fits on every carrier's label."""
    found = [
        a_purchase(key).but(attempt=number).reference for key in keys for number in range(attempts)
    ]

    assert len(set(found)) == len(found)
    assert all(len(reference) <= 30 for reference in found)
    assert {reference.rpartition("-")[0] for reference in found} == {"ORDER000000A-S1"}
