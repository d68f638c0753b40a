"""`python -m tools.delivery.check`: every check of gateway, workflows, queries and documents, with visible skips."""

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tools.delivery.finding import Outcome, skipped

GROUPS = ("gateway", "queries", "workflows", "documents")
type Check = Callable[[Path], Outcome]


def checks(groups: tuple[str, ...] = GROUPS) -> Iterator[Check]:
    """Every check of these groups; a group whose library is not installed is one skip that names it."""
    for group in groups:
        try:
            yield from importlib.import_module(f"tools.{group}.check").CHECKS
        except ModuleNotFoundError as error:
            yield partial(_not_installed, group, str(error.name))


def _not_installed(group: str, library: str, _: Path) -> Outcome:
    return skipped(group, f"{library} is not installed")


def main(root: Path) -> int:
    """Run all, print one line for each and the findings below; the exit status is one when anything was found."""
    outcomes = []
    for check in checks():
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
