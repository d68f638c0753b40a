"""What a cart costs: the only place where prices come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from domain.address import Address
from domain.discount import Discount, Goods, Offer, discounted
from domain.errors import Conflict, RuleBroken
from domain.money import Amount, Amounts, Money, total
from domain.shipping import ShippingMethod, ShippingOption, option, saved_on
from domain.tax import tax_on

MOST_TOTAL_MINOR: Final = 99_999_999
"""Largest total of one order, in minor units: one charge has eight digits (Stripe, "Minimum and
maximum charge amounts")."""


LEAST_TOTAL_MINOR: Final = 50
"""Smallest total that codes may leave, in minor units: the least that one charge takes (the same page)."""


class TotalTooLarge(RuleBroken):
    """More than one card payment can take."""

    code = "TOTAL_TOO_LARGE"
    message = "One order cannot cost that much; buy it in parts."


class TotalTooSmall(RuleBroken):
    """Codes leave less to pay than one card payment takes."""

    code = "TOTAL_TOO_SMALL"
    message = "The codes leave less than can be paid by card; take one off, or put something in."
    passing = True


class PriceChanged(Conflict):
    """The order would cost something else than the caller expects."""

    code = "PRICE_CHANGED"
    message = "The price has changed; show the new total and ask again."
    passing = True


class Priced(Protocol):
    """A line that costs something."""

    @property
    def sku(self) -> str:
        """Of which goods it is."""

    @property
    def unit_price(self) -> Money:
        """What one piece costs."""

    @property
    def quantity(self) -> int:
        """How many pieces."""


class Totals(Amounts):
    """``total = subtotal - discount + shipping + tax``; the tax is on the goods after discount."""

    subtotal: Amount
    discount: Amount
    shipping: Amount
    tax: Amount
    total: Amount


@dataclass(frozen=True, slots=True)
class Bill:
    """Totals, and where codes were of use: what is off each line, and what each code saves, shipping included."""

    totals: Totals
    line_discounts: tuple[Money, ...] = ()
    saved: Mapping[str, Money] = field(default_factory=dict)


def line_total(line: Priced) -> Money:
    """What all pieces of the line cost."""
    return line.unit_price * line.quantity


def subtotal_of(lines: Sequence[Priced], currency: str) -> Money:
    """What the goods cost."""
    return total((line_total(line) for line in lines), currency)


def discount_on(lines: Sequence[Priced], offers: Sequence[Offer]) -> Discount:
    """What the offers take off the lines."""
    return discounted([Goods(line.sku, line_total(line)) for line in lines], offers)


def price(
    lines: Sequence[Priced],
    currency: str,
    *,
    address: Address,
    method: ShippingMethod,
    offers: Sequence[Offer] = (),
) -> Bill:
    """What the lines cost with these offers, sent to ``address`` by ``method``.

    Raises ``CannotShipThere``, and ``TotalTooLarge`` or ``TotalTooSmall`` for what no card payment takes.
    """
    goods = subtotal_of(lines, currency)
    way = option(method, goods, address)
    if not offers:
        return Bill(_totals(goods, Money(0, currency), way.cost, address))
    discount = discount_on(lines, offers)
    saved = dict(discount.by_code) | _shipping_saved(discount, way)
    off = total(discount.by_line, currency)
    shipping = way.cost - (saved_on(way) if discount.ships_free else Money(0, currency))
    totals = _totals(goods, off, shipping, address)
    if totals.total.amount_minor < LEAST_TOTAL_MINOR:
        raise TotalTooSmall(least=Money(LEAST_TOTAL_MINOR, currency).number, currency=currency)
    return Bill(totals, discount.by_line, saved)


def _totals(goods: Money, discount: Money, shipping: Money, address: Address) -> Totals:
    tax = tax_on(goods - discount, address)
    whole = goods - discount + shipping + tax
    currency = goods.currency
    if whole.amount_minor > MOST_TOTAL_MINOR:
        raise TotalTooLarge(limit=Money(MOST_TOTAL_MINOR, currency).number, currency=currency)
    return Totals(
        currency=currency,
        subtotal=goods,
        discount=discount,
        shipping=shipping,
        tax=tax,
        total=whole,
    )


def _shipping_saved(discount: Discount, way: ShippingOption) -> dict[str, Money]:
    """Shipping is paid for once: the first code for it saves that, another one nothing."""
    return {code: saved_on(way) for code in discount.ships_free[:1]}
