"""What a caller chose by its id: an address of the address book, a card of the wallet.

Only the caller's own are looked at. What is written out in a request costs no read.
"""

from typing import Annotated

from pydantic import Field, model_validator

from domain.access import Caller, Role
from domain.address import Address
from domain.entity import Command
from domain.user import User
from usecases.address_book import book_of
from usecases.shop import Shop
from usecases.wallet import wallet_of

type Id = Annotated[str, Field(min_length=1, max_length=64)]


class Destination(Command):
    """Where the goods go: an address, or the id of one in the caller's address book."""

    shipping_address: Address | None = None
    shipping_address_id: Id | None = None

    @model_validator(mode="after")
    def _one_address(self) -> "Destination":
        if (self.shipping_address is None) == (self.shipping_address_id is None):
            raise ValueError("shipping_address or shipping_address_id, one of them")
        return self


async def address_chosen(shop: Shop, caller: Caller, chosen: Destination) -> Address:
    """The address that is meant; one read where it is named by its id. Raises ``AddressNotFound``."""
    if chosen.shipping_address is not None:
        return chosen.shipping_address
    book = await book_of(shop, caller.user_id)
    return book.address(chosen.shipping_address_id or "").address


async def customer_chosen(shop: Shop, caller: Caller, card_id: str) -> str:
    """The network's customer whose saved card that is; empty and no read for none. Raises ``CardNotFound``."""
    if not card_id:
        return ""
    wallet = await wallet_of(shop, caller.user_id)
    wallet.card(card_id)
    return wallet.customer_id


async def email_chosen(shop: Shop, caller: Caller, given: str | None) -> str | None:
    """Where the order's mail goes: the address given, else the account's, in one read; ``None``: nowhere yet."""
    if given is not None or caller.role < Role.CUSTOMER:
        return given
    user = await shop.store.get(User, caller.user_id, caller.user_id)
    return (user.email or None) if user else None


async def method_chosen(shop: Shop, user_id: str, card_id: str) -> str:
    """What the network calls the saved card; one read. Raises ``CardNotFound``, also when it was removed since."""
    return (await wallet_of(shop, user_id)).card(card_id).method_id
