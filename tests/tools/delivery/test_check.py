"""The one entry to all checks says what it did, and what it could not do."""

import sys
from pathlib import Path

import pytest

from tools.delivery.check import GROUPS, checks, line
from tools.delivery.finding import Finding, Outcome, outcome, skipped

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (outcome("queries", "3 cases", []), "ok    queries (3 cases, 0.5 s)"),
        (skipped("zizmor", "it is not installed"), "SKIP  zizmor: it is not installed"),
        (
            outcome("rules", "1 file", [Finding("a", 1, "r", "m")] * 12),
            "12    rules (1 file, 0.5 s)",
        ),
    ],
)
def test_a_line_tells_ok_from_faults_from_a_skip(result: Outcome, said: str) -> None:
    assert line(result, 0.5) == said


def test_findings_come_in_the_order_of_files_and_lines() -> None:
    found = outcome(
        "rules",
        "2 files",
        [Finding("b", 1, "r", "m"), Finding("a", 9, "r", "m"), Finding("a", 2, "r", "m")],
    )

    assert [str(one) for one in found.findings] == ["a:2: r: m", "a:9: r: m", "b:1: r: m"]


def test_every_check_is_in_a_group() -> None:
    folders = {path.parent.name for path in ROOT.glob("tools/*/check.py")}

    assert folders >= set(GROUPS)


def test_a_group_whose_library_is_absent_is_a_visible_skip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tools.gateway.check", None)

    (only,) = checks(("gateway",))

    assert only(tmp_path).name == "gateway"
    assert only(tmp_path).skipped_because != ""
