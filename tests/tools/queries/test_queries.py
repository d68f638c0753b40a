"""Alerts fire and keep quiet as their cases say, and the checks catch what would make them lie."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb_kql")

from tools.queries.catalogue import QUERIES, RUNBOOKS, Case, alerts, cases, texts
from tools.queries.check import case_faults, catalogue, executed
from tools.queries.run import run
from tools.queries.workbook import render

ROOT = Path(__file__).parents[3]
CASES = list(cases(ROOT))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in (QUERIES, Path("infra/workbooks"), RUNBOOKS):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), encoding="utf-8")


def rules(root: Path) -> set[str]:
    return {fault.rule for fault in catalogue(root).findings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.query}: {case.name}")
def test_a_query_answers_what_its_case_says(case: Case) -> None:
    assert run(texts(ROOT)[case.query], case.rows) == case.expect


def test_alerts_queries_runbooks_and_workbooks_fit() -> None:
    assert catalogue(ROOT).findings == ()


def test_every_demand_of_the_plan_has_an_alert() -> None:
    assert {alert.name for alert in alerts(ROOT)} >= {
        "error-rate",
        "slow-answers",
        "cosmos-request-units",
        "payment-failures",
        "outbox-age",
        "dead-letters",
        "saga-stuck",
    }


def test_an_alert_without_a_runbook_is_caught(copy: Path) -> None:
    (copy / RUNBOOKS / "saga-stuck.md").unlink()

    assert rules(copy) == {"runbook"}


def test_an_alert_without_a_query_is_caught(copy: Path) -> None:
    rewrite(copy / QUERIES / "alerts.json", lambda raw: raw["log"][0].update(name="unheard-of"))

    assert rules(copy) == {"query"}


def test_an_alert_that_looks_back_further_than_its_rule_is_caught(copy: Path) -> None:
    rewrite(copy / QUERIES / "alerts.json", lambda raw: raw["log"][0].update(windowMinutes=5))

    assert rules(copy) == {"window"}


def test_a_window_that_azure_does_not_know_is_caught(copy: Path) -> None:
    rewrite(copy / QUERIES / "alerts.json", lambda raw: raw["metric"][0].update(windowMinutes=7))

    assert rules(copy) == {"alert"}


def test_an_alert_never_shown_to_keep_quiet_is_caught(copy: Path) -> None:
    path = copy / QUERIES / "cases" / "dead-letters.json"
    rewrite(path, lambda raw: raw.__setitem__(slice(1, None), []))

    assert rules(copy) == {"cases"}


def test_a_query_of_an_unknown_table_is_caught(copy: Path) -> None:
    (copy / QUERIES / "agents.kql").write_text("Nonsense\n| count\n", encoding="utf-8")

    assert rules(copy) == {"table", "workbook"}


def test_a_stale_workbook_is_caught(copy: Path) -> None:
    (copy / "infra/workbooks/agents.json").write_text("{}", encoding="utf-8")

    assert rules(copy) == {"workbook"}


def test_a_workbook_of_nothing_is_caught(copy: Path) -> None:
    (copy / "infra/workbooks/old.json").write_text("{}", encoding="utf-8")

    assert rules(copy) == {"workbook"}


def test_a_threshold_that_moved_is_caught(copy: Path) -> None:
    for others in (copy / QUERIES / "cases").glob("[!e]*.json"):
        others.unlink()
    path = copy / QUERIES / "error-rate.kql"
    path.write_text(path.read_text(encoding="utf-8").replace("> 5\n", ">= 5\n"), encoding="utf-8")

    faults = executed(copy).findings

    assert [fault.message.split(":")[0] for fault in faults] == ["exactly five percent"]


def test_a_case_that_contradicts_itself_is_caught() -> None:
    case = Case("no-traffic", "nothing", fires=False, rows={}, expect=[{"Requests": 0}])

    faults = list(case_faults(case, texts(ROOT)["no-traffic"]))

    assert [fault.message for fault in faults] == ["nothing: an alert fires when rows come back"]


def test_a_workbook_shows_the_query_that_was_tested() -> None:
    book = json.loads(render(ROOT)[ROOT / "infra/workbooks/agents.json"])

    assert book["items"][1]["content"]["query"] == texts(ROOT)["agents"]
