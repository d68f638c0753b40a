"""Which services of which carriers keep the promise of a shipping method, and which of them an agent advises."""

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from domain.entity import Value
from domain.shipping import DAYS, ShippingMethod


class CarrierService(Value):
    """A service as its carrier names it: who carries the parcel, and how fast."""

    carrier: str
    level: str


_KEEPING: Final[Mapping[ShippingMethod, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "standard": (
            ("USPS", "Ground Advantage"),
            ("UPS", "Ground"),
            ("FedEx", "Ground"),
        ),
        "express": (
            ("FedEx", "2Day"),
            ("UPS", "2nd Day Air"),
            ("USPS", "Priority Mail Express"),
        ),
        "overnight": (
            ("UPS", "Next Day Air"),
            ("FedEx", "Priority Overnight"),
        ),
    }
)

CARRIERS: Final = frozenset(carrier for kept in _KEEPING.values() for carrier, _ in kept)
"""Whom the shop can ask."""


@cache
def keeping(method: ShippingMethod) -> tuple[CarrierService, ...]:
    """The services that are as fast as the customer has paid for; the first is our own choice."""
    return tuple(
        CarrierService(carrier=carrier, level=level) for carrier, level in _KEEPING[method]
    )


def unkept(carriers: Collection[str]) -> tuple[ShippingMethod, ...]:
    """The shipping methods that none of these carriers has a service for: a shop must have none."""
    return tuple(
        method for method in _KEEPING if not any(one.carrier in carriers for one in keeping(method))
    )


def days_of(service: CarrierService) -> int | None:
    """How many days the service is promised to take; ``None`` for one that the shop does not know."""
    return next((DAYS[method] for method in _KEEPING if service in keeping(method)), None)


def our_own(method: ShippingMethod, carriers: Collection[str] = CARRIERS) -> CarrierService:
    """The service that the shop takes where nobody advises another: the first of these carriers'."""
    return next(one for one in keeping(method) if one.carrier in carriers)


def advised_service(
    method: ShippingMethod,
    answer: Mapping[str, Any] | None,
    carriers: Collection[str] = CARRIERS,
) -> CarrierService | None:
    """The service that a carrier-selection answer recommends, if it is one that keeps the method's promise.

    It must name one of our carriers, and, where it names a level, that method or the service itself; anything
    else is no advice.
    """
    told = answer.get("recommendation") if answer else None
    if not isinstance(told, Mapping):
        return None
    carrier, level = told.get("recommended_carrier"), told.get("service_level", method)
    ours = (one for one in keeping(method) if one.carrier in carriers)
    found = next((one for one in ours if one.carrier == carrier), None)
    return found if found and level in (method, found.level) else None
