"""Whether an address is written as its country writes addresses, and how it is written there.

The rules are a country's own (which parts it needs, its states, the shape of its postal codes); they come in
as a ``PostalFormat``. They tell what cannot be right, never that somebody lives there.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from domain.entity import Command
from domain.model import View

type Part = Annotated[str, StringConstraints(max_length=200)]
type Fault = Literal["required", "invalid", "unknown", "mismatch"]

ALWAYS_NEEDED: Final = ("name", "line1", "city", "postal_code", "country")
"""What the shop itself needs of every address, whatever the country does."""

_PHONE: Final = re.compile(r"\+?[0-9 ()./-]{0,30}")
_MESSAGES: Final[Mapping[Fault, str]] = {
    "required": "This is needed.",
    "invalid": "This is not how it is written there.",
    "unknown": "There is no such place.",
    "mismatch": "This does not belong to that state.",
}


@dataclass(frozen=True, slots=True)
class State:
    """A state or province: as it stands on a letter, how else it is called, and how its postal codes begin.

    ``code_pattern`` is a regular expression, empty where any code will do.
    """

    key: str
    names: tuple[str, ...] = ()
    code_pattern: str = ""


@dataclass(frozen=True, slots=True)
class PostalFormat:
    """The rules of one country. ``code_pattern`` is a regular expression of a whole postal code, empty where there is
    none; ``code_examples`` show where its spaces and hyphens are."""

    country: str
    needs: frozenset[str] = frozenset()
    states: tuple[State, ...] = ()
    code_pattern: str = ""
    code_examples: tuple[str, ...] = field(default=())


class WrittenAddress(Command):
    """An address as somebody wrote it: any part may be missing or wrong."""

    name: Part = ""
    line1: Part = ""
    line2: Part = ""
    city: Part = ""
    state: Part = ""
    postal_code: Part = ""
    country: Part = "US"
    phone: Part = ""


class AddressProblem(View):
    """What is wrong with one field: ``mismatch`` is a postal code of another state."""

    field: str
    code: Fault
    message: str


class AddressCheck(View):
    """The address as its country writes it, and what is wrong with it; ``valid`` when nothing is.

    ``deliverability`` is unknown: nobody was asked who knows the doors.
    """

    valid: bool
    address: WrittenAddress
    problems: tuple[AddressProblem, ...]
    deliverability: Literal["unknown"] = "unknown"


def country_of(written: WrittenAddress) -> str:
    """The country's code, as it would be asked for."""
    return _plain(written.country).upper()


def checked(written: WrittenAddress, rules: PostalFormat | None) -> AddressCheck:
    """The address by the rules of its country; ``None`` where there is no such country."""
    parts = {name: _plain(text) for name, text in written.model_dump().items()}
    parts["country"] = country_of(written)
    faults: dict[str, Fault] = {name: "required" for name in ALWAYS_NEEDED if not parts[name]}
    if not _PHONE.fullmatch(parts["phone"]):
        faults["phone"] = "invalid"
    if rules is None:
        faults.setdefault("country", "unknown")
    else:
        faults |= {name: "required" for name in rules.needs if not parts[name]}
        _check_places(parts, rules, faults)
    return AddressCheck(
        valid=not faults,
        address=WrittenAddress(**parts),
        problems=tuple(_problem(name, faults[name]) for name in parts if name in faults),
    )


def _check_places(parts: dict[str, str], rules: PostalFormat, faults: dict[str, Fault]) -> None:
    """State and postal code: as the country writes them, or else a fault."""
    state = _state_of(parts["state"], rules)
    if state is not None:
        parts["state"] = _as_written(state, parts["state"])
    elif parts["state"] and rules.states:
        faults["state"] = "unknown"
    if not parts["postal_code"] or not rules.code_pattern:
        return
    code = _code_of(parts["postal_code"], rules)
    if code is None:
        faults["postal_code"] = "invalid"
        return
    parts["postal_code"] = code
    if state is not None and not re.match(state.code_pattern, code):
        faults["postal_code"] = "mismatch"


def _problem(name: str, fault: Fault) -> AddressProblem:
    return AddressProblem(field=name, code=fault, message=_MESSAGES[fault])


def _plain(text: str) -> str:
    """One line, single spaces, nothing that cannot be seen."""
    seen = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    return " ".join(seen.split())


def _state_of(text: str, rules: PostalFormat) -> State | None:
    wanted = _folded(text)
    named = ((state, (state.key, *state.names)) for state in rules.states)
    return next((state for state, names in named if wanted in map(_folded, names)), None)


def _as_written(state: State, text: str) -> str:
    """The state's key; its Latin name where the key is in another script than the text."""
    if _folded(state.key).isascii() or not _folded(text).isascii():
        return state.key
    latin = (name for name in state.names if _folded(name) == _folded(text))
    return next(latin, state.key)


def _folded(text: str) -> str:
    """Letters and digits alone, without case and accents."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in letters if one.isalnum())


def _code_of(text: str, rules: PostalFormat) -> str | None:
    """The postal code with its spaces and hyphens where the country has them, or ``None`` when it is none."""
    good = (code for code in _spellings(text, rules) if re.fullmatch(rules.code_pattern, code))
    return next(good, None)


def _spellings(text: str, rules: PostalFormat) -> Iterator[str]:
    """Ways to write a code, the likeliest first; the country's letters before it may be too many or missing."""
    bare = re.sub("[^A-Z0-9]", "", text.upper())
    for one in (bare, rules.country + bare, bare.removeprefix(rules.country)):
        shapes = sorted(rules.code_examples, key=lambda shape: _letters(shape) != len(one))
        yield from (_shaped(one, shape) for shape in shapes)
        yield one
    yield text.upper()


def _letters(shape: str) -> int:
    return sum(one.isalnum() for one in shape)


def _shaped(code: str, shape: str) -> str:
    """The code with the separators of the example, counted from its end: the beginning may be longer."""
    left = list(code)
    written: list[str] = []
    for one in reversed(shape):
        if not left:
            break
        written.append(left.pop() if one.isalnum() else one)
    return "".join(left) + "".join(reversed(written))
