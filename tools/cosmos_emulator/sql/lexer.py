"""Cuts the text of a query into words.

Constants: https://learn.microsoft.com/azure/cosmos-db/nosql/query/constants
Keywords are not case-sensitive, properties are:
https://learn.microsoft.com/azure/cosmos-db/nosql/query/keywords
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from tools.cosmos_emulator.refusal import bad_request

KEYWORDS: Final = frozenset(
    {"SELECT", "DISTINCT", "TOP", "VALUE", "AS", "FROM", "JOIN", "IN", "WHERE", "GROUP", "BY"}
    | {"ORDER", "ASC", "DESC", "OFFSET", "LIMIT", "AND", "OR", "NOT", "BETWEEN", "EXISTS"}
    | {"ARRAY", "TRUE", "FALSE", "NULL", "UNDEFINED", "LIKE"}
)

_WORD: Final = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<parameter>@\w+)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign><=|>=|!=|<>|[-*=<>(),.\[\]])
    )""",
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}

type Sort = Literal["constant", "parameter", "name", "keyword", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Word:
    """``text`` as it stands there, a keyword or sign in upper case; ``value`` of a constant."""

    sort: Sort
    text: str
    value: Any = None


def words(text: str) -> list[Word]:
    """The words of a query, and one that ends it. Raises ``Refusal`` at what is none."""
    found, position = [], 0
    while text[position:].strip():
        match = _WORD.match(text, position)
        if match is None:
            raise bad_request(f"Syntax error, invalid token at '{text[position:].strip()[:12]}'.")
        found.append(_word(str(match.lastgroup), match.group(str(match.lastgroup))))
        position = match.end()
    return [*found, Word("end", "end of query")]


def _word(group: str, text: str) -> Word:
    match group:
        case "number":
            is_whole = text.isdigit()
            return Word("constant", text, int(text) if is_whole else float(text))
        case "string":
            return Word("constant", text, _ESCAPE.sub(_unescaped, text[1:-1]))
        case "parameter":
            return Word("parameter", text)
        case "name" if text.upper() in KEYWORDS:
            return Word("keyword", text.upper(), text)
        case "name":
            return Word("name", text)
        case _:
            return Word("sign", "!=" if text == "<>" else text)


def _unescaped(match: re.Match[str]) -> str:
    escaped = match[1]
    if len(escaped) == 5:
        return chr(int(escaped[1:], 16))
    return _ESCAPED.get(escaped, escaped)
