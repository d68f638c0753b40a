"""What a cart costs."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.address import Address
from domain.cart import CartLine
from domain.money import Money
from domain.pricing import (
    MOST_TOTAL_MINOR,
    Totals,
    TotalTooLarge,
    line_total,
    price,
    subtotal_of,
)
from domain.shipping import CannotShipThere, ShippingMethod
from domain.tax import COUNTRIES, US_STATES
from tests.domain.samples import HOME, cart_line, usd

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
