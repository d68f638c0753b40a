"""How a parcel travels, and what that costs."""

import pytest

from domain.address import Address
from domain.money import Money
from domain.shipping import CannotShipThere, ShippingMethod, option, options, saved_on
from tests.domain.samples import HOME, usd

ABROAD = Address(name="A", line1="B", city="C", postal_code="1", country="DE")


def shown(subtotal: Money, address: Address) -> list[tuple[str, int, int]]:
    return [(o.method, o.cost.amount_minor, o.days) for o in options(subtotal, address)]


def test_at_home_there_are_three_ways_cheapest_first() -> None:
    assert shown(usd(9_999), HOME) == [
        ("standard", 599, 5),
        ("express", 1499, 2),
        ("overnight", 2999, 1),
    ]


def test_standard_is_free_at_home_from_a_hundred_on() -> None:
    assert shown(usd(10_000), HOME)[0] == ("standard", 0, 5)
    assert shown(usd(10_000), HOME)[1:] == shown(usd(9_999), HOME)[1:]


def test_abroad_nothing_is_free_and_nothing_goes_overnight() -> None:
    assert shown(usd(10_000), ABROAD) == [("standard", 2099, 11), ("express", 2999, 8)]


def test_a_code_pays_for_standard_shipping_alone() -> None:
    free = options(usd(1), ABROAD, ships_free=True)

    assert [(o.method, o.cost.amount_minor) for o in free] == [("standard", 0), ("express", 2999)]
    assert [saved_on(option(m, usd(1), HOME)) for m in ("standard", "express")] == [
        usd(599),
        usd(0),
    ]


def test_costs_are_in_the_currency_of_the_goods() -> None:
    assert option("standard", Money(1, "JPY"), HOME).cost == Money(599, "JPY")
    assert option("standard", Money(1, "KWD"), HOME).model_dump(mode="json") == {
        "currency": "KWD",
        "method": "standard",
        "cost": 0.599,
        "days": 5,
    }


@pytest.mark.parametrize("method", ["standard", "express", "overnight"])
def test_a_way_is_one_of_the_options(method: ShippingMethod) -> None:
    assert option(method, usd(1), HOME) in options(usd(1), HOME)


def test_a_way_that_no_carrier_goes_is_refused() -> None:
    with pytest.raises(CannotShipThere) as refusal:
        option("overnight", usd(1), ABROAD)

    assert refusal.value.facts == {"method": "overnight", "country": "DE"}
