"""Money: exact inside, exact outside."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.money import (
    DECIMALS,
    MOST_MINOR,
    Amount,
    Amounts,
    CurrencyMismatch,
    Money,
    decimals_of,
    money,
    total,
)

CURRENCIES = st.sampled_from(["USD", "EUR", "GBP", *DECIMALS])
MINOR = st.integers(-MOST_MINOR, MOST_MINOR)
SHARES = st.integers(0, 1_000_000)


class Bill(Amounts):
    due: Amount
    tip: Amount | None = None


def usd(amount_minor: int) -> Money:
    return Money(amount_minor, "USD")


@pytest.mark.parametrize(
    ("currency", "decimals"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3)]
)
def test_each_currency_has_its_own_decimals(currency: str, decimals: int) -> None:
    assert decimals_of(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1199.00", "USD", 119_900),
        (1199, "USD", 119_900),
        (0.1, "USD", 10),
        (0.29, "USD", 29),
        (1.15, "USD", 115),
        (-4.35, "USD", -435),
        (599, "JPY", 599),
        ("1.234", "KWD", 1_234),
        (Decimal("1.2340"), "KWD", 1_234),
        ("1.100", "USD", 110),
        ("1e3", "USD", 100_000),
        (1e11, "USD", MOST_MINOR),
        ("0", "USD", 0),
    ],
)
def test_a_number_means_exactly_its_decimals(
    amount: str | float | Decimal, currency: str, minor: int
) -> None:
    assert money(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize("amount", ["", "ten", "1,50", "NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"is not an amount of USD"):
        money(amount, "USD")


@pytest.mark.parametrize("amount", ["100000000000.01", 1e12, "1e999999", "-1e999999", "9" * 40])
def test_what_is_too_large_is_refused(amount: str | float) -> None:
    with pytest.raises(ValueError, match=r"is not an amount of USD"):
        money(amount, "USD")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (0.1 + 0.2, "USD"),
        ("1.999", "USD"),
        (0.5, "JPY"),
        ("1.2345", "KWD"),
        ("1e-9999999", "USD"),
        ("10.00000000000000000000000000000000001", "USD"),
    ],
)
def test_what_is_finer_than_the_smallest_unit_is_refused(
    amount: str | float, currency: str
) -> None:
    with pytest.raises(ValueError, match=r"finer than the smallest unit"):
        money(amount, currency)


@given(MINOR, CURRENCIES)
def test_an_amount_survives_json(minor: int, currency: str) -> None:
    """Writing an amount as a JSON number and reading it again gives the same minor units."""
    amount = Money(minor, currency)

    assert money(json.loads(json.dumps(amount.number)), currency) == amount


@given(MINOR, CURRENCIES)
def test_a_model_survives_json(minor: int, currency: str) -> None:
    """An ``Amounts`` model read from its own JSON is the same model."""
    bill = Bill(currency=currency, due=Money(minor, currency))

    assert Bill.model_validate_json(bill.model_dump_json()) == bill


@given(st.lists(MINOR))
def test_a_sum_is_the_sum_of_minor_units(amounts: list[int]) -> None:
    """Adding up never drifts, whatever the order."""
    forwards = total((usd(minor) for minor in amounts), "USD")

    assert forwards == usd(sum(amounts))
    assert forwards == total((usd(minor) for minor in reversed(amounts)), "USD")


@given(MINOR, MINOR)
def test_what_was_added_can_be_taken_away(one: int, other: int) -> None:
    """(a + b) - b is a."""
    assert usd(one) + usd(other) - usd(other) == usd(one)


@given(MINOR, st.integers(0, 999))
def test_times_is_repeated_addition(minor: int, times: int) -> None:
    """n pieces cost what one piece costs, n times."""
    assert usd(minor) * times == total([usd(minor)] * times, "USD")


@given(MINOR, MINOR)
def test_amounts_compare_as_their_minor_units(one: int, other: int) -> None:
    """Order among amounts is order among minor units."""
    assert (usd(one) < usd(other), usd(one) <= usd(other)) == (one < other, one <= other)
    assert (usd(one) > usd(other), usd(one) >= usd(other)) == (one > other, one >= other)


@pytest.mark.parametrize(
    ("minor", "rate", "share"),
    [
        (2250, 70_000, 158),  # 157.5
        (-2250, 70_000, -158),
        (50, 70_000, 4),  # 3.5
        (49, 70_000, 3),  # 3.43
        (1, 500_000, 1),  # 0.5
        (1, 499_999, 0),
        (999_999, 72_500, 72_500),  # 72,499.9275
        (0, 70_000, 0),
    ],
)
def test_a_share_is_rounded_half_up(minor: int, rate: int, share: int) -> None:
    assert usd(minor).share(rate) == usd(share)


@given(MINOR, SHARES)
def test_a_share_is_never_off_by_more_than_half_a_unit(minor: int, rate: int) -> None:
    """|share - exact| is at most half a minor unit, and a tie goes away from zero."""
    exact = Fraction(minor * rate, 1_000_000)
    share = usd(minor).share(rate).amount_minor

    assert abs(share - exact) <= Fraction(1, 2)
    assert abs(share - exact) < Fraction(1, 2) or abs(share) > abs(exact)


@given(MINOR, SHARES)
def test_two_shares_that_make_a_whole_add_up_to_it(minor: int, rate: int) -> None:
    """The shares of p and of the rest add up to the amount, or to one unit more where both were ties."""
    parts = usd(minor).share(rate) + usd(minor).share(1_000_000 - rate)
    is_tie = minor * rate * 2 % 2_000_000 == 1_000_000

    assert abs(parts.amount_minor) == abs(minor) + is_tie


@given(MINOR, SHARES)
def test_a_share_of_the_opposite_is_the_opposite_share(minor: int, rate: int) -> None:
    """share(-a) is -share(a), so that a refund gives back exactly what was taken."""
    assert usd(-minor).share(rate) == usd(0) - usd(minor).share(rate)


def test_nothing_adds_up_to_nothing() -> None:
    assert total([], "JPY") == Money(0, "JPY")


def test_two_currencies_never_mix() -> None:
    with pytest.raises(CurrencyMismatch) as refusal:
        usd(1) + Money(1, "EUR")

    assert refusal.value.facts == {"currencies": ["EUR", "USD"]}
    with pytest.raises(CurrencyMismatch):
        usd(1) - Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        assert usd(1) < Money(2, "EUR")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(usd(119_900), "1199.0"), (Money(599, "JPY"), "599"), (Money(1_234, "KWD"), "1.234")],
)
def test_json_shows_the_amount_with_its_decimals(amount: Money, shown: str) -> None:
    assert json.dumps(amount.number) == shown


def test_a_model_takes_numbers_texts_and_money() -> None:
    expected = Bill(currency="USD", due=usd(1050), tip=usd(100))

    assert Bill.model_validate({"currency": "USD", "due": 10.5, "tip": "1"}) == expected
    assert expected.model_dump(mode="json") == {"currency": "USD", "due": 10.5, "tip": 1.0}


def test_an_amount_may_be_missing_where_the_model_says_so() -> None:
    assert Bill(currency="USD", due=usd(1)).tip is None
    with pytest.raises(ValidationError):
        Bill.model_validate({"currency": "USD"})


def test_a_model_refuses_an_amount_in_another_currency() -> None:
    with pytest.raises(ValidationError, match=r"due is in EUR, not in USD"):
        Bill(currency="USD", due=Money(1, "EUR"))


def test_a_model_without_a_currency_is_refused() -> None:
    with pytest.raises(ValidationError):
        Bill.model_validate({"due": 1})
    with pytest.raises(ValidationError):
        Bill.model_validate("a text")


@given(st.integers(-MOST_MINOR, MOST_MINOR), st.sampled_from(["USD", "JPY", "KWD"]))
def test_a_double_means_the_decimal_that_it_is_written_as(minor: int, currency: str) -> None:
    """Numbers and their texts mean the same amount, the short way and the long."""
    number = minor / 10 ** decimals_of(currency)

    assert money(number, currency) == money(repr(number), currency) == Money(minor, currency)
