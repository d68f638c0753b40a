"""What people do with the cards that they keep at the card network.

The network is asked first and the wallet written next, each under a key that follows from the wallet: whoever
comes again after a crash finds at the network what was done there.
"""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final

from pydantic import Field, model_validator

from domain.access import Caller
from domain.address import Address
from domain.card_data import CardToken, refuse_card_data
from domain.entity import Command
from domain.errors import RuleBroken
from domain.model import View
from domain.wallet import WALLET_ID, SavedCard, Wallet
from usecases.address_book import SaveAddress, add_address, book_of
from usecases.again import again
from usecases.limiting import spend
from usecases.ports.payments import Declined, PaymentMethod
from usecases.ports.store import Change
from usecases.shop import Shop

type Id = Annotated[str, Field(min_length=1, max_length=64)]

CARD: Final = "credit_card"
"""What kind of payment method it is, in the plan's words; the shop knows no other."""


class CardNotSaved(RuleBroken):
    """The network keeps no such card; ``reason`` is its decline or error code."""

    code = "CARD_NOT_SAVED"
    message = "The card could not be saved."


class SaveCard(Command):
    """Keep a card by the token that the network's own form gave the browser; card data is refused.

    ``billing_address`` enters the address book, unless it is there already.
    """

    stripe_token: CardToken
    billing_address: Address | None = None
    billing_address_id: Id | None = None
    is_default: bool = False

    @model_validator(mode="before")
    @classmethod
    def _no_card_data(cls, fields: object) -> object:
        return refuse_card_data(fields)

    @model_validator(mode="after")
    def _one_address(self) -> "SaveCard":
        if self.billing_address is not None and self.billing_address_id is not None:
            raise ValueError("billing_address or billing_address_id, not both")
        return self


class CardView(View):
    """A saved card as its owner sees it."""

    id: str
    payment_method_id: str
    user_id: str
    type: str = CARD
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    billing_address_id: str
    is_default: bool
    created_at: datetime


class CardViews(View):
    """All cards, in one page; the first is the default."""

    items: tuple[CardView, ...]


async def list_cards(shop: Shop, who: Caller) -> CardViews:
    """The caller's cards; one read, and the network is not asked."""
    wallet = await wallet_of(shop, who.user_id)
    return CardViews(items=tuple(_view(wallet, one) for one in wallet.cards))


async def save_card(shop: Shop, who: Caller, command: SaveCard) -> CardView:
    """Keep a card. Safe to repeat: one token is one card, also after a crash at any point.

    It is limited, since thieves try out stolen cards so. Raises ``TooMany``, ``AddressNotFound``, ``BookFull``,
    ``WalletFull``, ``CardNotSaved``.
    """
    await spend(shop, who, "card")
    billing_address_id = await _billing(shop, who, command)
    id = shop.ids.new()

    async def step() -> CardView:
        wallet = await wallet_of(shop, who.user_id)
        card = wallet.card_of(command.stripe_token)
        if card is None:
            wallet = await _with_customer(shop, who, wallet)
            method = await _attached(shop, wallet, command.stripe_token)
            fresh = _card(id, method, billing_address_id, shop.clock.now())
            card = wallet.card_of(method.id) or fresh
        return await _kept(shop, who, wallet, card, is_default=command.is_default)

    return await again(shop, step)


async def prefer_card(shop: Shop, who: Caller, id: str) -> CardView:
    """Make a card the default, in the place of the one that was. Raises ``CardNotFound``."""

    async def step() -> CardView:
        wallet = await wallet_of(shop, who.user_id)
        card = wallet.card(id)
        if not wallet.is_default(card):
            wallet = await _written(shop, who, wallet.preferring(id))
        return _view(wallet, card)

    return await again(shop, step)


async def remove_card(shop: Shop, who: Caller, id: str) -> None:
    """Detach a card and take it out. What it has authorised is still taken, and given back.

    The network first: after a crash in between the card still stands here, pays nothing, and is removed by the
    repeat. Raises ``CardNotFound``, also the second time.
    """

    async def step() -> None:
        wallet = await wallet_of(shop, who.user_id)
        card = wallet.card(id)
        await shop.payments.detach_payment_method(card.method_id, key=f"{card.method_id}:detach")
        await _written(shop, who, wallet.without(id))

    await again(shop, step)


async def wallet_of(shop: Shop, user_id: str) -> Wallet:
    """The person's wallet, new and unwritten where there is none; one read."""
    return await shop.store.get(Wallet, WALLET_ID, user_id) or Wallet(user_id=user_id)


async def forget_leaving(shop: Shop, by: Caller, user_id: str) -> None:
    """Let the network forget the customers that are noted as leaving, with their cards. Safe to repeat."""

    async def step() -> None:
        wallet = await wallet_of(shop, user_id)
        for customer_id in wallet.leaving:
            await shop.payments.delete_customer(customer_id)
        if wallet.leaving:
            await _written(shop, by, wallet.forgotten())

    await again(shop, step)


async def _billing(shop: Shop, who: Caller, command: SaveCard) -> str:
    if command.billing_address is not None:
        saving = SaveAddress(**command.billing_address.model_dump(), type="billing")
        return (await add_address(shop, who, saving)).id
    if command.billing_address_id is not None:
        return (await book_of(shop, who.user_id)).address(command.billing_address_id).id
    return ""


async def _kept(
    shop: Shop, who: Caller, wallet: Wallet, card: SavedCard, *, is_default: bool
) -> CardView:
    """The card in the wallet, and in front where it is wanted there; written where that changes anything."""
    changed = wallet if wallet.card_of(card.method_id) else wallet.with_card(card)
    if is_default and not changed.is_default(card):
        changed = changed.preferring(card.id)
    if changed is not wallet:
        changed = await _written(shop, who, changed)
    return _view(changed, card)


async def _with_customer(shop: Shop, who: Caller, wallet: Wallet) -> Wallet:
    """The wallet of a customer of the network; written before a card is attached, so that none is lost."""
    wallet.check_room()
    if wallet.customer_id:
        return wallet
    customer_id = await shop.payments.create_customer(
        key=f"{who.user_id}:customer:{wallet.customers}", metadata={"user_id": who.user_id}
    )
    return await _written(shop, who, wallet.known_as(customer_id))


async def _attached(shop: Shop, wallet: Wallet, token: str) -> PaymentMethod:
    said = sha256(token.encode()).hexdigest()[:24]
    key = f"{wallet.customer_id}:attach:{wallet.removals}:{said}"
    try:
        return await shop.payments.attach_payment_method(
            token, customer_id=wallet.customer_id, key=key
        )
    except Declined as refusal:
        raise CardNotSaved(reason=refusal.reason) from None


async def _written(shop: Shop, by: Caller, wallet: Wallet) -> Wallet:
    done = await shop.store.commit(Change(by=by, puts=(wallet,)))
    written: Wallet = done.entities[0]
    return written


def _card(id: str, method: PaymentMethod, billing_address_id: str, now: datetime) -> SavedCard:
    return SavedCard(
        id=id,
        method_id=method.id,
        brand=method.brand,
        last4=method.last4,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        billing_address_id=billing_address_id,
        created_at=now,
    )


def _view(wallet: Wallet, card: SavedCard) -> CardView:
    return CardView(
        id=card.id,
        payment_method_id=card.id,
        user_id=wallet.user_id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        billing_address_id=card.billing_address_id,
        is_default=wallet.is_default(card),
        created_at=card.created_at,
    )
