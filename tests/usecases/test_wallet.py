"""What people do with the cards that they keep."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.embedded.card_wallets import CUSTOMERS, METHODS
from domain.access import Caller, Role
from domain.address_book import AddressNotFound
from domain.wallet import CardNotFound, Wallet, WalletFull
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import ADDRESS, GUEST, Bench, open_bench
from usecases.address_book import list_addresses
from usecases.wallet import (
    CardNotSaved,
    CardView,
    SaveCard,
    list_cards,
    prefer_card,
    remove_card,
    save_card,
    wallet_of,
)

CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)
OTHER = Caller(user_id="u-2", role=Role.CUSTOMER, trace=GUEST.trace)
BILLING: dict[str, Any] = {"billing_address": ADDRESS}


async def saved(
    bench: Bench, card: str = "pm_card_visa", who: Caller = CUSTOMER, **more: Any
) -> CardView:
    return await save_card(bench.shop, who, SaveCard(stripe_token=card, **more))


async def kept(bench: Bench, who: Caller = CUSTOMER) -> list[tuple[str, bool]]:
    """The last digits of each card, and whether it is the default."""
    return [(one.last4, one.is_default) for one in (await list_cards(bench.shop, who)).items]


async def at_the_network(bench: Bench) -> dict[str, list[str]]:
    """What the network holds: each customer's attached cards."""
    rows = await bench.vault.look(lambda records: records.oldest(METHODS, 100))
    customers = await bench.vault.look(lambda records: records.oldest(CUSTOMERS, 100))
    cards = [(record["customer"], id) for id, record in rows]
    return {customer: [id for whose, id in cards if whose == customer] for customer, _ in customers}


async def test_a_card_is_kept_with_what_may_be_shown_of_it() -> None:
    bench = open_bench()

    view = await saved(bench)

    assert view.model_dump() == {
        "id": view.id,
        "payment_method_id": view.id,
        "user_id": "u-1",
        "type": "credit_card",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": 2034,
        "billing_address_id": "",
        "is_default": True,
        "created_at": bench.clock.now(),
    }
    assert (await list_cards(bench.shop, CUSTOMER)).items == (view,)
    (wallet,) = bench.documents(Wallet)
    assert await at_the_network(bench) == {wallet.customer_id: [wallet.cards[0].method_id]}


async def test_nothing_else_of_a_card_is_written() -> None:
    bench = open_bench()
    await saved(bench)

    (wallet,) = bench.documents(Wallet)

    assert wallet.cards[0].model_dump().keys() == {
        "id",
        "method_id",
        "brand",
        "last4",
        "exp_month",
        "exp_year",
        "billing_address_id",
        "created_at",
    }


async def test_a_person_is_one_customer_of_the_network() -> None:
    bench = open_bench()
    await saved(bench)
    await saved(bench, "tok_mastercard")
    await saved(bench, who=OTHER)

    assert [len(cards) for cards in (await at_the_network(bench)).values()] == [2, 1]
    assert await kept(bench) == [("4242", True), ("4444", False)]


async def test_one_token_is_one_card() -> None:
    bench = open_bench()
    first = await saved(bench)
    before = bench.state()

    assert await saved(bench) == first

    assert bench.state() == before


async def test_the_networks_own_id_of_a_card_that_is_kept_asks_nobody() -> None:
    bench = open_bench()
    first = await saved(bench)
    (wallet,) = bench.documents(Wallet)
    before = bench.state()

    assert await saved(bench, wallet.cards[0].method_id) == first

    assert bench.state() == before


async def test_the_default_may_be_chosen_with_the_card_and_later() -> None:
    bench = open_bench()
    first = await saved(bench)
    second = await saved(bench, "tok_mastercard", is_default=True)
    assert (second.is_default, await kept(bench)) == (True, [("4444", True), ("4242", False)])

    preferred = await prefer_card(bench.shop, CUSTOMER, first.id)

    assert (preferred.is_default, await kept(bench)) == (True, [("4242", True), ("4444", False)])
    before = bench.state()
    assert await prefer_card(bench.shop, CUSTOMER, first.id) == preferred
    assert bench.state() == before


async def test_a_card_that_is_kept_becomes_the_default_when_it_is_saved_so() -> None:
    bench = open_bench()
    await saved(bench)
    second = await saved(bench, "tok_mastercard")

    again = await saved(bench, "tok_mastercard", is_default=True)

    assert (again.id, again.is_default) == (second.id, True)


async def test_a_billing_address_enters_the_address_book_once() -> None:
    bench = open_bench()
    first = await saved(bench, **BILLING)
    second = await saved(bench, "tok_mastercard", **BILLING)
    third = await saved(
        bench, "pm_card_authenticationRequired", billing_address_id=first.billing_address_id
    )

    (address,) = (await list_addresses(bench.shop, CUSTOMER)).items
    assert (address.type, address.line1) == ("billing", ADDRESS.line1)
    assert {address.id} == {one.billing_address_id for one in (first, second, third)}


async def test_a_billing_address_that_is_not_ones_own_saves_nothing() -> None:
    bench = open_bench()
    theirs = (await saved(bench, who=OTHER, **BILLING)).billing_address_id
    before = bench.state()

    with pytest.raises(AddressNotFound):
        await saved(bench, billing_address_id=theirs)

    assert bench.state() == before


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("pm_unknown", "resource_missing"),
        ("pm_card_chargeDeclined", "card_declined"),
        ("tok_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
async def test_what_the_network_does_not_keep_is_not_kept(token: str, reason: str) -> None:
    bench = open_bench()

    with pytest.raises(CardNotSaved) as refusal:
        await saved(bench, token)

    assert refusal.value.facts == {"reason": reason}
    assert await kept(bench) == []


async def test_a_card_of_somebody_else_is_neither_saved_nor_touched() -> None:
    bench = open_bench()
    theirs = await saved(bench, who=OTHER)
    (wallet,) = bench.documents(Wallet)
    await saved(bench, "tok_mastercard")
    before = bench.state()

    with pytest.raises(CardNotFound):
        await prefer_card(bench.shop, CUSTOMER, theirs.id)
    with pytest.raises(CardNotFound):
        await remove_card(bench.shop, CUSTOMER, theirs.id)
    assert bench.state() == before
    with pytest.raises(CardNotSaved):
        await saved(bench, wallet.cards[0].method_id)
    assert await kept(bench) == [("4444", True)]
    assert await kept(bench, OTHER) == [("4242", True)]


async def test_a_card_that_is_removed_is_detached() -> None:
    bench = open_bench()
    first = await saved(bench)
    await saved(bench, "tok_mastercard")

    await remove_card(bench.shop, CUSTOMER, first.id)

    assert await kept(bench) == [("4444", True)]
    assert [len(cards) for cards in (await at_the_network(bench)).values()] == [1]
    before = bench.state()
    with pytest.raises(CardNotFound):
        await remove_card(bench.shop, CUSTOMER, first.id)
    assert bench.state() == before


async def test_a_card_that_was_removed_may_be_saved_again() -> None:
    bench = open_bench()
    first = await saved(bench)
    await remove_card(bench.shop, CUSTOMER, first.id)

    second = await saved(bench)

    assert second.id != first.id
    (wallet,) = bench.documents(Wallet)
    assert await at_the_network(bench) == {wallet.customer_id: [wallet.cards[0].method_id]}


async def test_a_full_wallet_takes_no_more_and_asks_nobody() -> None:
    bench = open_bench()
    await saved(bench)
    (wallet,) = bench.documents(Wallet)
    cards = tuple(
        wallet.cards[0].model_copy(update={"id": f"c{n}", "method_id": f"pm_{n}"})
        for n in range(20)
    )
    await bench.put(wallet.but(cards=cards))
    before = bench.state()

    with pytest.raises(WalletFull):
        await saved(bench, "tok_mastercard")

    assert bench.state() == before


async def test_two_who_save_the_first_card_at_once_are_one_customer_with_two_cards() -> None:
    bench = open_bench()
    shop = meddled(bench, {1: lambda: saved(bench, "tok_mastercard")})

    await save_card(shop, CUSTOMER, SaveCard(stripe_token="pm_card_visa"))

    assert await kept(bench) == [("4444", True), ("4242", False)]
    assert [len(cards) for cards in (await at_the_network(bench)).values()] == [2]


async def test_nobody_has_a_wallet_before_a_card_is_saved() -> None:
    bench = open_bench()

    assert await kept(bench) == []
    assert (await wallet_of(bench.shop, "u-1")).version is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"stripe_token": "4242424242424242"},
        {"stripe_token": "pm_card_visa", "cvc": "123"},
        {"stripe_token": "pm_card_visa", "card": {"number": "4242424242424242"}},
        {"stripe_token": "pm_card_visa", "nickname": "mine"},
        {"stripe_token": "pm_card_visa", "billing_address_id": "a", **BILLING},
    ],
)
def test_card_data_and_what_is_not_understood_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SaveCard.model_validate(fields)
