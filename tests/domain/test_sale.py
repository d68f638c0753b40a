"""What the figures know of one order."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain import saga
from domain.ledger import movements
from domain.order import Order
from domain.saga import Facets, Limits, Publish, Signal, Word, payment
from domain.saga.payment import Phase
from domain.sale import Sale
from tests.domain.figures_samples import a_sale
from tests.domain.samples import NOON, ORDER_ID, an_order, usd

CAPTURED, REFUNDED = Word(Phase.CAPTURED), Word(Phase.REFUNDED)
KITCHEN = {"p-MUG": "kitchen"}


def placed(**facets: Any) -> Order:
    return an_order().moved(Facets(**facets), NOON)


def test_a_sale_is_the_order_without_the_person() -> None:
    sale = Sale.of(placed(), None, KITCHEN)

    assert sale.document() == {
        "kind": "sale",
        "schema_version": 1,
        "id": f"sale:{ORDER_ID}",
        "period": "day:2026-01-25",
        "order_id": ORDER_ID,
        "currency": "USD",
        "lines": [
            {
                "sku": "CUP",
                "product_id": "p-CUP",
                "name": "The CUP",
                "category_slug": "",
                "quantity": 1,
                "total_minor": 250,
            },
            {
                "sku": "MUG",
                "product_id": "p-MUG",
                "name": "The MUG",
                "category_slug": "kitchen",
                "quantity": 2,
                "total_minor": 2000,
            },
        ],
        "total_minor": placed().totals.total.amount_minor,
        "is_cancelled": False,
        "charged_minor": 0,
        "refunded_minor": 0,
    }


def test_a_line_costs_what_codes_left_of_it() -> None:
    cup, mug = placed().items
    order = placed().but(items=(cup, mug.model_copy(update={"discount": usd(300)})))

    assert [line.total_minor for line in Sale.of(order, None, {}).lines] == [250, 1700]


@pytest.mark.parametrize(
    ("word", "is_charged", "is_refunded"),
    [
        (None, False, False),
        (Word(Phase.AUTHORISED), False, False),
        (Word(Phase.FAILED, "declined"), False, False),
        (CAPTURED, True, False),
        (REFUNDED, True, True),
    ],
)
def test_money_is_what_our_books_say(
    word: Word | None, is_charged: bool, is_refunded: bool
) -> None:
    sale = Sale.of(placed(), word, {})

    assert (sale.charged_minor, sale.refunded_minor) == (
        sale.total_minor * is_charged,
        sale.total_minor * is_refunded,
    )
    assert (sale.is_paid, sale.is_given_back) == (is_charged, is_refunded)
    start = movements(placed(), payment.START, word or payment.START, NOON)
    assert [entry.move for entry in start] == ["charge"] * is_charged + ["refund"] * is_refunded


def test_an_order_that_ends_is_cancelled_from_the_moment_on_that_it_does() -> None:
    assert not Sale.of(placed(), None, {}).is_cancelled
    assert Sale.of(placed(cancel="customer"), None, {}).is_cancelled
    assert not Sale.of(an_order(), None, {}).is_cancelled


READINGS = some.builds(
    lambda cancel, word, categories: Sale.of(placed(cancel=cancel), word, categories),
    some.sampled_from(("", "customer")),
    some.sampled_from((None, Word(Phase.WAITING), CAPTURED, REFUNDED)),
    some.just(KITCHEN),
)


@given(READINGS, READINGS, READINGS)
def test_readings_of_an_order_come_to_the_same_in_any_order(
    first: Sale, second: Sale, third: Sale
) -> None:
    """Joining is associative, commutative and idempotent, so neither delays nor repeats matter."""
    assert first.joined(second) == second.joined(first)
    assert first.joined(second).joined(third) == first.joined(second.joined(third))
    assert first.joined(first) == first


def test_lines_stay_as_they_were_written_first() -> None:
    first, later = Sale.of(placed(), None, KITCHEN), Sale.of(placed(), CAPTURED, {})

    assert first.joined(later).lines == first.lines
    assert first.joined(later).charged_minor == first.total_minor


def test_part_of_the_money_back_is_not_all_of_it() -> None:
    assert not a_sale(charged_minor=2500, refunded_minor=100).is_given_back


def test_money_never_moves_without_an_event_that_says_so() -> None:
    """Whatever word hears whatever signal: where the books change, the payment tells it."""
    heard = 0
    kinds = [*payment.HEARS, "Declined"]
    for phase, kind, ok in product(Phase, kinds, (True, False)):
        before = Word(phase, declines=1)
        answer = payment.decide(before, Signal(kind, "e"), ok=ok, limits=Limits())
        moved = movements(placed(), before, answer.word, NOON)
        told = {each.type for each in answer.effects if isinstance(each, Publish)}
        assert not moved or told & {"PaymentProcessed", "RefundProcessed"}
        heard += bool(moved)
    assert heard > 3


def test_no_order_ends_without_an_event_that_says_so() -> None:
    """The signal that cancels an order is told by OrderCancelled, whichever it was."""
    ends = [Signal("CancelOrder", "e", reason="customer"), Signal("PaymentFailed", "e", "declined")]
    ends += [Signal("InventoryReleased", "e"), Signal("RefundProcessed", "e")]
    for signal in ends:
        decision = saga.decide(Facets(), signal)
        assert decision.facets is not None
        assert decision.facets.cancel
        told = [each.type for each in decision.effects if isinstance(each, Publish)]
        assert "OrderCancelled" in told
