"""All checks of queries, alerts and workbooks."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from tools.delivery.finding import Finding, Outcome, outcome, skipped
from tools.queries.catalogue import QUERIES, RUNBOOKS, WORKBOOKS, Alert, Case, alerts, cases, texts
from tools.queries.tables import TABLES
from tools.queries.workbook import render

_AGO = re.compile(r"ago\((\d+)([mhd])\)")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
_PERIODS = frozenset({1, 5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1440, 2880})


def catalogue(root: Path) -> Outcome:
    """Alerts, queries, runbooks, cases and workbooks name each other without a gap."""
    found = [*_alert_faults(root), *_query_faults(root), *_workbook_faults(root)]
    return outcome(
        "alerts and dashboards", f"{len(alerts(root))} alerts, {len(texts(root))} queries", found
    )


def _alert_faults(root: Path) -> Iterator[Finding]:
    where, queries = f"{QUERIES}/alerts.json", texts(root)
    for alert in alerts(root):
        if not (root / RUNBOOKS / f"{alert.runbook}.md").exists():
            yield Finding(
                where, 0, "runbook", f"{alert.name} leads to {alert.runbook}, which nobody wrote"
            )
        if {alert.window_minutes, alert.every_minutes} - _PERIODS or alert.severity not in range(5):
            yield Finding(
                where, 0, "alert", f"{alert.name} has a window or severity that Azure does not know"
            )
        if alert.kind == "log":
            yield from _log_alert_faults(where, alert, queries, list(cases(root)))


def _log_alert_faults(
    where: str, alert: Alert, queries: dict[str, str], known: list[Case]
) -> Iterator[Finding]:
    text = queries.get(alert.name)
    if text is None:
        yield Finding(where, 0, "query", f"{alert.name} has no query")
        return
    windows = {int(number) * _MINUTES[unit] for number, unit in _AGO.findall(text)}
    if windows != {alert.window_minutes}:
        yield Finding(where, 0, "window", f"{alert.name} looks back {sorted(windows)} minutes")
    if {case.fires for case in known if case.query == alert.name} != {True, False}:
        yield Finding(
            where, 0, "cases", f"{alert.name} is not shown both to fire and to keep quiet"
        )


def _query_faults(root: Path) -> Iterator[Finding]:
    with_cases = {case.query for case in cases(root)}
    for name, text in texts(root).items():
        if name not in with_cases:
            yield Finding(f"{QUERIES}/{name}.kql", 0, "cases", "never run on any rows")
        if not any(re.search(rf"^{table}$", text, re.MULTILINE) for table in TABLES):
            yield Finding(f"{QUERIES}/{name}.kql", 0, "table", "reads no table that is known")


def _workbook_faults(root: Path) -> Iterator[Finding]:
    rendered = render(root)
    for path, text in rendered.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield Finding(
                f"{WORKBOOKS}/{path.name}",
                0,
                "workbook",
                "stale: run python -m tools.queries.workbook",
            )
    for path in sorted((root / WORKBOOKS).glob("*.json")):
        if path not in rendered:
            yield Finding(f"{WORKBOOKS}/{path.name}", 0, "workbook", "no dashboard is made of it")


def executed(root: Path) -> Outcome:
    """Every query answers what its cases say."""
    if importlib.util.find_spec("duckdb_kql") is None:
        return skipped("queries on rows", "duckdb-kql is not installed")
    known = list(cases(root))
    queries = texts(root)
    faults = (fault for case in known for fault in case_faults(case, queries[case.query]))
    return outcome("queries on rows", f"{len(known)} cases", faults)


def case_faults(case: Case, query: str) -> Iterator[Finding]:
    """What is wrong with one query on one case's rows."""
    from tools.queries.run import run  # noqa: PLC0415 - optional: its package may be absent

    where = f"{QUERIES}/{case.query}.kql"
    answer = run(query, case.rows)
    if answer != case.expect:
        yield Finding(where, 0, "case", f"{case.name}: answers {answer}")
    if case.fires is not None and case.fires != bool(case.expect):
        yield Finding(where, 0, "case", f"{case.name}: an alert fires when rows come back")


CHECKS = (catalogue, executed)
