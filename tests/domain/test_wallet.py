"""The cards that a person keeps at the card network."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.address_book import AddressBook
from domain.containers import PARTITION_KEYS
from domain.wallet import MOST_CARDS, CardNotFound, SavedCard, Wallet, WalletFull
from tests.domain.samples import NOON

EMPTY = Wallet(user_id="u-1")


def card(id: str) -> SavedCard:
    return SavedCard(
        id=id,
        method_id=f"pm_{id}",
        brand="visa",
        last4="4242",
        exp_month=12,
        exp_year=2034,
        created_at=NOON,
    )


def wallet(*ids: str) -> Wallet:
    return Wallet(user_id="u-1", customer_id="cus_1", customers=1, cards=tuple(map(card, ids)))


def ids(wallet: Wallet) -> list[str]:
    return [one.id for one in wallet.cards]


def test_the_first_card_is_the_default() -> None:
    two = EMPTY.with_card(card("a")).with_card(card("b"))

    assert ids(two) == ["a", "b"]
    assert [two.is_default(one) for one in two.cards] == [True, False]


def test_the_default_takes_the_first_place_and_the_others_keep_their_order() -> None:
    assert ids(wallet("a", "b", "c").preferring("c")) == ["c", "a", "b"]


def test_a_card_that_is_taken_out_is_counted() -> None:
    left = wallet("a", "b").without("a")

    assert (ids(left), left.removals) == (["b"], 1)


def test_a_wallet_has_twenty_cards_at_most() -> None:
    full = wallet(*(f"c{number}" for number in range(MOST_CARDS)))

    with pytest.raises(WalletFull) as refusal:
        full.with_card(card("one more"))

    assert refusal.value.facts == {"limit": 20}
    full.without("c3").check_room()


@pytest.mark.parametrize(
    "asked",
    [
        lambda wallet: wallet.card("x"),
        lambda wallet: wallet.without("x"),
        lambda wallet: wallet.preferring("x"),
    ],
)
def test_an_unknown_card_is_named(asked: Callable[[Wallet], Any]) -> None:
    with pytest.raises(CardNotFound) as refusal:
        asked(wallet("a"))

    assert refusal.value.facts == {"payment_method_id": "x"}


def test_a_card_is_found_by_what_the_network_calls_it() -> None:
    assert wallet("a", "b").card_of("pm_b") == card("b")
    assert wallet("a").card_of("pm_b") is None


def test_each_customer_that_is_made_is_counted() -> None:
    known = EMPTY.known_as("cus_1")

    assert (known.customer_id, known.customers) == ("cus_1", 1)


def test_who_leaves_takes_every_card_along_and_the_network_is_still_to_be_told() -> None:
    left = wallet("a", "b").without("a").emptied()

    assert (left.customer_id, left.cards, left.leaving) == ("", (), ("cus_1",))
    assert (left.customers, left.removals) == (1, 1)
    assert left.emptied() == left
    assert left.known_as("cus_2").emptied().leaving == ("cus_1", "cus_2")
    assert left.forgotten().leaving == ()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=30))
def test_whatever_is_done_a_wallet_with_cards_has_exactly_one_default(
    deeds: list[tuple[bool, int]],
) -> None:
    kept = wallet()
    for number, (prefers, place) in enumerate(deeds):
        kept = kept.with_card(card(f"n{number}")) if len(kept.cards) < MOST_CARDS else kept
        one = kept.cards[place % len(kept.cards)]
        kept = kept.preferring(one.id) if prefers else kept.without(one.id)
        assert sum(map(kept.is_default, kept.cards)) == min(1, len(kept.cards))


def test_cards_are_audited_and_hidden_there_and_addresses_are_not() -> None:
    assert (Wallet.container, Wallet.audited) == ("PaymentMethods", True)
    assert Wallet.personal == {"cards"}
    assert (AddressBook.container, AddressBook.audited) == ("Addresses", False)
    for kind in (Wallet, AddressBook):
        assert kind.partition_field == PARTITION_KEYS[kind.container] == "user_id"
