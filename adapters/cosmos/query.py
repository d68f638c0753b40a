"""Compiles the store's small query value to the dialect of Cosmos DB; ``adapters/conditions.py`` says what it means.

A comparison across types is undefined there, which lets no document through, so most conditions need
no guard; values are parameters, but for the condition of a patch, which takes none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.batch import TakeFrom
from adapters.conditions import segments, sort_of, values_of
from domain.entity import Document
from usecases.ports.store import Position, Query, Scan, Where

_IS: Final[dict[Any, str]] = {bool: "IS_BOOL", float: "IS_NUMBER", str: "IS_STRING"}


@dataclass(slots=True)
class Statement:
    """SQL text, and its parameters as the SDK takes them."""

    sql: str
    parameters: list[dict[str, Any]] = field(default_factory=list)

    def bound(self, value: Any) -> str:
        """The name of a new parameter of that value."""
        name = f"@p{len(self.parameters)}"
        self.parameters.append({"name": name, "value": value})
        return name


def select(kind: type[Document], query: Query | Scan) -> Statement:
    """The documents that ``query`` asks for; of a page one more, which tells that there is another page.

    A scan is not cut: the service cannot do that across partitions, so its reader stops.
    """
    statement = Statement("SELECT ")
    if isinstance(query, Query):
        statement.sql += f"TOP {query.limit + 1} "
    statement.sql += f"* FROM c WHERE c.kind = {statement.bound(kind.kind)}"
    conditions = [_condition(statement, where) for where in query.where]
    if isinstance(query, Query):
        conditions += _placed(statement, query)
    statement.sql += "".join(f" AND {condition}" for condition in conditions)
    if isinstance(query, Query):
        statement.sql += _order(query)
    return statement


def guard(take: TakeFrom) -> str:
    """The condition of the patch that takes: a document of the kind, with a number that is large enough."""
    found = _at(take.field)
    kind = json.dumps(take.kind)
    return f"FROM c WHERE c.kind = {kind} AND IS_NUMBER({found}) AND {found} >= {take.quantity}"


def _at(path: str) -> str:
    return "c" + "".join(f'["{name}"]' for name in segments(path))


def _condition(statement: Statement, where: Where) -> str:
    found, values = _at(where.path), values_of(where)
    match where.operator:
        case "missing":
            return f"NOT IS_DEFINED({found})"
        case _ if not values:
            return "false"
        case "in":
            return f"{found} IN ({_all_bound(statement, values)})"
        case "has" | "has any":
            each = (f"ARRAY_CONTAINS({found}, {statement.bound(value)})" for value in values)
            return f"({' OR '.join(each)})"
        case "prefix":
            return f"STARTSWITH({found}, {statement.bound(values[0])})"
        case "!=":
            is_alike = f"{_IS[sort_of(values[0])]}({found})"
            return f"({is_alike} AND {found} != {statement.bound(values[0])})"
        case operator:
            return f"{found} {operator} {statement.bound(values[0])}"


def _all_bound(statement: Statement, values: Sequence[Any]) -> str:
    return ", ".join(statement.bound(value) for value in values)


def _placed(statement: Statement, query: Query) -> list[str]:
    """Documents without a place in the order are left out by name, whatever the index would do with them."""
    place = _at(query.order_by)
    conditions = [] if query.order_by == "id" else [f"(IS_NUMBER({place}) OR IS_STRING({place}))"]
    if query.after is not None:
        conditions.append(_beyond(statement, query, query.after))
    return conditions


def _beyond(statement: Statement, query: Query, after: Position) -> str:
    """Numbers come before strings, and a comparison would not say so."""
    sign = "<" if query.descending else ">"
    id = statement.bound(after.entity_id)
    if query.order_by == "id":
        return f"c.id {sign} {id}"
    place, value = _at(query.order_by), statement.bound(after.value)
    is_text = isinstance(after.value, str)
    others = f" OR {'IS_NUMBER' if is_text else 'IS_STRING'}({place})"
    goes_on = others if is_text is query.descending else ""
    return f"({place} {sign} {value} OR ({place} = {value} AND c.id {sign} {id}){goes_on})"


def _order(query: Query) -> str:
    """In the words of a composite index: the kind, the path, the id, all in one direction."""
    direction = "DESC" if query.descending else "ASC"
    places = ["c.id"] if query.order_by == "id" else ["c.kind", _at(query.order_by), "c.id"]
    return f" ORDER BY {', '.join(f'{place} {direction}' for place in places)}"
