"""What a cart would cost, at today's prices and stock."""

from collections.abc import Sequence
from typing import Annotated, Literal, cast

from pydantic import Field

from domain.access import Caller
from domain.cart import Cart, CartEmpty, CartLine
from domain.errors import RuleBroken
from domain.model import View
from domain.pricing import Totals, price
from domain.product import Product, Variant
from domain.promotion import MOST_CODES, PromoRefused
from domain.shipping import ShippingMethod, ShippingOption, options
from domain.stock import STOCK_ID, Stock
from usecases import counting, flags
from usecases.carting import cart_of
from usecases.choosing import Destination, address_chosen
from usecases.flags import NEW_CHECKOUT
from usecases.offering import PromotionView, consider
from usecases.products import find_product
from usecases.promoting import WrittenCode, tried_codes
from usecases.shop import Shop


class NotSold(RuleBroken):
    """A line's product is no longer sold; ``skus`` names them."""

    code = "NOT_SOLD"
    message = "Some items are no longer sold; take them out of the cart."


class ValidateCheckout(Destination):
    """Where the cart would go, and how; with ``promo_codes`` as if those were on it, and no others."""

    shipping_method: ShippingMethod = "standard"
    promo_codes: Annotated[tuple[WrittenCode, ...], Field(max_length=MOST_CODES)] | None = None


type IssueCode = Literal[
    "OUT_OF_STOCK",
    "PRICE_CHANGED",
    "NOT_SOLD",
    "PROMO_UNKNOWN",
    "PROMO_EXPIRED",
    "PROMO_USED_UP",
    "PROMO_NOT_MET",
]


class CheckoutIssue(View):
    """Something that stands in the way of one line, or of one promo code."""

    code: IssueCode
    sku: str = ""
    requested: int = 0
    available: int | None = None
    promo_code: str = ""


class CheckoutQuote(View):
    """What the cart would cost now; ``valid`` when nothing stands in the way.

    ``new_checkout``: whether the shop's pages go on with their new checkout.
    """

    valid: bool
    cart_id: str
    totals: Totals
    promotions: tuple[PromotionView, ...]
    shipping_options: tuple[ShippingOption, ...]
    issues: tuple[CheckoutIssue, ...]
    new_checkout: bool


async def validate_checkout(shop: Shop, caller: Caller, command: ValidateCheckout) -> CheckoutQuote:
    """Check the cart's prices, stock and address. Changes nothing; holds nothing.

    One read for the cart, one for the stock of each line and for each code, and one for an address that is named by
    its id. Raises ``AddressNotFound``, ``CartEmpty``, ``CannotShipThere``, ``TotalTooLarge``, ``TotalTooSmall``
    and, where codes are tried, ``TooMany``.
    """
    cart = await cart_of(shop, caller)
    if not cart.items:
        raise CartEmpty
    counting.checkout_begun(shop, cart.uuid)
    tried = await tried_codes(shop, caller, cart, command.promo_codes)
    fresh, issues = await repriced(shop, cart)
    issues += [issue for line in fresh if (issue := await _stock_issue(shop, line))]
    address = await address_chosen(shop, caller, command)
    codes = await consider(shop, tried, fresh, cart.currency)
    issues += [_code_issue(refusal) for refusal in codes.refused]
    bill = price(
        fresh,
        cart.currency,
        address=address,
        method=command.shipping_method,
        offers=codes.offers,
    )
    return CheckoutQuote(
        valid=not issues,
        cart_id=cart.uuid,
        totals=bill.totals,
        promotions=codes.shown(bill.saved, cart.currency),
        shipping_options=options(bill.totals.subtotal, address, ships_free=codes.ships_free),
        issues=tuple(issues),
        new_checkout=await flags.value(shop, NEW_CHECKOUT),
    )


async def repriced(shop: Shop, cart: Cart) -> tuple[list[CartLine], list[CheckoutIssue]]:
    """The lines at today's prices, and those whose price has changed or that are no longer sold."""
    fresh: list[CartLine] = []
    issues: list[CheckoutIssue] = []
    for line in cart.items:
        now, issue = await _today(shop, line)
        fresh += [now] if now else []
        issues += [issue] if issue else []
    return fresh, issues


async def todays_lines(shop: Shop, lines: Sequence[CartLine]) -> tuple[CartLine, ...]:
    """The lines at today's prices. Raises ``NotSold`` when one is no longer sold."""
    today = [await _today(shop, line) for line in lines]
    gone = [line.sku for line, (now, _) in zip(lines, today, strict=True) if now is None]
    if gone:
        raise NotSold(skus=gone)
    return tuple(now for now, _ in today if now is not None)


async def _today(shop: Shop, line: CartLine) -> tuple[CartLine | None, CheckoutIssue | None]:
    product = await find_product(shop, line.product_id)
    variant = _variant(product, line.sku) if product and product.is_sold else None
    if product is None or variant is None:
        return None, CheckoutIssue(code="NOT_SOLD", sku=line.sku, requested=line.quantity)
    now = product.price_of(variant)
    if now == line.unit_price:
        return line, None
    changed = CheckoutIssue(code="PRICE_CHANGED", sku=line.sku, requested=line.quantity)
    return line.model_copy(update={"unit_price": now}), changed


def _variant(product: Product, sku: str) -> Variant | None:
    return next((variant for variant in product.variants if variant.sku == sku), None)


def _code_issue(refusal: PromoRefused) -> CheckoutIssue:
    code = cast("IssueCode", refusal.code)
    return CheckoutIssue(code=code, promo_code=refusal.facts["promo_code"])


async def _stock_issue(shop: Shop, line: CartLine) -> CheckoutIssue | None:
    stock = await shop.store.get(Stock, STOCK_ID, line.sku)
    available = max(0, stock.available) if stock else 0
    if available >= line.quantity:
        return None
    return CheckoutIssue(
        code="OUT_OF_STOCK", sku=line.sku, requested=line.quantity, available=available
    )
