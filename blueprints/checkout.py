"""What the cart would cost, before it is bought."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.address_book import AddressNotFound
from domain.cart import CartEmpty
from domain.pricing import TotalTooLarge
from domain.shipping import CannotShipThere
from usecases import quoting
from usecases.quoting import CheckoutQuote, ValidateCheckout

area = Area("checkout")


@endpoint(
    area,
    "POST",
    "api/checkout/validate",
    may="checkout:use",
    body=ValidateCheckout,
    returns=CheckoutQuote,
    raises=(AddressNotFound, CartEmpty, CannotShipThere, TotalTooLarge),
)
async def validate(call: Call[ValidateCheckout]) -> CheckoutQuote:
    """Check cart, prices, stock and address; answer totals and shipping options. Changes nothing."""
    return await quoting.validate_checkout(call.shop, call.who, call.body)
