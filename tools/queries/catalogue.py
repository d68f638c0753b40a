"""The lists that say which query is an alert, which is a dashboard's, and what each must answer on made-up rows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUERIES = Path("infra/queries")
WORKBOOKS = Path("infra/workbooks")
RUNBOOKS = Path("docs/runbooks")


@dataclass(frozen=True)
class Alert:
    """One alert: a log alert fires when its query answers any row, a metric alert by the threshold of its row."""

    name: str
    kind: str
    runbook: str
    severity: int
    window_minutes: int
    every_minutes: int
    environments: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """Rows, and what the query must answer on them; `fires` is None for queries that are no alert."""

    query: str
    name: str
    fires: bool | None
    rows: dict[str, list[dict[str, Any]]]
    expect: list[dict[str, Any]]


def alerts(root: Path) -> list[Alert]:
    """Every alert, log alerts first."""
    raw = json.loads((root / QUERIES / "alerts.json").read_text(encoding="utf-8"))
    return [
        Alert(
            one["name"],
            kind,
            one["runbook"],
            one["severity"],
            one["windowMinutes"],
            one["everyMinutes"],
            tuple(one["environments"]),
        )
        for kind in ("log", "metric")
        for one in raw[kind]
    ]


def texts(root: Path) -> dict[str, str]:
    """Every query by its name."""
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((root / QUERIES).glob("*.kql"))
    }


def cases(root: Path) -> Iterator[Case]:
    """Every case of every query."""
    for path in sorted((root / QUERIES / "cases").glob("*.json")):
        for one in json.loads(path.read_text(encoding="utf-8")):
            yield Case(path.stem, one["name"], one.get("fires"), one["rows"], one["expect"])
