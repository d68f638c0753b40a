"""What the state takes."""

import pytest

from domain.address import Address
from domain.money import Money
from domain.tax import COUNTRIES, US_STATES, rate_at, tax_on
from tests.domain.samples import usd


def at(country: str, state: str = "") -> Address:
    return Address(name="A", line1="B", city="C", postal_code="1", country=country, state=state)


@pytest.mark.parametrize(
    ("country", "state", "rate"),
    [
        ("US", "TN", 70_000),
        ("US", "ca", 72_500),
        ("US", "NH", 0),
        ("US", "Tennessee", 0),
        ("US", "", 0),
        ("DE", "", 190_000),
        ("DE", "TN", 190_000),
        ("CH", "", 81_000),
        ("JP", "", 0),
    ],
)
def test_the_rate_follows_the_address(country: str, state: str, rate: int) -> None:
    assert rate_at(at(country, state)) == rate


def test_tax_is_rounded_once_on_the_whole() -> None:
    assert tax_on(usd(2250), at("US", "TN")) == usd(158)  # 157.5
    assert tax_on(Money(599, "JPY"), at("DE")) == Money(114, "JPY")  # 113.81
    assert tax_on(Money(1_234, "KWD"), at("FR")) == Money(247, "KWD")  # 246.8
    assert tax_on(usd(0), at("FR")) == usd(0)


def test_only_five_states_take_nothing() -> None:
    assert len(US_STATES) == 46  # 45 states and DC
    assert {"AK", "DE", "MT", "NH", "OR"}.isdisjoint(US_STATES)


def test_every_rate_is_a_plausible_part() -> None:
    assert all(20_000 <= rate <= 80_000 for rate in US_STATES.values())
    assert all(80_000 <= rate <= 270_000 for rate in COUNTRIES.values())
