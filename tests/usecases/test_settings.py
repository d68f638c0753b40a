"""Every number and switch of the shop."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.order import RETURN_WINDOW
from domain.saga import Stage
from usecases.settings import LEAST_KEY_BYTES, Settings

KEY = b"k" * 32


def test_a_key_is_all_that_must_be_set() -> None:
    settings = Settings(secret_key=KEY)

    assert (settings.currency, settings.local, settings.https) == ("USD", False, True)
    assert (settings.payment_declines, settings.saga_nudges) == (3, 2)


def test_a_short_key_is_refused() -> None:
    assert LEAST_KEY_BYTES == 32
    with pytest.raises(ValidationError, match="at least 32 bytes"):
        Settings(secret_key=KEY[1:])


@pytest.mark.parametrize(
    ("stage", "seconds"),
    [
        (Stage.INVENTORY, 60),
        (Stage.PAYMENT, 300),
        (Stage.SHIPMENT, 600),
        (Stage.COMPENSATION, 300),
        (RETURN_WINDOW, 30 * 24 * 3600),
    ],
)
def test_every_stage_has_its_deadline(stage: str, seconds: int) -> None:
    assert Settings(secret_key=KEY).deadline(stage) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "fault",
    [
        {"currency": "usd"},
        {"cart_guest_days": 0},
        {"placing_seconds": 0},
        {"payment_declines": 0},
        {"saga_nudges": 11},
        {"payment_deadline_seconds": -1},
        {"colour": "red"},
    ],
)
def test_a_wrong_value_names_itself(fault: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate({"secret_key": KEY} | fault)

    assert [error["loc"] for error in refusal.value.errors()] == [tuple(fault)]


def test_the_key_is_never_shown() -> None:
    assert "kkk" not in repr(Settings(secret_key=KEY))
