# ruff: noqa: S608 - names and paths come from code and are checked; values are parameters
"""Compiles the store's small query value to SQLite's dialect; ``adapters/conditions.py`` says what it means.

Every comparison is guarded by the value's JSON type, since SQLite would compare a number with a string,
take true for 1 and an array for its text.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from adapters.conditions import segments, sort_of, values_of
from adapters.names import CONTAINERS, WAITING
from domain.entity import Document
from usecases.ports.store import Position, Query, Scan, Where

_TYPES: Final[dict[Any, str]] = {float: "('integer','real')", str: "('text')"}
_KEPT: Final = {each.name: {*each.sorted_by, *each.filtered_by, WAITING} for each in CONTAINERS}

_BEHIND_ALL: Final = "\U0010ffff" * 8
"""No string that goes on after a prefix sorts behind this."""


@dataclass(slots=True)
class Statement:
    """SQL text and the parameters of its question marks, in order."""

    sql: str
    parameters: list[Any] = field(default_factory=list)


def select(kind: type[Document], query: Query | Scan, now: float) -> Statement:
    """The page that ``query`` asks for and one row more; columns version, body, sort value, id."""
    place = value_at(kind.container, query.order_by) if isinstance(query, Query) else "NULL"
    statement = Statement(f"SELECT version, body, {place}, id FROM {kind.container} WHERE")
    if isinstance(query, Query):
        _add(statement, " pk=? AND", query.partition)
    _add(statement, f" {is_kind(kind.kind)} AND (expires_at IS NULL OR expires_at>?)", now)
    for where in query.where:
        _add_condition(statement, where, _compared(kind.container, query, where.path))
    if isinstance(query, Query):
        _add_order(statement, query, place)
    _add(statement, " LIMIT ?", query.limit + 1)
    return statement


@cache
def value_at(container: str, path: str) -> str:
    """The SQL value at a dotted path: a column where the container keeps one for it."""
    if path == "id":
        return "id"
    return column(path) if path in _KEPT[container] else extract(path)


def column(path: str) -> str:
    """The virtual column of an indexed path. (An index on a bare expression would be read only halfway:
    SQLite 3.40 neither takes the value from it nor starts a page of equal values in its middle.)"""
    return "_" + "_".join(segments(path))


def extract(path: str) -> str:
    """The SQL value at a dotted path, read out of the document."""
    return f"json_extract(body,'{_json_path(path)}')"


def json_type(path: str) -> str:
    """The SQL for the JSON type at a path; ``NULL`` where it is absent."""
    return f"json_type(body,'{_json_path(path)}')"


def is_kind(kind: str) -> str:
    """The SQL condition on the kind: a literal, so that an index of one kind can serve."""
    return f"kind='{kind}'"


def _json_path(path: str) -> str:
    return "$." + ".".join(segments(path))


def _add(statement: Statement, sql: str, *parameters: Any) -> None:
    statement.sql += sql
    statement.parameters += map(_bound, parameters)


def _bound(value: Any) -> Any:
    """SQLite's integers have 64 bits; what a caller asks beyond them is compared as a real."""
    is_too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
    return float(value) if is_too_large else value


def _compared(container: str, query: Query | Scan, path: str) -> str:
    """The value that a condition looks at. A page is read in its order: the plus keeps SQLite from
    choosing the condition's index instead and sorting what it finds."""
    value = value_at(container, path)
    is_free = isinstance(query, Scan) or path == query.order_by
    return value if is_free else f"+{value}"


def _add_condition(statement: Statement, where: Where, value: str) -> None:
    values = values_of(where)
    match where.operator:
        case "missing":
            _add(statement, f" AND {json_type(where.path)} IS NULL")
        case _ if not values:
            _add(statement, " AND 0")
        case "has" | "has any":
            _add_membership(statement, where.path, values)
        case "prefix":
            _add_prefix(statement, where, value)
        case "=" | "in":
            sql, parameters = _one_of(value, json_type(where.path), values)
            _add(statement, f" AND {sql}", *parameters)
        case "!=" if isinstance(where.value, bool):
            _add(statement, f" AND {json_type(where.path)}=?", json.dumps(not where.value))
        case operator:
            types = _TYPES[sort_of(where.value)]
            sql = f" AND {value}{operator}? AND {json_type(where.path)} IN {types}"
            _add(statement, sql, where.value)


def _one_of(value: str, type_: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    marks = ",".join("?" * len(values))
    if isinstance(values[0], bool):
        return f"{type_} IN ({marks})", [json.dumps(each) for each in values]
    return f"{value} IN ({marks}) AND {type_} IN {_TYPES[sort_of(values[0])]}", list(values)


def _add_membership(statement: Statement, path: str, values: Sequence[Any]) -> None:
    sql, parameters = _one_of("item.atom", "item.type", values)
    items = f"json_each(body,'{_json_path(path)}') AS item"
    sql = f" AND {json_type(path)}='array' AND EXISTS (SELECT 1 FROM {items} WHERE {sql})"
    _add(statement, sql, *parameters)


def _add_prefix(statement: Statement, where: Where, value: str) -> None:
    prefix = str(where.value)
    sql = f" AND {value}>=? AND substr({value},1,?)=? AND {json_type(where.path)}='text'"
    _add(statement, sql, prefix, len(prefix), prefix)
    if prefix:
        _add(statement, f" AND {value}<?", prefix + _BEHIND_ALL)


def _add_order(statement: Statement, query: Query, place: str) -> None:
    direction = " DESC" if query.descending else ""
    if place != "id":
        _add(statement, f" AND {place} IS NOT NULL")
    if query.after:
        _add_start(statement, query.after, place, "<" if query.descending else ">")
    ties = "" if place == "id" else f", id{direction}"
    _add(statement, f" ORDER BY {place}{direction}{ties}")


def _add_start(statement: Statement, after: Position, place: str, beyond: str) -> None:
    if place == "id":
        _add(statement, f" AND id{beyond}?", after.entity_id)
    else:
        _add(statement, f" AND ({place},id){beyond}(?,?)", after.value, after.entity_id)
