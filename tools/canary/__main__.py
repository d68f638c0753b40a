"""`python -m tools.canary`: exit with zero when the canary may take more traffic, and with one in every other case."""

import argparse
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from tools.canary.gate import Terms, Verdict
from tools.canary.watch import Apps, Unanswered, watch

QUERY = Path("infra/queries/canary-gate.kql")
_ASK_SECONDS = 120


def main(arguments: list[str]) -> int:
    """Watch the canary that the arguments name; see `--help`."""
    parser = argparse.ArgumentParser(description="Decide whether the canary may take more traffic.")
    parser.add_argument(
        "--workspace", required=True, help="customer id of the Log Analytics workspace"
    )
    parser.add_argument("--stable", required=True, help="name of the stable function app")
    parser.add_argument("--canary", required=True, help="name of the canary function app")
    given = parser.parse_args(arguments)
    apps = Apps(given.stable, given.canary)
    decision = watch(
        partial(ask, given.workspace), time.sleep, apps, Terms(), partial(print, flush=True)
    )
    print(f"{decision.verdict}: {decision.reason}")
    return 0 if decision.verdict is Verdict.PROMOTE else 1


def ask(workspace: str, program: str = "az") -> str:
    """The workspace's answer to the gate's query; raises `Unanswered`."""
    query = QUERY.read_text(encoding="utf-8")
    command = [
        program,
        "monitor",
        "log-analytics",
        "query",
        "--workspace",
        workspace,
        "--analytics-query",
        query,
    ]
    try:
        ran = subprocess.run(
            [*command, "--output", "json"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_ASK_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unanswered(f"{type(error).__name__} of {program}") from error
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
