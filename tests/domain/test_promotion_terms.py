"""A promotion as people write it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.promotion import Promotion
from domain.promotion_terms import (
    BadTerms,
    LimitBelowUses,
    PromotionChange,
    PromotionTerms,
    TermsFixed,
    changed,
    is_same,
    promotion_of,
    revised,
)
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


def revision(**news: Any) -> PromotionChange:
    return PromotionChange.model_validate(news)


@given(st.integers(1, 20), st.data())
def test_a_limit_never_falls_below_its_uses_and_no_use_is_lost(
    limit: int, data: st.DataObject
) -> None:
    """Whatever limit is wanted, the uses stay what they were, or it is refused."""
    left = data.draw(st.integers(0, limit))
    wanted = data.draw(st.integers(1, 25))
    there = made(limit=limit).but(left=left)

    if wanted < limit - left:
        with pytest.raises(LimitBelowUses):
            revised(there, revision(limit=wanted), LATER)
        return
    now = revised(there, revision(limit=wanted), LATER)
    assert (now.limit, now.used) == (wanted, limit - left)
    assert now.left is not None
    assert now.left >= 0


def test_what_is_left_out_of_a_change_stays() -> None:
    there = made(name="Ten", limit=3, starts_at=NOON, ends_at=LATER).but(left=1)

    stopped = revised(there, revision(active=False), LATER)

    assert stopped == there.but(active=False, updated_at=LATER, revision=2)
    assert revised(stopped, revision(active=False, limit=3), LATER) is stopped
    assert revised(there, revision(ends_at=None), LATER).ends_at is None


def test_uses_that_were_not_counted_cannot_be_limited() -> None:
    with pytest.raises(TermsFixed):
        revised(made(), revision(limit=5), LATER)
    with pytest.raises(TermsFixed):
        revised(made(limit=5), revision(limit=None), LATER)
    assert revised(made(), revision(limit=None, name="x"), LATER).limit is None


def test_a_promotion_ends_after_it_starts() -> None:
    with pytest.raises(BadTerms):
        made(starts_at=LATER, ends_at=NOON)
    with pytest.raises(BadTerms):
        revised(made(starts_at=LATER), revision(ends_at=LATER), LATER)


def test_the_same_offer_is_the_same_however_often_it_was_used() -> None:
    there = made(limit=3)

    assert is_same(there.but(left=1, revision=4), made(limit=3))
    assert not is_same(there, made(limit=4))
    assert not is_same(there, made(limit=3, active=False))
