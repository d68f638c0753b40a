"""How a parcel travels, and what the customer pays for it."""

from typing import Final, Literal

from domain.address import Address
from domain.errors import RuleBroken
from domain.money import Amount, Amounts, Money

type ShippingMethod = Literal["standard", "express", "overnight"]

# In minor units of whatever currency the shop sells in: the figures are meant for dollars and euros.
COST_MINOR: Final[dict[ShippingMethod, int]] = {"standard": 599, "express": 1499, "overnight": 2999}
DAYS: Final[dict[ShippingMethod, int]] = {"standard": 5, "express": 2, "overnight": 1}
ABROAD_COST_MINOR: Final = 1500
ABROAD_DAYS: Final = 6
FREE_FROM_MINOR: Final = 10_000
"""Standard shipping at home is free from this subtotal on."""
HOME: Final = "US"


class CannotShipThere(RuleBroken):
    """No carrier takes parcels of this method to that country."""

    code = "CANNOT_SHIP_THERE"
    message = "This shipping method does not go there."


class ShippingOption(Amounts):
    """One way to send the parcel: its price, and how many days it should take."""

    method: ShippingMethod
    cost: Amount
    days: int


def options(
    subtotal: Money, address: Address, *, ships_free: bool = False
) -> tuple[ShippingOption, ...]:
    """Every way to send goods of this subtotal there, cheapest first.

    ``ships_free``: a code pays for standard shipping, wherever it goes; faster ways keep their price.
    """
    at_home = address.country == HOME
    methods: tuple[ShippingMethod, ...] = ("standard", "express", "overnight")
    found = (
        _option(method, subtotal, at_home) for method in methods if at_home or method != "overnight"
    )
    return tuple(_given(each) if ships_free else each for each in found)


def option(method: ShippingMethod, subtotal: Money, address: Address) -> ShippingOption:
    """That way to send the parcel. Raises ``CannotShipThere``."""
    for found in options(subtotal, address):
        if found.method == method:
            return found
    raise CannotShipThere(method=method, country=address.country)


def saved_on(option: ShippingOption) -> Money:
    """What a code for free shipping saves of this way to send the parcel."""
    return option.cost if option.method == "standard" else Money(0, option.currency)


def _given(option: ShippingOption) -> ShippingOption:
    return option.model_copy(update={"cost": option.cost - saved_on(option)})


def _option(method: ShippingMethod, subtotal: Money, at_home: bool) -> ShippingOption:
    free = at_home and method == "standard" and subtotal.amount_minor >= FREE_FROM_MINOR
    minor = 0 if free else COST_MINOR[method] + (0 if at_home else ABROAD_COST_MINOR)
    return ShippingOption(
        currency=subtotal.currency,
        method=method,
        cost=Money(minor, subtotal.currency),
        days=DAYS[method] + (0 if at_home else ABROAD_DAYS),
    )
