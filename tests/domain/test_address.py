"""Where a parcel goes."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.address import Address

GOOD = {"name": "Zoë Müller", "line1": "1 Öresund", "city": "Malmö", "postal_code": "211 20"}


def test_only_what_a_parcel_needs_must_be_told() -> None:
    assert Address.model_validate(GOOD).model_dump() == GOOD | {
        "line2": "",
        "state": "",
        "country": "US",
        "phone": "",
    }


def test_blanks_around_are_dropped() -> None:
    assert Address.model_validate(GOOD | {"state": " TN "}).state == "TN"


@pytest.mark.parametrize(
    "fault",
    [
        {"name": ""},
        {"name": "   "},
        {"line1": "x" * 201},
        {"line2": "x" * 201},
        {"city": ""},
        {"postal_code": ""},
        {"postal_code": "1" * 21},
        {"country": "us"},
        {"country": "USA"},
        {"country": "US\n1"},
        {"country": ""},
        {"phone": "call me"},
        {"phone": "+" + "1" * 31},
        {"planet": "Earth"},
    ],
)
def test_a_faulty_field_is_named(fault: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        Address.model_validate(GOOD | fault)

    assert [error["loc"] for error in refusal.value.errors()] == [tuple(fault)]


@pytest.mark.parametrize("phone", ["", "+46 (0)40-34.10/00", "5551234"])
def test_phones_are_taken_as_people_write_them(phone: str) -> None:
    assert Address.model_validate(GOOD | {"phone": phone}).phone == phone


@pytest.mark.parametrize("field", ["name", "city"])
def test_a_field_must_be_there(field: str) -> None:
    with pytest.raises(ValidationError):
        Address.model_validate({name: value for name, value in GOOD.items() if name != field})
