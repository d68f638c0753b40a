"""Amounts as Stripe counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stripe.amounts import DECIMALS, heard, told
from domain.money import Money
from usecases.ports.payments import PaymentError


@pytest.mark.parametrize(
    ("money", "amount"),
    [
        (Money(1_999, "USD"), 1_999),
        (Money(1_200, "JPY"), 1_200),
        (Money(500, "ISK"), 50_000),
        (Money(1_230, "KWD"), 1_230),
        (Money(500_000, "XAF"), 5_000),
        (Money(100, "UGX"), 100),
    ],
)
def test_each_currency_is_told_in_stripes_smallest_unit(money: Money, amount: int) -> None:
    assert told(money) == amount
    assert heard(amount, money.currency.lower()) == money


def test_an_amount_finer_than_stripe_takes_is_a_fault_of_ours() -> None:
    with pytest.raises(PaymentError, match="no fractions of XAF"):
        told(Money(150, "XAF"))


@given(st.integers(0, 10**9), st.sampled_from(["USD", "EUR", "ISK", "JOD", *DECIMALS]))
def test_what_is_heard_is_what_was_told(amount: int, currency: str) -> None:
    """Whatever whole amount Stripe names, our money means exactly that amount to it."""
    coarser = {"ISK": 100, "JOD": 10}.get(currency, 1)

    assert told(heard(amount, currency.lower())) == amount - amount % coarser
