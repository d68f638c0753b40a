"""What a condition comes to for a document: true, false or undefined; only true lets the document through.

Undefined: https://learn.microsoft.com/azure/cosmos-db/nosql/query/equality-comparison-operators
Three-valued AND, OR, NOT: https://learn.microsoft.com/azure/cosmos-db/nosql/query/logical-operators
Functions: https://learn.microsoft.com/azure/cosmos-db/nosql/query/functions
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tools.cosmos_emulator.refusal import bad_request
from tools.cosmos_emulator.sql.tree import (
    Among,
    Call,
    Comparison,
    Expression,
    Literal,
    Logic,
    Not,
    Parameter,
    Path,
)

UNDEFINED: Final = type("Undefined", (), {"__repr__": lambda _: "undefined"})()
"""Neither a value nor null: what is not there."""

_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)
_ORDER: Final = ("undefined", "null", "boolean", "number", "string", "array", "object")
"""Values of different types sort in this order:
https://learn.microsoft.com/azure/cosmos-db/nosql/query/order-by#remarks"""

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A document and the parameters of its query."""

    document: Mapping[str, Any]
    parameters: Mapping[str, Any]


def is_true(expression: Expression, row: Row) -> bool:
    """Whether the row fulfils the condition. Raises ``Refusal`` 400."""
    return value(expression, row) is True


def value(expression: Expression, row: Row) -> Any:
    """What the expression comes to."""
    match expression:
        case Literal() | Parameter() | Path():
            return _leaf(expression, row)
        case Comparison(sign, left, right):
            return compared(sign, value(left, row), value(right, row))
        case Logic(sign, left, right):
            return _logic(sign, value(left, row), value(right, row))
        case Not(inner):
            found = value(inner, row)
            return not found if isinstance(found, bool) else UNDEFINED
        case Among(wanted, choices):
            return _among(value(wanted, row), [value(each, row) for each in choices])
        case Call(name, arguments):
            return _call(name, [value(each, row) for each in arguments])


def at(document: Any, names: tuple[str, ...]) -> Any:
    """What stands at the path."""
    for name in names:
        if not isinstance(document, Mapping) or name not in document:
            return UNDEFINED
        document = document[name]
    return document


def type_of(found: Any) -> str:
    """The JSON type, or ``undefined``."""
    if found is None:
        return "null"
    return next((name for kind, name in _TYPES if isinstance(found, kind)), "undefined")


def sort_key(found: Any) -> tuple[int, Any]:
    """Where a value stands in an ORDER BY. Strings are taken to sort by code point, as their UTF-8 does."""
    kind = type_of(found)
    return (_ORDER.index(kind), found if kind in ("boolean", "number", "string") else 0)


def compared(sign: str, left: Any, right: Any) -> Any:
    """A comparison; undefined across types, and for an order of arrays, objects or nulls."""
    kind = type_of(left)
    if kind == "undefined" or kind != type_of(right):
        return UNDEFINED
    if sign in ("=", "!="):
        return (left == right) is (sign == "=")
    if kind in ("array", "object", "null"):
        return UNDEFINED
    return _COMPARISONS[sign](left, right)


def _leaf(expression: Literal | Parameter | Path, row: Row) -> Any:
    match expression:
        case Literal(constant):
            return constant
        case Path(names):
            return at(row.document, names)
        case Parameter(name) if name in row.parameters:
            return row.parameters[name]
        case Parameter(name):
            raise bad_request(f"Parameter {name} is not supplied.")


def _logic(sign: str, left: Any, right: Any) -> Any:
    decisive = sign == "OR"
    if left is decisive or right is decisive:
        return decisive
    return not decisive if left is right is (not decisive) else UNDEFINED


def _among(wanted: Any, choices: list[Any]) -> Any:
    if wanted is UNDEFINED:
        return UNDEFINED
    return any(compared("=", wanted, choice) is True for choice in choices)


def _call(name: str, arguments: list[Any]) -> Any:
    known = _FUNCTIONS.get(name)
    if known is None:
        raise bad_request(f"'{name}' is not a recognized built-in function name.")
    count, function = known
    if len(arguments) != count:
        raise bad_request(f"The {name} function requires {count} argument(s).")
    return function(*arguments)


def _array_contains(array: Any, item: Any) -> Any:
    """https://learn.microsoft.com/azure/cosmos-db/nosql/query/array-contains"""
    if not isinstance(array, list) or item is UNDEFINED:
        return UNDEFINED
    return any(compared("=", each, item) is True for each in array)


def _starts_with(text: Any, prefix: Any) -> Any:
    """https://learn.microsoft.com/azure/cosmos-db/nosql/query/startswith"""
    are_strings = isinstance(text, str) and isinstance(prefix, str)
    return text.startswith(prefix) if are_strings else UNDEFINED


def _is(kind: str) -> tuple[int, Callable[..., Any]]:
    return 1, lambda found: type_of(found) == kind


_FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "ARRAY_CONTAINS": (2, _array_contains),
    "STARTSWITH": (2, _starts_with),
    "IS_DEFINED": (1, lambda found: found is not UNDEFINED),
    "IS_NULL": _is("null"),
    "IS_BOOL": _is("boolean"),
    "IS_NUMBER": _is("number"),
    "IS_STRING": _is("string"),
    "IS_ARRAY": _is("array"),
    "IS_OBJECT": _is("object"),
}
