"""A person's address book."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.address import Address
from domain.address_book import (
    MOST_ADDRESSES,
    AddressBook,
    AddressNotFound,
    AddressType,
    BookFull,
    SavedAddress,
    check_version,
)
from domain.errors import PreconditionFailed
from tests.domain.samples import HOME, LATER, NOON

WORK = HOME.model_copy(update={"line1": "2 Side Street"})
EMPTY = AddressBook(user_id="u-1")


def saved(id: str, type_: AddressType = "shipping", address: Address = HOME) -> SavedAddress:
    return SavedAddress(id=id, type=type_, address=address, created_at=NOON, updated_at=NOON)


def book(**types: AddressType) -> AddressBook:
    return AddressBook(user_id="u-1", addresses=tuple(saved(id, t) for id, t in types.items()))


def ids(book: AddressBook) -> list[str]:
    return [one.id for one in book.addresses]


def defaults(book: AddressBook) -> dict[str, str]:
    return {one.type: one.id for one in book.addresses if book.is_default(one)}


def test_the_first_of_each_type_is_the_default() -> None:
    assert defaults(book(a="shipping", b="billing", c="shipping", d="billing")) == {
        "shipping": "a",
        "billing": "b",
    }
    assert defaults(EMPTY) == {}


def test_a_new_address_comes_last() -> None:
    assert ids(book(a="shipping").with_new(saved("b"))) == ["a", "b"]


def test_a_book_has_twenty_addresses_at_most() -> None:
    full = EMPTY.but(addresses=tuple(saved(f"a{number}") for number in range(MOST_ADDRESSES)))

    with pytest.raises(BookFull) as refusal:
        full.with_new(saved("one more"))

    assert refusal.value.facts == {"limit": 20}
    assert ids(full.without("a0").with_new(saved("b")))[-1] == "b"


def test_the_default_takes_the_first_place() -> None:
    preferred = book(a="shipping", b="billing", c="shipping").preferring("c")

    assert ids(preferred) == ["c", "a", "b"]
    assert defaults(preferred) == {"shipping": "c", "billing": "b"}


def test_the_next_of_its_type_follows_a_default_that_is_removed() -> None:
    assert defaults(book(a="shipping", b="billing", c="shipping").without("a")) == {
        "shipping": "c",
        "billing": "b",
    }


def test_a_change_keeps_place_and_birth_and_counts() -> None:
    before = book(a="shipping", b="shipping")

    after = before.changed(before.address("a"), WORK, "shipping", LATER)

    assert after.addresses == (
        SavedAddress(
            id="a", type="shipping", address=WORK, version=2, created_at=NOON, updated_at=LATER
        ),
        before.addresses[1],
    )


def test_who_changes_its_type_is_the_last_of_the_new_one() -> None:
    before = book(a="shipping", b="billing", c="shipping")

    after = before.changed(before.address("a"), HOME, "billing", LATER)

    assert ids(after) == ["b", "c", "a"]
    assert defaults(after) == {"billing": "b", "shipping": "c"}


@pytest.mark.parametrize(
    "asked",
    [
        lambda book: book.address("x"),
        lambda book: book.without("x"),
        lambda book: book.preferring("x"),
    ],
)
def test_an_unknown_address_is_named(asked: Callable[[AddressBook], Any]) -> None:
    with pytest.raises(AddressNotFound) as refusal:
        asked(book(a="shipping"))

    assert refusal.value.facts == {"address_id": "x"}


def test_the_same_address_for_the_same_use_is_found_again() -> None:
    found = book(a="shipping", b="billing").saying(HOME, "billing")

    assert found is not None
    assert found.id == "b"
    assert book(a="shipping").saying(HOME, "billing") is None
    assert book(a="shipping").saying(WORK, "shipping") is None


def test_the_entity_tag_tells_what_it_says_and_how_often_that_changed() -> None:
    one = saved("a")
    others = [
        one.model_copy(update={"version": 2}),
        one.model_copy(update={"type": "billing"}),
        one.model_copy(update={"address": WORK}),
    ]

    assert one.etag == saved("b").etag
    assert one.etag.startswith('"1-')
    assert len({one.etag, *(other.etag for other in others)}) == 4


@pytest.mark.parametrize("expected", [None, frozenset({1}), frozenset({7, 1})])
def test_a_version_that_was_read_may_be_changed(expected: frozenset[int] | None) -> None:
    check_version(saved("a"), expected)


@pytest.mark.parametrize("expected", [frozenset[int](), frozenset({2})])
def test_another_version_is_refused(expected: frozenset[int]) -> None:
    with pytest.raises(PreconditionFailed) as refusal:
        check_version(saved("a"), expected)

    assert refusal.value.facts == {"address_id": "a", "version": 1}


TYPES = st.sampled_from(["shipping", "billing"])
DEEDS = st.tuples(st.sampled_from(["add", "change", "remove", "prefer"]), st.integers(0, 24), TYPES)


def after(book: AddressBook, deed: tuple[str, int, AddressType], number: int) -> AddressBook:
    """The book after the deed, to the address of that place; a deed to none of them adds one."""
    verb, place, type_ = deed
    if verb == "add" or not book.addresses:
        return book.with_new(saved(f"n{number}", type_))
    one = book.addresses[place % len(book.addresses)]
    if verb == "change":
        return book.changed(one, WORK, type_, NOON + timedelta(seconds=number))
    return book.without(one.id) if verb == "remove" else book.preferring(one.id)


@given(st.lists(DEEDS, max_size=60))
def test_whatever_is_done_each_type_that_is_there_has_exactly_one_default(
    deeds: list[tuple[str, int, AddressType]],
) -> None:
    book = EMPTY
    for number, deed in enumerate(deeds):
        try:
            book = after(book, deed, number)
        except BookFull:
            assert len(book.addresses) == MOST_ADDRESSES
        chosen = [one.type for one in book.addresses if book.is_default(one)]
        assert sorted(chosen) == sorted({one.type for one in book.addresses})
        assert len(set(ids(book))) == len(book.addresses) <= MOST_ADDRESSES


@given(st.lists(DEEDS, max_size=30), st.integers(0, 24))
def test_making_a_default_loses_nothing_and_twice_is_once(
    deeds: list[tuple[str, int, AddressType]], place: int
) -> None:
    book = EMPTY
    for number, deed in enumerate(deeds[: MOST_ADDRESSES - 1]):
        book = after(book, deed, number)
    book = book.with_new(saved("last"))
    one = book.addresses[place % len(book.addresses)]

    preferred = book.preferring(one.id)

    assert preferred.is_default(preferred.address(one.id))
    assert sorted(ids(preferred)) == sorted(ids(book))
    assert preferred.preferring(one.id) == preferred
