"""What looks like a card's own data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from domain.card_data import CardlessText, CardToken, has_card_number, refuse_card_data

TOKEN: TypeAdapter[str] = TypeAdapter(CardToken)
TEXT: TypeAdapter[str] = TypeAdapter(CardlessText)


def with_check_digit(digits: str) -> str:
    """The digits with the one more that makes them a card's number (Luhn)."""
    return next(digits + end for end in "0123456789" if has_card_number(digits + end))


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4000-0000-0000-0002",
        "378282246310005",
        "my card is 5555555555554444, thank you",
        "6304000000000000000",
        "4222222222222",
    ],
)
def test_a_cards_number_is_seen_however_it_is_typed(text: str) -> None:
    assert has_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pm_card_visa",
        "4242424242424241",
        "42424242424",
        "42424242424242424242",
        "+1 (555) 010-0100",
        "credit_card",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert not has_card_number(text)


@given(st.text("0123456789", min_size=12, max_size=18))
def test_of_ten_last_digits_exactly_one_makes_a_number(digits: str) -> None:
    assert sum(has_card_number(digits + end) for end in "0123456789") == 1


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_makes_it_none(digits: str, place: int, by: int) -> None:
    number = with_check_digit(digits)
    place %= len(number)
    wrong = str((int(number[place]) + by) % 10)

    assert not has_card_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("token", ["pm_card_visa", "tok_visa", "card_1Nv0FGQ9RKHgCVdK", "pm_1AbC"])
def test_a_token_of_the_network_stands_for_a_card(token: str) -> None:
    assert TOKEN.validate_python(token) == token


@pytest.mark.parametrize(
    "text",
    ["", "visa", "pm_", "pm_a b", "4242424242424242", "tok_4242424242424242", "pm_" + "x" * 96],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TOKEN.validate_python(text)


def test_a_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(ValidationError) as refusal:
        TEXT.validate_python("4242 4242 4242 4242")

    (error,) = refusal.value.errors(include_input=False)
    assert error["msg"] == "card numbers never come here: send a token"
    assert "4242" not in str(error)


@pytest.mark.parametrize(
    "name", ["number", "card_number", "cardNumber", "CVC", "cvv2", "exp-month", "pan", "Expiry"]
)
def test_a_field_that_is_named_as_what_is_printed_on_a_card_is_refused(name: str) -> None:
    with pytest.raises(PydanticCustomError, match="card data never comes here"):
        refuse_card_data({"stripe_token": "pm_card_visa", name: "x"})


@pytest.mark.parametrize("fields", [{"stripe_token": "pm_card_visa"}, [], None])
def test_other_fields_are_as_they_are(fields: object) -> None:
    assert refuse_card_data(fields) is fields
