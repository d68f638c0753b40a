from pathlib import Path

import pytest

from tools.infra.check import outcomes, report
from tools.infra.finding import Finding, Outcome

ROOT = Path(__file__).parents[3]
# Brought by whoever owns policies, queries and workbooks; the check itself demands them.
BROUGHT = ("policies/", "apis.json", "products.json", "queries/", "workbooks/")


def test_the_infrastructure_of_this_repository_is_clean() -> None:
    found = [finding for outcome in outcomes(ROOT) for finding in outcome.findings]

    absent = [
        f for f in found if f.rule == "missing-file" and any(part in f.message for part in BROUGHT)
    ]
    assert [str(f) for f in found if f not in absent] == []


def test_a_finding_makes_the_status_one_and_is_shown_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = Finding(str(tmp_path / "infra" / "main.bicep"), 3, "untagged", "has no tags")

    assert report([Outcome("order", (finding,))], tmp_path) == 1
    assert capsys.readouterr().out == "1     order\n  infra/main.bicep:3: untagged: has no tags\n"


def test_a_skip_is_visible_and_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Outcome("types", skipped="not here"), Outcome("syntax")], tmp_path) == 0
    assert capsys.readouterr().out == "SKIP  types: not here\nok    syntax\n"
