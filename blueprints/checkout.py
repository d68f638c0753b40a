"""What the cart would cost, before it is bought, and the promo codes that make it cheaper."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.address_book import AddressNotFound
from domain.cart import CartClaimed, CartEmpty, CartMerged
from domain.errors import TooMany
from domain.pricing import TotalTooLarge, TotalTooSmall
from domain.promotion import PromoExpired, PromoNotMet, PromoUnknown, PromoUsedUp, TooManyCodes
from domain.shipping import CannotShipThere
from usecases import promoting, quoting
from usecases.again import Contended
from usecases.carting import CartView
from usecases.promoting import ApplyCode, RemoveCode
from usecases.quoting import CheckoutQuote, ValidateCheckout

area = Area("checkout")


@endpoint(
    area,
    "POST",
    "api/checkout/validate",
    may="checkout:use",
    body=ValidateCheckout,
    returns=CheckoutQuote,
    raises=(AddressNotFound, CartEmpty, CannotShipThere, TotalTooLarge, TotalTooSmall, TooMany),
)
async def validate(call: Call[ValidateCheckout]) -> CheckoutQuote:
    """Check cart, prices, stock, promo codes and address; answer totals and shipping options. Changes nothing."""
    return await quoting.validate_checkout(call.shop, call.who, call.body)


@endpoint(
    area,
    "POST",
    "api/checkout/promo",
    may="checkout:use",
    body=ApplyCode,
    returns=CartView,
    raises=(
        CartEmpty,
        PromoUnknown,
        PromoExpired,
        PromoUsedUp,
        PromoNotMet,
        TooManyCodes,
        TooMany,
        CartClaimed,
        CartMerged,
        Contended,
    ),
)
async def apply_promo(call: Call[ApplyCode]) -> CartView:
    """Put a promo code on the cart and say what it saves; tax and shipping follow when the address is known."""
    return await promoting.apply_code(call.shop, call.who, call.body)


@endpoint(
    area,
    "DELETE",
    "api/checkout/promo",
    may="checkout:use",
    query=RemoveCode,
    returns=CartView,
    raises=(CartClaimed, CartMerged, Contended),
)
async def remove_promo(call: Call[None]) -> CartView:
    """Take a promo code off the cart, every one without ?code=. Emptying the cart does so too. Safe to repeat."""
    return await promoting.remove_code(call.shop, call.who, call.query)
