"""The cards that a person keeps at the card network: their ids there, and what may be shown of them.

The card that stands first is the default. Numbers and security codes never reach the shop.
"""

from datetime import datetime
from typing import ClassVar, Final, Self

from domain.entity import Audited, Value
from domain.errors import NotFound, RuleBroken

WALLET_ID: Final = "wallet"
MOST_CARDS: Final = 20


class CardNotFound(NotFound):
    """There is no such card, or it is not the caller's."""

    code = "PAYMENT_METHOD_NOT_FOUND"
    message = "There is no such payment method of yours."


class WalletFull(RuleBroken):
    """There are as many cards as the shop keeps for one person."""

    code = "PAYMENT_METHOD_LIMIT"
    message = "You have saved as many payment methods as we keep; remove one first."


class SavedCard(Value):
    """A card at the network. ``method_id`` is its id there, ``billing_address_id`` one of the address book."""

    id: str
    method_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    billing_address_id: str = ""
    created_at: datetime


class Wallet(Audited):
    """A person's cards, and who the person is at the network.

    ``customers`` counts the network's customers that were made for the person, ``removals`` the cards that
    were taken out: keys are derived from them, so that no answer of an earlier life is repeated. ``leaving`` are
    customers whom the network shall forget.
    """

    kind: ClassVar[str] = "wallet"
    container: ClassVar[str] = "PaymentMethods"
    partition_field: ClassVar[str] = "user_id"
    personal: ClassVar[frozenset[str]] = frozenset({"cards"})

    id: str = WALLET_ID
    user_id: str
    customer_id: str = ""
    customers: int = 0
    removals: int = 0
    cards: tuple[SavedCard, ...] = ()
    leaving: tuple[str, ...] = ()

    def card(self, id: str) -> SavedCard:
        """The card with that id. Raises ``CardNotFound``."""
        found = next((one for one in self.cards if one.id == id), None)
        if found is None:
            raise CardNotFound(payment_method_id=id)
        return found

    def card_of(self, method_id: str) -> SavedCard | None:
        """The card that the network calls so."""
        return next((one for one in self.cards if one.method_id == method_id), None)

    def is_default(self, one: SavedCard) -> bool:
        """Whether it is the first."""
        return one.id == self.cards[0].id

    def known_as(self, customer_id: str) -> Self:
        """The wallet of somebody who is a customer of the network from now on."""
        return self.but(customer_id=customer_id, customers=self.customers + 1)

    def check_room(self) -> None:
        """Raise ``WalletFull`` where no card more is kept."""
        if len(self.cards) >= MOST_CARDS:
            raise WalletFull(limit=MOST_CARDS)

    def with_card(self, one: SavedCard) -> Self:
        """The wallet with one card more, the last. Raises ``WalletFull``."""
        self.check_room()
        return self.but(cards=(*self.cards, one))

    def preferring(self, id: str) -> Self:
        """The wallet with this card as the default. Raises ``CardNotFound``."""
        one = self.card(id)
        return self.but(cards=(one, *self._others(one)))

    def without(self, id: str) -> Self:
        """The wallet without the card; the next one is the default. Raises ``CardNotFound``."""
        return self.but(cards=self._others(self.card(id)), removals=self.removals + 1)

    def emptied(self) -> Self:
        """The wallet of nobody: the network shall forget the customer, and every card with it."""
        leaving = (*self.leaving, self.customer_id) if self.customer_id else self.leaving
        return self.but(customer_id="", cards=(), leaving=leaving)

    def forgotten(self) -> Self:
        """The wallet after the network has forgotten who was leaving."""
        return self.but(leaving=())

    def _others(self, one: SavedCard) -> tuple[SavedCard, ...]:
        return tuple(other for other in self.cards if other.id != one.id)
