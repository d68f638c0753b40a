"""Money is integer minor units with a currency; a float never holds it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, Self, get_args

from pydantic import ConfigDict, InstanceOf, PlainSerializer, model_validator

from domain.errors import RuleBroken
from domain.model import Model

DECIMALS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "BHD": 3,
    "KWD": 3,
    "OMR": 3,
    "TND": 3,
}
"""Minor-unit digits where they differ from two (ISO 4217, list one)."""

MOST_MINOR = 10**13
"""Largest amount of minor units held: its JSON number is still exact in a double."""


_MOST_PLAIN = 10**9


class CurrencyMismatch(RuleBroken):
    """Amounts of two currencies were combined."""

    code = "CURRENCY_MISMATCH"
    message = "The amounts are in different currencies."


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount: ``amount_minor`` in the smallest unit of ``currency`` (ISO 4217, upper case)."""

    amount_minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount_minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount_minor <= self._same(other)

    @property
    def number(self) -> float | int:
        """The JSON number that the API shows, with the currency's decimals (exact below 10^13 minor)."""
        decimals = decimals_of(self.currency)
        return self.amount_minor if decimals == 0 else self.amount_minor / 10**decimals

    def share(self, parts_per_million: int) -> "Money":
        """That part of the amount, rounded half up to the minor unit (away from zero)."""
        whole, rest = divmod(abs(self.amount_minor) * parts_per_million, 1_000_000)
        minor = whole + (rest * 2 >= 1_000_000)
        return Money(minor if self.amount_minor >= 0 else -minor, self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(currencies=sorted({self.currency, other.currency}))
        return other.amount_minor


@cache
def decimals_of(currency: str) -> int:
    """How many decimals the currency has."""
    return DECIMALS.get(currency, 2)


def money(amount: str | float | Decimal, currency: str) -> Money:
    """The amount that a JSON number or a decimal text means, exactly.

    Raises ``ValueError`` when it is no number, too large, or finer than the currency's minor unit.
    """
    decimals = decimals_of(currency)
    if type(amount) is float and abs(amount) < _MOST_PLAIN:
        nearest = round(amount * 10**decimals)
        if nearest / 10**decimals == amount:  # exact, since a double keeps more digits than these
            return Money(nearest, currency)
    try:
        exact = Decimal(str(amount))
        rounded = exact.quantize(_unit(decimals))
    except InvalidOperation:  # no number, or one with more digits than any amount has
        raise ValueError(f"{amount!r} is not an amount of {currency}") from None
    if exact.is_finite() and rounded != exact:
        raise ValueError(f"{amount!r} is finer than the smallest unit of {currency}")
    minor = rounded.scaleb(decimals)
    if not minor.is_finite() or abs(minor) > MOST_MINOR:
        raise ValueError(f"{amount!r} is not an amount of {currency}")
    return Money(int(minor), currency)


@cache
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of ``currency`` when there is nothing to add."""
    return sum(amounts, start=Money(0, currency))


_NUMBERS = (int, float, str, Decimal)

type Amount = Annotated[
    InstanceOf[Money], PlainSerializer(lambda value: value.number, return_type=float | int)
]
"""A field of an ``Amounts`` model: ``Money`` inside, a JSON number outside."""


class Amounts(Model):
    """Money fields that share one ``currency`` and stand beside it, as the API shows them.

    Fields typed ``Amount`` accept a ``Money`` or a number in ``currency``.
    """

    model_config = ConfigDict(extra="allow")

    currency: str

    @model_validator(mode="before")
    @classmethod
    def _numbers_become_money(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "currency" not in data:
            return data
        return data | {
            name: money(data[name], data["currency"])
            for name in _amounts(cls)
            if isinstance(data.get(name), _NUMBERS)
        }

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        for name in _amounts(type(self)):
            value = getattr(self, name)
            if value is not None and value.currency != self.currency:
                raise ValueError(f"{name} is in {value.currency}, not in {self.currency}")
        return self


@cache
def _amounts(model: type[Amounts]) -> tuple[str, ...]:
    kinds = {name: field.annotation for name, field in model.model_fields.items()}
    return tuple(name for name, kind in kinds.items() if Amount in (kind, *get_args(kind)))
