"""Amounts as Stripe counts them: https://docs.stripe.com/currencies#zero-decimal and below."""

from typing import Final

from domain.money import Money, decimals_of
from usecases.ports.payments import PaymentError

_NONE: Final = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE: Final = "BHD JOD KWD OMR TND"

DECIMALS: Final = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
"""Where they are not two. ISK and UGX have none in life, but are told with two."""


def told(amount: Money) -> int:
    """What Stripe is told. Raises ``PaymentError`` for an amount finer than it takes."""
    more, fewer = _steps(amount.currency)
    told, rest = divmod(amount.amount_minor * more, fewer)
    if rest:
        raise PaymentError(f"Stripe takes no fractions of {amount.currency}: {amount.number}")
    return told


def heard(amount: int, currency: str) -> Money:
    """The money that Stripe's number means; ``currency`` in its lower case."""
    code = currency.upper()
    more, fewer = _steps(code)
    return Money(amount * fewer // more, code)


def _steps(currency: str) -> tuple[int, int]:
    """How many of Stripe's units one of ours is: the first over the second."""
    digits = DECIMALS.get(currency, 2) - decimals_of(currency)
    return int(10 ** max(digits, 0)), int(10 ** max(-digits, 0))
