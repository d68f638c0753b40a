"""What the conditions of a query mean, in Python: the reference that every dialect must agree with.

Values are strings, numbers or booleans and compare with their own sort only, strings by code point. An
absent path and a null match nothing but ``missing`` (absent) or nothing at all (null).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from adapters.names import ORDERS_BY_CONTAINER
from usecases.ports.store import MOST_ON_A_PAGE, Operator, Query, Scan, Where

ABSENT: Final = object()
"""What stands at a path that is not there."""

_ORDERED: Final = frozenset({"<", "<=", ">", ">="})


@lru_cache(1024)
def segments(path: str) -> tuple[str, ...]:
    """The names of a dotted path. Raises ``ValueError`` for one that code would not write."""
    names = tuple(path.split("."))
    if not all(name.isascii() and name.isidentifier() for name in names):
        raise ValueError(f"{path!r} is not a path")
    return names


def sort_of(value: Any) -> type[bool] | type[float] | type[str] | None:
    """Boolean, number or string; ``None`` for what cannot be compared."""
    if isinstance(value, bool):
        return bool
    if isinstance(value, int | float):
        return float
    return str if isinstance(value, str) else None


def check(container: str, query: Query | Scan) -> None:
    """Raise ``ValueError`` for a query that no end may be asked: the cloud sorts by an index or not at all."""
    if isinstance(query, Query) and query.order_by not in ORDERS_BY_CONTAINER[container]:
        raise ValueError(f"{container} has no index to be ordered by {query.order_by!r}")
    if not 1 <= query.limit <= MOST_ON_A_PAGE:
        raise ValueError(f"a page holds 1 to {MOST_ON_A_PAGE}, not {query.limit}")
    for where in query.where:
        _check(where)


def values_of(where: Where) -> Sequence[Any]:
    """The values that a condition compares with: its sequence, or its one value."""
    if where.operator in ("in", "has any") and not isinstance(where.value, str | int | float):
        return where.value
    return (where.value,)


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """What stands at the dotted path, or ``ABSENT``."""
    found: Any = document
    for name in segments(path):
        if not isinstance(found, Mapping) or name not in found:
            return ABSENT
        found = found[name]
    return found


def matches(document: Mapping[str, Any], where: Where) -> bool:
    """Whether the document fulfils the condition."""
    found = value_at(document, where.path)
    return _TESTS[where.operator](found, values_of(where))


def _check(where: Where) -> None:
    segments(where.path)
    if where.operator == "missing":
        return
    sorts = {sort_of(value) for value in values_of(where)}
    if len(sorts) > 1 or None in sorts:
        raise ValueError(f"{where.path}: a condition compares with values of one sort")
    if bool in sorts and where.operator in _ORDERED:
        raise ValueError(f"{where.path}: booleans have no order")
    if where.operator == "prefix" and sorts != {str}:
        raise ValueError(f"{where.path}: a prefix is a string")


def _is_like(found: Any, value: Any) -> bool:
    return sort_of(found) is sort_of(value)


def _is_one_of(found: Any, values: Sequence[Any]) -> bool:
    return any(_is_like(found, value) and found == value for value in values)


def _has_one_of(found: Any, values: Sequence[Any]) -> bool:
    return isinstance(found, list) and any(_is_one_of(item, values) for item in found)


_TESTS: Final[dict[Operator, Callable[[Any, Sequence[Any]], bool]]] = {
    "=": _is_one_of,
    "in": _is_one_of,
    "has": _has_one_of,
    "has any": _has_one_of,
    "missing": lambda found, _: found is ABSENT,
    "!=": lambda found, values: _is_like(found, values[0]) and found != values[0],
    "<": lambda found, values: _is_like(found, values[0]) and found < values[0],
    "<=": lambda found, values: _is_like(found, values[0]) and found <= values[0],
    ">": lambda found, values: _is_like(found, values[0]) and found > values[0],
    ">=": lambda found, values: _is_like(found, values[0]) and found >= values[0],
    "prefix": lambda found, values: isinstance(found, str) and found.startswith(values[0]),
}
