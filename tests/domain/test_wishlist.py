"""A person's wishlist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.containers import PARTITION_KEYS
from domain.wishlist import MOST_WISHES, Wish, Wishlist, WishlistFull, WishNotFound
from tests.domain.samples import LATER, NOON

EMPTY = Wishlist(user_id="u-1")


def wish(product_id: str, variant_id: str = "") -> Wish:
    return Wish(product_id=product_id, variant_id=variant_id, name=product_id, added_at=NOON)


def wishlist(*product_ids: str) -> Wishlist:
    return Wishlist(user_id="u-1", wishes=tuple(map(wish, product_ids)))


def ids(wishlist: Wishlist) -> list[str]:
    return [one.product_id for one in wishlist.wishes]


def test_the_newest_wish_stands_in_front() -> None:
    assert ids(wishlist("a", "b").wishing(wish("c"))) == ["c", "a", "b"]


def test_a_wish_that_is_there_changes_nothing() -> None:
    there = wishlist("a", "b")

    assert there.wishing(wish("b").model_copy(update={"added_at": LATER})) is there


def test_another_variant_takes_the_place_of_the_one_that_was_named() -> None:
    changed = wishlist("a", "b").wishing(wish("b", "v-2"))

    assert changed.wishes == (wish("a"), wish("b", "v-2"))
    assert changed.wishing(wish("b")).wishes == (wish("a"), wish("b"))


def test_a_full_list_takes_no_more_and_still_changes_variants() -> None:
    full = wishlist(*map(str, range(MOST_WISHES)))

    with pytest.raises(WishlistFull) as refusal:
        full.wishing(wish("x"))

    assert refusal.value.facts == {"limit": 50}
    assert full.wishing(wish("7", "v-1")).wish("7").variant_id == "v-1"


def test_a_product_is_taken_off_once() -> None:
    left = wishlist("a", "b").without("a")

    assert ids(left) == ["b"]
    with pytest.raises(WishNotFound):
        left.without("a")
    with pytest.raises(WishNotFound):
        left.wish("a")


def test_it_lies_beside_the_record_of_its_person() -> None:
    assert (Wishlist.container, PARTITION_KEYS["Users"]) == ("Users", Wishlist.partition_field)
    assert (EMPTY.id, EMPTY.partition) == ("wishlist", "u-1")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc"), st.sampled_from(("", "v")))))
def test_a_product_stands_there_once_whatever_is_done(deeds: list[tuple[bool, str, str]]) -> None:
    """No order of wishes and removals makes two entries of one product, or loses one."""
    now, expected = EMPTY, dict[str, str]()
    for is_wish, product, variant in deeds:
        if is_wish:
            now, expected[product] = now.wishing(wish(product, variant)), variant
        elif expected.pop(product, None) is not None:
            now = now.without(product)

    assert len(now.wishes) == len(expected)
    assert {one.product_id: one.variant_id for one in now.wishes} == expected
