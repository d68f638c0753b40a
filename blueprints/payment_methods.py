"""Saved cards: the card network keeps them, the shop their ids and what may be shown of them."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.address_book import AddressNotFound, BookFull
from domain.errors import TooMany
from domain.wallet import CardNotFound, WalletFull
from usecases import wallet
from usecases.again import Contended
from usecases.wallet import CardNotSaved, CardView, CardViews, SaveCard

area = Area("payment_methods")


@endpoint(area, "GET", "api/users/me/payment-methods", may="self:read", returns=CardViews)
async def list_cards(call: Call[None]) -> CardViews:
    """The caller's saved cards: brand, last four digits, expiry; the first is the default."""
    return await wallet.list_cards(call.shop, call.who)


@endpoint(
    area,
    "POST",
    "api/users/me/payment-methods",
    may="self:change",
    body=SaveCard,
    returns=CardView,
    status=201,
    raises=(AddressNotFound, BookFull, WalletFull, CardNotSaved, TooMany, Contended),
)
async def save_card(call: Call[SaveCard]) -> CardView:
    """Save a card by its token, at most 20; card data is refused. Safe to repeat: one token is one card."""
    return await wallet.save_card(call.shop, call.who, call.body)


@endpoint(
    area,
    "DELETE",
    "api/users/me/payment-methods/{id}",
    may="self:change",
    status=204,
    media_type="text/plain",
    raises=(CardNotFound, Contended),
)
async def remove_card(call: Call[None]) -> None:
    """Detach a card at the network and forget it; the next one becomes the default."""
    await wallet.remove_card(call.shop, call.who, call.path["id"])


@endpoint(
    area,
    "PUT",
    "api/users/me/payment-methods/{id}/default",
    may="self:change",
    returns=CardView,
    raises=(CardNotFound, Contended),
)
async def prefer_card(call: Call[None]) -> CardView:
    """Make it the default."""
    return await wallet.prefer_card(call.shop, call.who, call.path["id"])
