"""`python -m tools.delivery.check`: every check of gateway, workflows, queries and documents, with visible skips."""

import sys
import time
from pathlib import Path

from tools.delivery.finding import Outcome
from tools.documents.check import CHECKS as DOCUMENTS
from tools.gateway.check import CHECKS as GATEWAY
from tools.queries.check import CHECKS as QUERIES
from tools.workflows.check import CHECKS as WORKFLOWS

CHECKS = (*GATEWAY, *QUERIES, *WORKFLOWS, *DOCUMENTS)


def main(root: Path) -> int:
    """Run all, print one line for each and the findings below; the exit status is one when anything was found."""
    outcomes = []
    for check in CHECKS:
        started = time.monotonic()
        outcomes.append(check(root))
        print(line(outcomes[-1], time.monotonic() - started))
        for finding in outcomes[-1].findings:
            print(f"  {finding}")
    return 0 if all(one.is_clean for one in outcomes) else 1


def line(result: Outcome, seconds: float) -> str:
    """One check's line: ok, how many faults, or why it was skipped."""
    if result.skipped_because:
        return f"SKIP  {result.name}: {result.skipped_because}"
    verdict = "ok  " if result.is_clean else f"{len(result.findings):<4}"
    return f"{verdict}  {result.name} ({result.looked_at}, {seconds:.1f} s)"


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
