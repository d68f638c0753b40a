"""What a cart costs: the only place where prices come from."""

from collections.abc import Sequence
from typing import Final, Protocol

from domain.address import Address
from domain.errors import Conflict, RuleBroken
from domain.money import Amount, Amounts, Money, total
from domain.shipping import ShippingMethod, option
from domain.tax import tax_on

MOST_TOTAL_MINOR: Final = 99_999_999
"""Largest total of one order, in minor units: one charge has eight digits (Stripe, "Minimum and
maximum charge amounts")."""


class TotalTooLarge(RuleBroken):
    """More than one card payment can take."""

    code = "TOTAL_TOO_LARGE"
    message = "One order cannot cost that much; buy it in parts."


class PriceChanged(Conflict):
    """The order would cost something else than the caller expects."""

    code = "PRICE_CHANGED"
    message = "The price has changed; show the new total and ask again."
    passing = True


class Priced(Protocol):
    """A line that costs something."""

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


def line_total(line: Priced) -> Money:
    """What all pieces of the line cost."""
    return line.unit_price * line.quantity


def subtotal_of(lines: Sequence[Priced], currency: str) -> Money:
    """What the goods cost."""
    return total((line_total(line) for line in lines), currency)


def price(
    lines: Sequence[Priced], currency: str, *, address: Address, method: ShippingMethod
) -> Totals:
    """What the lines cost, sent to ``address`` by ``method``.

    Raises ``CannotShipThere``, and ``TotalTooLarge`` for what no card payment could take.
    """
    goods = subtotal_of(lines, currency)
    discount = Money(0, currency)
    shipping = option(method, goods, address).cost
    tax = tax_on(goods - discount, address)
    whole = goods - discount + shipping + tax
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
