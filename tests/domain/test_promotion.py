"""What makes a cart cheaper."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.money import Money
from domain.promotion import (
    PromoExpired,
    PromoNotMet,
    PromoRefused,
    Promotion,
    PromoUnknown,
    PromoUsedUp,
    normalised,
)
from tests.domain.samples import LATER, NOON, a_promotion, usd

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("text", ["WELCOME10", "welcome10", " Welcome-10 ", "wel come\t10"])
def test_a_code_is_read_as_people_write_it(text: str) -> None:
    assert normalised(text) == "WELCOME10"


@pytest.mark.parametrize("text", ["", "AB", "A" * 33, "TEN%", "a/b/c", "TÈN", "ten?#", "--"])
def test_other_texts_are_no_code(text: str) -> None:
    assert normalised(text) is None


@given(st.text(max_size=50))
def test_reading_a_code_never_fails_and_twice_is_once(text: str) -> None:
    """What is normalised stays as it is."""
    code = normalised(text)

    assert code is None or normalised(code) == code


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({}, None),
        ({"active": False}, PromoUnknown),
        ({"starts_at": NOON}, None),
        ({"starts_at": NOON + SECOND}, PromoUnknown),
        ({"ends_at": NOON + SECOND}, None),
        ({"ends_at": NOON}, PromoExpired),
        ({"ends_at": NOON, "active": False}, PromoUnknown),
    ],
)
def test_a_code_has_its_time(terms: dict[str, Any], refusal: type[PromoRefused] | None) -> None:
    if refusal is None:
        a_promotion(**terms).check_time(NOON)
        return
    with pytest.raises(refusal) as refused:
        a_promotion(**terms).check_time(NOON)

    assert refused.value.facts == {"promo_code": "TEN"}


def test_a_code_without_a_use_left_is_used_up() -> None:
    a_promotion().check_left()
    a_promotion(limit=2, left=1).check_left()
    with pytest.raises(PromoUsedUp) as refused:
        a_promotion(limit=2, left=0).check_left()

    assert refused.value.facts == {"promo_code": "TEN"}


def test_the_goods_must_cost_the_minimum() -> None:
    promotion = a_promotion(minimum=usd(5000))

    promotion.check_goods(usd(5000))
    with pytest.raises(PromoNotMet) as refused:
        promotion.check_goods(usd(4999))

    assert refused.value.facts == {
        "promo_code": "TEN",
        "minimum": 50.0,
        "subtotal": 49.99,
        "currency": "USD",
    }


@pytest.mark.parametrize("goods", [usd(0), Money(5000, "EUR")])
def test_nothing_and_another_currency_do_not_meet_a_code(goods: Money) -> None:
    with pytest.raises(PromoNotMet):
        a_promotion().check_goods(goods)


@pytest.mark.parametrize(
    ("terms", "is_covered"),
    [
        ({}, True),
        ({"categories": ("toys",)}, True),
        ({"categories": ("toys-wooden",)}, True),
        ({"categories": ("home",)}, False),
        ({"products": ("p-1",)}, True),
        ({"products": ("p-2",)}, False),
        ({"products": ("p-2",), "categories": ("toys",)}, True),
    ],
)
def test_a_code_is_for_some_goods_or_for_all(terms: dict[str, Any], is_covered: bool) -> None:
    categories = frozenset({"toys", "toys-wooden"})

    assert a_promotion(**terms).covers("p-1", categories) is is_covered


AMOUNT = {"type": "amount", "rate": 0, "amount": usd(1500)}
SHIPPING = {"type": "free_shipping", "rate": 0}


@pytest.mark.parametrize(
    ("terms", "goods", "off"),
    [
        ({"rate": 100_000}, 2250, 225),
        ({"rate": 100_000}, 5, 1),
        ({"rate": 100_000}, 4, 0),
        ({"rate": 1_000_000}, 999, 999),
        (AMOUNT, 2000, 1500),
        (AMOUNT, 1499, 1499),
        (SHIPPING, 2000, 0),
    ],
)
def test_what_a_code_takes_off(terms: dict[str, Any], goods: int, off: int) -> None:
    assert a_promotion(**terms).off(usd(goods)) == usd(off)


@pytest.mark.parametrize(
    "terms",
    [
        {"rate": 0},
        {"rate": 1_000_001},
        {"amount": usd(1)},
        AMOUNT | {"rate": 1},
        AMOUNT | {"amount": usd(0)},
        AMOUNT | {"amount": None},
        SHIPPING | {"rate": 1},
        SHIPPING | {"amount": usd(1)},
        {"minimum": usd(-1)},
        {"limit": 0},
        {"per_customer": 0},
        {"minimum": Money(1, "EUR")},
    ],
)
def test_a_promotion_gives_exactly_one_thing(terms: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_promotion(**terms)


def test_a_promotion_lies_alone_under_its_code_and_survives_the_store() -> None:
    promotion = a_promotion(limit=3, left=2, ends_at=LATER, **AMOUNT)

    assert (promotion.id, promotion.partition) == ("promotion", "TEN")
    assert Promotion.of_json(promotion.json_text(), "1").document() == promotion.document()
    assert Promotion.of_document(promotion.document(), "1").amount == usd(1500)
    assert (promotion.is_limited, a_promotion().is_limited) == (True, False)


def test_every_refusal_of_a_code_may_pass() -> None:
    for refusal in (PromoUnknown, PromoExpired, PromoUsedUp, PromoNotMet):
        assert (refusal.passing, refusal.code[:6]) == (True, "PROMO_")
