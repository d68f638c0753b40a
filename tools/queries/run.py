"""Run a workspace query on rows that a test made up, with DuckDB in the place of Log Analytics."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb_kql

from tools.queries.tables import TABLES

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_MOST_COPIES = 1000
type Row = Mapping[str, Any]


def run(query: str, rows: Mapping[str, Sequence[Row]]) -> list[dict[str, Any]]:
    """The query's result on the rows of each table.

    A row names columns; `minutes_ago` gives its time (zero when absent) and `times` how often it is there.
    Times come back as ISO text, numbers rounded to six places.
    """
    with duckdb_kql.connect() as connection:
        for table, columns in TABLES.items():
            typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f'CREATE TABLE "{table}" ({typed})')
            for row in rows.get(table, ()):
                _insert(connection, table, row)
        answer = duckdb_kql.query(connection, query, query_now=NOW)
        return [_plain(dict(zip(answer.columns, one, strict=True))) for one in answer.fetchall()]


def _insert(connection: Any, table: str, row: Row) -> None:
    fields = {name: value for name, value in row.items() if name not in ("minutes_ago", "times")}
    fields["TimeGenerated"] = NOW - timedelta(minutes=row.get("minutes_ago", 0))
    if "Properties" in fields:
        fields["Properties"] = json.dumps(fields["Properties"])
    names, places = ", ".join(f'"{name}"' for name in fields), ", ".join("?" for _ in fields)
    statement = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608 - names of TABLES
    for _ in range(min(row.get("times", 1), _MOST_COPIES)):
        connection.execute(statement, list(fields.values()))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return round(value, 6) if isinstance(value, float) else value
