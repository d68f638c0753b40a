"""What looks like a card's own data: it must not come in, so that it can be neither kept nor logged."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_NUMBER: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
"""13 to 19 digits, as they are printed or typed (ISO/IEC 7812-1)."""

_NAMES: Final = frozenset(
    {
        "number",
        "card",
        "cardnumber",
        "pan",
        "cvc",
        "cvv",
        "cvv2",
        "cvccode",
        "securitycode",
        "track",
    }
    | {"expiry", "expmonth", "expyear", "track1", "track2", "pin"}
)


def has_card_number(text: str) -> bool:
    """Whether a card's number is in the text: so many digits whose check digit is right (Luhn)."""
    return any(_is_checked(found[0]) for found in _NUMBER.finditer(text))


def _is_checked(text: str) -> bool:
    digits = [int(one) for one in reversed(text) if one.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _without_card_number(text: str) -> str:
    if has_card_number(text):
        raise PydanticCustomError("card_data", "card numbers never come here: send a token")
    return text


def refuse_card_data(fields: Any) -> Any:
    """The fields of a request as they are. Raises where one is named as what is printed on a card."""
    names = fields if isinstance(fields, Mapping) else ()
    if any(re.sub("[^a-z0-9]", "", str(name).lower()) in _NAMES for name in names):
        raise PydanticCustomError("card_data", "card data never comes here: send a token")
    return fields


type CardlessText = Annotated[
    str, StringConstraints(max_length=40), AfterValidator(_without_card_number)
]
"""A short text in which no card's number may be."""

type CardToken = Annotated[
    str,
    StringConstraints(pattern=r"^(pm|tok|card)_[A-Za-z0-9_]{1,95}$"),
    AfterValidator(_without_card_number),
]
"""What stands for a card: a payment method (``pm_…``) or a token (``tok_…``) of the network's own form."""
