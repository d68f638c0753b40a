"""What a shopper means to buy."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cart import (
    MOST_LINES,
    MOST_PIECES,
    MOST_REMEMBERED,
    Cart,
    CartClaimed,
    CartFull,
    CartLine,
    CartLineNotFound,
    Claim,
    QuantityTooLarge,
    cart_item_id,
)
from domain.pricing import subtotal_of
from domain.promotion import TooManyCodes
from tests.domain.samples import LATER, NOON, cart_line, usd

UUID_1 = "00000000-0000-0000-0000-000000000001"
UUID_2 = "00000000-0000-0000-0000-000000000002"
MUG, CUP = cart_line("MUG", 2, 1000), cart_line("CUP", 1, 250)
LINES = st.lists(
    st.builds(
        cart_line,
        st.sampled_from(["MUG", "CUP", "BOWL", "FORK"]),
        st.integers(1, MOST_PIECES),
        st.integers(0, 10_000),
    ),
    unique_by=lambda line: line.sku,
)


def a_cart(*lines: CartLine, **but: Any) -> Cart:
    whole = {"user_id": "g-1", "uuid": UUID_1, "currency": "USD", "items": lines}
    return Cart.model_validate(whole | {"created_at": NOON, "updated_at": NOON} | but)


def test_a_shopper_has_one_cart() -> None:
    assert (a_cart().id, a_cart().partition) == ("cart", "g-1")
    assert a_cart().subtotal == usd(0)


def test_lines_add_up() -> None:
    cart = a_cart().with_line(MUG, LATER).with_line(CUP, LATER)

    assert cart.items == (MUG, CUP)
    assert cart.subtotal == usd(2250)
    assert (cart.created_at, cart.updated_at) == (NOON, LATER)
    assert MUG.line_total == usd(2000)


def test_a_line_of_the_same_sku_takes_its_place() -> None:
    more = cart_line("MUG", 5, 900)

    assert a_cart(MUG, CUP).with_line(more, LATER).items == (more, CUP)


def test_a_line_is_found_by_id_and_by_sku() -> None:
    cart = a_cart(MUG, CUP)

    assert (cart.line("i-CUP"), cart.holding("MUG"), cart.holding("BOWL")) == (CUP, MUG, None)
    with pytest.raises(CartLineNotFound) as refusal:
        cart.line("i-BOWL")
    assert refusal.value.facts == {"cart_item_id": "i-BOWL"}


def test_a_line_can_be_taken_out() -> None:
    assert a_cart(MUG, CUP).without("i-MUG", LATER).items == (CUP,)
    with pytest.raises(CartLineNotFound):
        a_cart(MUG).without("i-CUP", LATER)


def test_a_cart_can_be_emptied() -> None:
    emptied = a_cart(MUG, CUP, promo_codes=("TEN",)).emptied(LATER)

    assert (emptied.items, emptied.promo_codes) == ((), ())
    assert (emptied.uuid, emptied.updated_at) == (UUID_1, LATER)


def test_a_code_lies_on_the_cart_once() -> None:
    cart = a_cart(MUG).with_code("TEN", LATER).with_code("SHIP", LATER)

    assert (cart.promo_codes, cart.updated_at) == (("TEN", "SHIP"), LATER)
    assert cart.with_code("TEN", LATER) is cart


def test_a_cart_takes_so_many_codes_and_no_more() -> None:
    full = a_cart(MUG, promo_codes=("ONE", "TWO", "THREE"))

    assert full.with_code("TWO", LATER) is full
    with pytest.raises(TooManyCodes) as refusal:
        full.with_code("FOUR", LATER)
    assert refusal.value.facts == {"limit": 3}


def test_a_code_can_be_taken_off_and_so_can_all() -> None:
    cart = a_cart(MUG, promo_codes=("ONE", "TWO"))

    assert cart.without_code("ONE", LATER).promo_codes == ("TWO",)
    assert cart.without_code("", LATER).promo_codes == ()
    assert cart.without_code("THREE", LATER) is cart


def test_codes_come_along_when_carts_are_merged_as_far_as_there_is_room() -> None:
    mine = a_cart(MUG, promo_codes=("ONE", "TWO"))
    yours = a_cart(CUP, uuid=UUID_2, promo_codes=("TWO", "THREE", "FOUR"))

    assert mine.with_all_of(yours, LATER).promo_codes == ("ONE", "TWO", "THREE")
    assert yours.gone_over(UUID_1, LATER).promo_codes == ()


def test_a_line_has_at_most_so_many_pieces() -> None:
    assert a_cart().with_line(cart_line(quantity=999), LATER).items[0].quantity == 999
    with pytest.raises(QuantityTooLarge) as refusal:
        a_cart().with_line(cart_line(quantity=1000), LATER)

    assert refusal.value.facts == {"sku": "MUG", "quantity": 1000, "limit": 999}


def test_a_full_cart_takes_no_line_more_but_changes_those_it_has() -> None:
    full = a_cart(*(cart_line(f"S-{number}", 1) for number in range(MOST_LINES)))

    assert full.with_line(cart_line("S-7", 3), LATER).line("i-S-7").quantity == 3
    with pytest.raises(CartFull) as refusal:
        full.with_line(MUG, LATER)
    assert refusal.value.facts == {"limit": 100}


def test_a_cart_that_takes_another_in_has_no_more_lines_than_the_limit_or_one_of_the_two() -> None:
    one, other = a_cart(cart_line("S-1", 1)), a_cart(cart_line("S-2", 1), cart_line("S-3", 1))
    other = other.but(uuid=str(UUID(int=2)))

    assert len(one.with_all_of(other, LATER, 3).items) == 3
    assert len(a_cart().with_all_of(other, LATER, 1).items) == 2
    with pytest.raises(CartFull) as refusal:
        one.with_all_of(other, LATER, 2)
    assert refusal.value.facts == {"limit": 2}


def test_a_lower_limit_takes_no_line_away() -> None:
    two = a_cart(cart_line("S-1", 1), cart_line("S-2", 1))

    assert len(two.with_line(cart_line("S-2", 3), LATER, 1).items) == 2
    assert len(two.with_line(MUG, LATER, 3).items) == 3
    with pytest.raises(CartFull) as refusal:
        two.with_line(MUG, LATER, 2)
    assert refusal.value.facts == {"limit": 2}


@pytest.mark.parametrize("change", ["add", "remove", "empty", "claim", "code", "no code"])
def test_nobody_changes_a_cart_while_an_order_is_made_of_it(change: str) -> None:
    claimed = a_cart(MUG).claimed("o-1", until=LATER)
    changes = {
        "add": lambda: claimed.with_line(CUP, LATER),
        "remove": lambda: claimed.without("i-MUG", LATER),
        "empty": lambda: claimed.emptied(LATER),
        "code": lambda: claimed.with_code("TEN", LATER),
        "no code": lambda: claimed.without_code("", LATER),
        "claim": lambda: claimed.claimed("o-2", until=LATER),
    }

    with pytest.raises(CartClaimed) as refusal:
        changes[change]()

    assert refusal.value.facts == {"order_id": "o-1"}
    assert refusal.value.passing


def test_a_cart_that_is_given_back_is_open_for_another_attempt() -> None:
    given_back = a_cart(MUG).claimed("o-1", until=LATER).given_back()

    assert (given_back.claim, given_back.attempt, given_back.items) == (None, 1, (MUG,))
    given_back.check_open()


def test_after_an_order_comes_another_empty_cart_that_remembers_it() -> None:
    claimed = a_cart(MUG, attempt=2, promo_codes=("TEN",)).claimed("o-1", until=NOON)

    after = claimed.closed(UUID_2, LATER)

    assert (claimed.given_back().promo_codes, after.promo_codes) == (("TEN",), ())
    assert (after.uuid, after.items, after.attempt, after.claim) == (UUID_2, (), 0, None)
    assert after.previous == Claim(order_id="o-1", until=LATER)
    assert (after.previous_uuid, after.id, after.user_id) == (UUID_1, "cart", "g-1")


def test_only_a_claimed_cart_becomes_an_order() -> None:
    with pytest.raises(AssertionError, match="only a claimed cart becomes an order"):
        a_cart(MUG).closed(UUID_2, LATER)


@given(LINES, st.data())
def test_the_order_in_which_lines_come_does_not_count(
    lines: list[CartLine], data: st.DataObject
) -> None:
    """Adding the same lines in any order, some of them twice, makes a cart of the same lines and subtotal."""
    again = data.draw(st.permutations(lines + lines[:2]))
    one, other = a_cart(), a_cart()
    for line in lines:
        one = one.with_line(line, LATER)
    for line in again:
        other = other.with_line(line, LATER)

    assert sorted(one.items, key=lambda line: line.sku) == sorted(
        other.items, key=lambda line: line.sku
    )
    assert one.subtotal == other.subtotal == subtotal_of(lines, "USD")


@given(LINES, LINES)
def test_merging_is_adding_in_either_order(mine: list[CartLine], yours: list[CartLine]) -> None:
    """Two carts of different SKUs merged into one hold the lines of both, whichever takes the other's."""
    skus = {line.sku for line in mine}
    others = [line for line in yours if line.sku not in skus]
    one, other = a_cart(*mine), a_cart(*others)
    for line in others:
        one = one.with_line(line, LATER)
    for line in mine:
        other = other.with_line(line, LATER)

    assert set(map(str, one.items)) == set(map(str, other.items))
    assert one.subtotal == other.subtotal


@given(LINES)
def test_taking_every_line_out_leaves_nothing(lines: list[CartLine]) -> None:
    """What was put in can be taken out, line by line, in any order."""
    cart = a_cart(*lines)
    for line in sorted(lines, key=lambda line: line.quantity):
        cart = cart.without(line.cart_item_id, LATER)

    assert (cart.items, cart.subtotal) == ((), usd(0))


def test_a_line_id_is_the_same_each_time_and_another_in_another_cart() -> None:
    assert cart_item_id(UUID_1, "MUG") == cart_item_id(UUID_1, "MUG")
    ids = {cart_item_id(cart, sku) for cart in (UUID_1, UUID_2) for sku in ("MUG", "CUP", "mug")}
    assert len(ids) == 6


def test_a_cart_survives_the_store() -> None:
    cart = a_cart(MUG, CUP).claimed("o-1", until=LATER + timedelta(microseconds=1))

    assert Cart.of_json(cart.json_text(), "1").document() == cart.document()


def test_a_command_is_remembered_with_the_change_it_made_and_until_its_time() -> None:
    cart = a_cart(MUG).applying("c-1", until=LATER)

    assert cart.has_applied("c-1", NOON)
    assert not cart.has_applied("c-1", LATER)
    assert not cart.has_applied("c-2", NOON)


def test_a_command_without_a_key_leaves_no_trace() -> None:
    cart = a_cart(MUG)

    assert cart.applying("", until=LATER) == cart
    assert not cart.has_applied("", NOON)


def test_a_cart_remembers_the_last_commands_only() -> None:
    cart = a_cart(MUG)
    for number in range(MOST_REMEMBERED + 1):
        cart = cart.applying(f"c-{number}", until=LATER)

    assert not cart.has_applied("c-0", NOON)
    assert all(cart.has_applied(f"c-{n + 1}", NOON) for n in range(MOST_REMEMBERED))


def test_the_next_cart_remembers_and_so_does_the_one_that_takes_another_in() -> None:
    cart = a_cart(MUG).applying("c-1", until=LATER).claimed("o-1", until=LATER)
    other = a_cart(CUP, uuid=UUID_2).applying("c-2", until=LATER)

    following = cart.closed(UUID_2, LATER)
    merged = a_cart(MUG).applying("c-1", until=LATER).with_all_of(other, LATER)

    assert following.has_applied("c-1", NOON)
    assert merged.has_applied("c-1", NOON)
    assert merged.has_applied("c-2", NOON)
    assert other.gone_over(UUID_1, LATER).has_applied("c-2", NOON)
