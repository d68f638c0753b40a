"""The one entry to all checks says what it did, and what it could not do."""

import pytest

from tools.delivery.check import CHECKS, line
from tools.delivery.finding import Finding, Outcome, outcome, skipped


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


def test_every_part_is_checked() -> None:
    assert {check.__module__.split(".")[1] for check in CHECKS} >= {
        "gateway",
        "queries",
        "workflows",
    }
