"""A promotion as people write it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.promotion import Promotion
from domain.promotion_terms import BadTerms, PromotionTerms, TermsFixed, changed, promotion_of
from tests.domain.samples import LATER, NOON, usd


def made(currency: str = "USD", **terms: Any) -> Promotion:
    wanted = PromotionTerms.model_validate({"code": "ten", "percent": 10} | terms)
    return promotion_of(wanted, currency, NOON)


def test_a_percentage() -> None:
    promotion = made(percent="12.5", limit=3, per_customer=1, minimum="20", categories=["toys"])

    assert (promotion.code, promotion.type, promotion.rate) == ("TEN", "percentage", 125_000)
    assert (promotion.limit, promotion.left, promotion.per_customer) == (3, 3, 1)
    assert (promotion.minimum, promotion.amount, promotion.categories) == (
        usd(2000),
        None,
        ("toys",),
    )


def test_an_amount_and_free_shipping() -> None:
    amount = made(percent=None, amount_off="5")
    shipping = made(percent=None, free_shipping=True)

    assert (amount.type, amount.amount, amount.left) == ("amount", usd(500), None)
    assert (shipping.type, shipping.rate, shipping.amount) == ("free_shipping", 0, None)


@pytest.mark.parametrize(
    "terms",
    [
        {"code": "a%b"},
        {"percent": None},
        {"amount_off": 5},
        {"free_shipping": True},
        {"percent": None, "amount_off": "0.001"},
        {"minimum": "0.001"},
        {"percent": None, "amount_off": "1e15"},
    ],
)
def test_what_is_no_promotion_is_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(BadTerms):
        made(**terms)


def test_what_is_there_already_stays_the_same() -> None:
    there = made(limit=3).but(left=1)

    assert changed(there, made(limit=3), LATER) is there


def test_time_name_and_whether_it_is_active_may_be_changed() -> None:
    there = made(limit=3).but(left=1)
    ends = NOON + timedelta(days=1)

    now = changed(there, made(limit=3, name="Ten", ends_at=ends, active=False), LATER)

    assert (now.name, now.ends_at, now.active, now.updated_at) == ("Ten", ends, False, LATER)
    assert (now.left, now.created_at) == (1, NOON)


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        ({"percent": 20}, ["rate"]),
        ({"percent": None, "amount_off": 5}, ["amount", "rate", "type"]),
        ({"limit": 4, "per_customer": 1}, ["limit", "per_customer"]),
        ({"categories": ["toys"]}, ["categories"]),
    ],
)
def test_what_shoppers_were_promised_is_never_changed(
    terms: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(TermsFixed) as refused:
        changed(made(), made(**terms), LATER)

    assert refused.value.facts == {"promo_code": "TEN", "fields": fields}
