"""Address books and cards while the store fails in every way it can: kept once, changed once, gone for good."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from adapters.counting import CountingStore
from adapters.embedded.card_wallets import CUSTOMERS, METHODS
from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.ids import SystemIds
from adapters.embedded.world import MemoryVault
from domain.access import Caller, Role, Trace
from domain.errors import NotFound
from tests.adapters.cosmos.peers import Peer, opened, ours_only
from tests.adapters.cosmos.test_orders_under_faults import FAULTS, MOST_TRIES
from tests.adapters.store_kinds import StillClock
from tests.proofs.tickets import STAFF, user_of
from tests.usecases.catalog_shop import open_shop
from tests.usecases.shop_fixtures import ADDRESS
from usecases.address_book import (
    SaveAddress,
    add_address,
    change_address,
    list_addresses,
    prefer_address,
    remove_address,
)
from usecases.erasing import forget_belongings
from usecases.ports.store import Change, StoreBusy
from usecases.shop import Shop
from usecases.users import find_user
from usecases.wallet import SaveCard, list_cards, prefer_card, remove_card, save_card

pytestmark = ours_only

PEOPLE = 8


@dataclass
class Trial:
    """A shop whose store fails now and then, by dice."""

    shop: Shop
    peer: Peer
    vault: MemoryVault
    dice: random.Random

    async def insist(self, asks: Callable[[], Awaitable[Any]]) -> Any:
        """Ask until the store answers, as a client does; what is gone the second time is gone."""
        for tries in range(MOST_TRIES):
            if self.dice.random() < 0.6:
                self.peer.emulator.faults.set(self.dice.choice(FAULTS))
            try:
                return await asks()
            except StoreBusy:
                continue
            except NotFound:
                assert tries > 0, "not found at the first try"
                return None
        raise AssertionError("the store never answers")


@pytest.fixture
async def trial(clock: StillClock) -> AsyncIterator[Trial]:
    async with opened(clock, containers=True) as peer:
        peer.emulator.lags = False  # a lost answer costs the session its token
        vault = MemoryVault()
        payments = EmbeddedPayments(vault, clock, CardSettings("whsec_test"))
        ends: dict[str, Any] = {
            "store": CountingStore(peer.store),
            "payments": payments,
            "ids": SystemIds(),
        }
        yield Trial(replace(open_shop(), clock=clock, **ends), peer, vault, random.Random(5))


def customer(number: int) -> Caller:
    return Caller(f"u-{number}", Role.CUSTOMER, Trace("c", "r"))


def saying(street: str) -> SaveAddress:
    return SaveAddress(**ADDRESS.model_dump() | {"line1": street})


async def lives(trial: Trial, who: Caller) -> None:
    """Three addresses and three cards; of each the second is preferred, the first goes."""
    shop, insist = trial.shop, trial.insist
    ids = [(await insist(partial(add_address, shop, who, saying(one)))).id for one in "abc"]
    await insist(partial(change_address, shop, who, ids[2], saying("d"), frozenset({1})))
    await insist(partial(prefer_address, shop, who, ids[1]))
    await insist(partial(remove_address, shop, who, ids[0]))
    tokens = ("tok_visa", "tok_mastercard", "tok_authenticationRequired")
    saving = [SaveCard(stripe_token=one) for one in tokens]
    cards = [(await insist(partial(save_card, shop, who, one))).id for one in saving]
    await insist(partial(prefer_card, shop, who, cards[1]))
    await insist(partial(remove_card, shop, who, cards[0]))


async def test_everything_ends_as_if_nothing_had_failed(trial: Trial) -> None:
    for number in range(PEOPLE):
        await lives(trial, customer(number))
    trial.peer.emulator.faults.clear()

    for number in range(PEOPLE):
        book = (await list_addresses(trial.shop, customer(number))).items
        cards = (await list_cards(trial.shop, customer(number))).items
        assert [(one.line1, one.is_default) for one in book] == [("b", True), ("d", False)]
        assert [(one.last4, one.is_default) for one in cards] == [("4444", True), ("3184", False)]
    assert await attached(trial) == (PEOPLE, 2 * PEOPLE)


async def attached(trial: Trial) -> tuple[int, int]:
    """How many customers the network knows, and how many cards are somebody's."""
    customers = await trial.vault.look(lambda records: records.oldest(CUSTOMERS, 99))
    cards = await trial.vault.look(lambda records: records.oldest(METHODS, 99))
    return len(customers), sum(record["customer"] != "" for _, record in cards)


async def test_the_belongings_of_who_has_left_go_all_the_same(trial: Trial) -> None:
    shop, who = trial.shop, customer(0)
    await shop.store.commit(Change(by=STAFF, puts=(user_of("u-0", "customer"),)))
    await lives(trial, who)
    left = (await find_user(shop, "u-0")).erased(shop.clock.now())
    await shop.store.commit(Change(by=STAFF, puts=(left,)))

    await trial.insist(lambda: forget_belongings(shop, STAFF, "u-0"))
    trial.peer.emulator.faults.clear()

    assert (await list_addresses(shop, who)).items == ()
    assert (await list_cards(shop, who)).items == ()
    assert await attached(trial) == (0, 0)
