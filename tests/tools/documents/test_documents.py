"""The runbooks can be relied on, and every rule catches the fault that it is there for."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.delivery.finding import Outcome
from tools.documents.check import (
    CHECKS,
    RECOVERY,
    claims,
    decisions,
    links,
    lint,
    outputs,
    programs,
    read_known,
    runbooks,
)
from tools.documents.page import Page
from tools.documents.runbook_rules import RULES

ROOT = Path(__file__).parents[3]
RUNBOOK = "docs/runbooks/saga-stuck.md"

BROKEN = [
    ("parts", "## Undo\n", "## Unmake\n"),
    ("parts", "## Tell\n", "## Tell\n\n## Say\n"),
    ("parts", "```bash\nask saga-stuck      # no rows\n```", "Look again."),
    ("decisions", "| Stage ", "Stage "),
    ("variables", "$ORDER_ID", "$ORDERS_ID"),
    ("queries", "ask saga-stuck\n", "ask saga-struck\n"),
    ("endpoints", '/api/orders/$ORDER_ID/cancel"', '/api/orders/$ORDER_ID/annul"'),
    ("endpoints", "admin POST", "admin PUT"),
    ("flags", "ask saga-stuck\n", "admin PUT /api/admin/config/feature.unheard_of\n"),
    ("modules", "ask saga-stuck\n", "python -m tools.unheard_of\n"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("docs", "infra", "tools"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("node_modules")
        )
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rules(result: Outcome) -> set[str]:
    return {fault.rule for fault in result.findings}


@pytest.mark.parametrize("check", CHECKS)
def test_the_documentation_is_sound(check: Callable[[Path], Outcome]) -> None:
    result = check(ROOT)
    if result.skipped_because:
        pytest.skip(result.skipped_because)

    assert result.findings == ()


@pytest.mark.parametrize(("rule", "whole", "broken"), BROKEN)
def test_a_broken_runbook_is_caught(rule: str, whole: str, broken: str) -> None:
    text = (ROOT / RUNBOOK).read_text(encoding="utf-8")
    assert whole in text

    faults = list(lint(Page(RUNBOOK, text.replace(whole, broken)), read_known(ROOT)))

    assert rule in {fault.rule for fault in faults}


def test_every_rule_has_a_broken_runbook() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, *_ in BROKEN}


def test_a_link_to_nowhere_is_caught(copy: Path) -> None:
    change(copy / "docs/guides/cost.md", "cost-spike.md", "cost-spiked.md")

    assert rules(links(copy)) == {"links"}


def test_a_program_that_is_not_there_is_caught(copy: Path) -> None:
    change(
        copy / "docs/telemetry.md",
        "python -m tools.queries.workbook",
        "python -m tools.queries.workbench",
    )

    assert rules(programs(copy)) == {"programs"}


def test_a_runbook_that_nothing_leads_to_is_caught(copy: Path) -> None:
    change(copy / "docs/runbooks/README.md", "(dr-drill.md)", "(event-replay.md)")

    assert rules(runbooks(copy)) == {"readme"}


def test_an_alert_that_is_not_listed_is_caught(copy: Path) -> None:
    change(copy / "docs/runbooks/README.md", "| `saga-stuck` |", "| saga |")

    assert rules(runbooks(copy)) == {"readme"}


def test_an_output_that_no_deployment_gives_is_caught(copy: Path) -> None:
    (copy / "infra/modules").mkdir(exist_ok=True)
    (copy / "infra/main.bicep").write_text("output API_URL string = ''\n", encoding="utf-8")
    (copy / "infra/modules/environment.bicep").write_text("", encoding="utf-8")

    messages = {fault.message for fault in outputs(copy).findings}

    assert "no deployment gives COSMOS_ACCOUNT" in messages
    assert "no deployment gives gateway" in messages
    assert "no deployment gives API_URL" not in messages


def test_a_promise_whose_setting_is_gone_is_caught(copy: Path) -> None:
    (copy / "infra/modules/data").mkdir(parents=True, exist_ok=True)
    (copy / "infra/main.bicep").write_text("", encoding="utf-8")
    (copy / "infra/modules/data/cosmos.bicep").write_text(
        "maxIntervalInSeconds: 86400\n", encoding="utf-8"
    )

    messages = [fault.message for fault in claims(copy).findings]

    assert any("does not say maxIntervalInSeconds: 300" in message for message in messages)


def test_a_promise_that_rests_on_nothing_is_caught(copy: Path) -> None:
    (copy / "infra/main.bicep").write_text("", encoding="utf-8")
    change(copy / RECOVERY, "`maxIntervalInSeconds: 300`", "`maxStalenessPrefix: 100000`")

    messages = {fault.message for fault in claims(copy).findings}

    assert "no claim rests on maxIntervalInSeconds: 300" in messages


def test_a_decision_of_a_taken_number_is_caught(copy: Path) -> None:
    shutil.copy(
        copy / "docs/decisions/0103-gateway-tiers.md", copy / "docs/decisions/0104-gateway-tiers.md"
    )

    assert rules(decisions(copy)) == {"decisions"}


def test_a_decision_without_what_follows_is_caught(copy: Path) -> None:
    change(copy / "docs/decisions/0103-gateway-tiers.md", "**What follows.**", "Then:")

    assert rules(decisions(copy)) == {"decisions"}
