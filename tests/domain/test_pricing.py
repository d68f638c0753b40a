"""What a cart costs."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.address import Address
from domain.cart import CartLine
from domain.discount import Offer
from domain.money import Money, total
from domain.pricing import (
    MOST_TOTAL_MINOR,
    Totals,
    TotalTooLarge,
    TotalTooSmall,
    line_total,
    price,
    subtotal_of,
)
from domain.shipping import CannotShipThere, ShippingMethod
from domain.tax import COUNTRIES, US_STATES
from tests.domain.samples import HOME, a_promotion, cart_line, usd

PLACES = st.sampled_from(
    [("US", state) for state in (*US_STATES, "NH", "")] + [(c, "") for c in (*COUNTRIES, "JP")]
)
ADDRESSES = PLACES.map(
    lambda place: HOME.model_copy(update={"country": place[0], "state": place[1]})
)
LINES = st.lists(
    st.builds(
        cart_line,
        quantity=st.integers(1, 999),
        unit_minor=st.integers(0, 5_000),
    ),
    max_size=15,
)
METHODS: st.SearchStrategy[ShippingMethod] = st.sampled_from(["standard", "express"])


def offer(code: str = "TEN", *skus: str, **terms: Any) -> Offer:
    return Offer(a_promotion(code=code, **terms), frozenset(skus or ("MUG", "CUP")))


def totals(
    lines: Sequence[CartLine], address: Address = HOME, method: ShippingMethod = "standard"
) -> Totals:
    return price(lines, "USD", address=address, method=method).totals


def test_two_mugs_and_a_cup_to_memphis() -> None:
    lines = [cart_line("MUG", 2, 1000), cart_line("CUP", 1, 250)]

    assert totals(lines) == Totals(
        currency="USD",
        subtotal=usd(2250),
        discount=usd(0),
        shipping=usd(599),
        tax=usd(158),
        total=usd(3007),
    )
    assert totals(lines).model_dump(mode="json") == {
        "currency": "USD",
        "subtotal": 22.5,
        "discount": 0.0,
        "shipping": 5.99,
        "tax": 1.58,
        "total": 30.07,
    }


def test_a_line_costs_its_pieces() -> None:
    assert line_total(cart_line(quantity=3, unit_minor=333)) == usd(999)


def test_nothing_costs_nothing() -> None:
    assert subtotal_of([], "JPY") == Money(0, "JPY")


@given(LINES, ADDRESSES, METHODS)
def test_the_parts_add_up(lines: list[CartLine], address: Address, method: ShippingMethod) -> None:
    """total = subtotal - discount + shipping + tax, whatever is bought and wherever it goes."""
    found = totals(lines, address=address, method=method)

    assert found.subtotal == usd(
        sum(each.unit_price.amount_minor * each.quantity for each in lines)
    )
    assert found.total == found.subtotal - found.discount + found.shipping + found.tax
    assert usd(0) <= found.tax <= found.subtotal
    assert Totals.model_validate_json(found.model_dump_json()) == found


@given(LINES, st.data())
def test_the_order_of_lines_does_not_count(lines: list[CartLine], data: st.DataObject) -> None:
    """The same lines in any order cost the same."""
    assert totals(data.draw(st.permutations(lines))) == totals(lines)


def test_tax_is_on_what_the_goods_cost_after_the_discount() -> None:
    lines = [cart_line("MUG", 2, 1000), cart_line("CUP", 1, 250)]
    ten = offer(rate=100_000)

    bill = price(lines, "USD", address=HOME, method="standard", offers=[ten])

    assert bill.totals == Totals(
        currency="USD",
        subtotal=usd(2250),
        discount=usd(225),
        shipping=usd(599),
        tax=usd(142),
        total=usd(2250 - 225 + 599 + 142),
    )
    assert (bill.line_discounts, bill.saved) == ((usd(200), usd(25)), {"TEN": usd(225)})


def test_without_codes_a_bill_says_nothing_of_them() -> None:
    bill = price([cart_line()], "USD", address=HOME, method="standard")

    assert (bill.line_discounts, bill.saved) == ((), {})


@pytest.mark.parametrize(
    ("method", "shipping", "saved"),
    [("standard", 0, [599, 0]), ("express", 1499, [0, 0])],
)
def test_a_code_for_free_shipping_pays_for_standard_shipping_once(
    method: ShippingMethod, shipping: int, saved: list[int]
) -> None:
    offers = [offer(code, type="free_shipping", rate=0) for code in ("ONE", "TWO")]

    bill = price([cart_line()], "USD", address=HOME, method=method, offers=offers)

    assert (bill.totals.shipping, bill.totals.discount) == (usd(shipping), usd(0))
    assert bill.saved == {"ONE": usd(saved[0]), "TWO": usd(saved[1])}


def test_codes_leave_as_much_as_can_be_charged() -> None:
    gift = offer("GIFT", "MUG", rate=1_000_000)
    offers = [gift, offer("SHIP", type="free_shipping", rate=0)]
    tax_free = HOME.model_copy(update={"state": "NH"})
    cup, mug = cart_line("CUP", 1, 50), cart_line("MUG", 2, 1000)

    def whole(*lines: CartLine) -> Totals:
        bill = price(lines, "USD", address=tax_free, method="standard", offers=offers)
        return bill.totals

    assert whole(mug, cup).total == usd(50)
    with pytest.raises(TotalTooSmall) as refusal:
        whole(mug)

    assert refusal.value.facts == {"least": 0.5, "currency": "USD"}


@given(LINES, ADDRESSES, METHODS, st.integers(1, 100), st.integers(1, 10_000))
def test_the_parts_add_up_with_codes_too(
    lines: list[CartLine], address: Address, method: ShippingMethod, percent: int, minor: int
) -> None:
    """total = subtotal - discount + shipping + tax; goods never cost less than nothing, tax never more than before."""
    amount = offer("AMOUNT", type="amount", rate=0, amount=usd(minor))
    offers = [offer(rate=percent * 10_000), amount]
    plain = totals(lines, address=address, method=method)

    with suppress(TotalTooSmall):
        bill = price(lines, "USD", address=address, method=method, offers=offers)
        found = bill.totals
        assert found.total == found.subtotal - found.discount + found.shipping + found.tax
        assert usd(0) <= found.discount <= found.subtotal
        assert usd(0) <= found.tax <= plain.tax
        assert total(bill.line_discounts, "USD") == total(bill.saved.values(), "USD")


def test_a_method_that_does_not_go_there_is_refused() -> None:
    with pytest.raises(CannotShipThere):
        totals([cart_line()], address=HOME.model_copy(update={"country": "DE"}), method="overnight")


def test_an_order_costs_at_most_what_one_payment_can_take() -> None:
    tax_free = HOME.model_copy(update={"state": "NH"})

    most = totals([cart_line(quantity=1, unit_minor=MOST_TOTAL_MINOR)], address=tax_free)
    assert most.total == usd(99_999_999)
    with pytest.raises(TotalTooLarge) as refusal:
        totals([cart_line(quantity=1, unit_minor=MOST_TOTAL_MINOR + 1)], address=tax_free)

    assert refusal.value.facts == {"limit": 999_999.99, "currency": "USD"}


def test_a_hundred_full_lines_are_summed_exactly() -> None:
    lines = [cart_line(f"S-{n}", 999, 10**13) for n in range(100)]

    assert subtotal_of(lines, "USD") == usd(999 * 10**15)
