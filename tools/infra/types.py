"""Resource types, API versions and enums: by the checker and its data where they lie beside the repository."""

import subprocess
import sys
from pathlib import Path

from tools.infra.finding import Finding, Outcome
from tools.infra.tree import Tree

_SECONDS = 25


def type_outcome(tree: Tree, root: Path) -> Outcome:
    """Run ``../shared/iac/bicepcheck.py`` over all templates, or say that it is not there."""
    checker = root.parent / "shared" / "iac" / "bicepcheck.py"
    if not checker.is_file():
        return Outcome(
            "types and versions",
            skipped="../shared/iac is not here; the workflow runs the compiler",
        )
    # The extension's types belong to another schema, and its keyword is not in the grammar.
    paths = [str(d.path) for d in tree.templates if "\nextension " not in d.text]
    run = subprocess.run(
        [sys.executable, str(checker), *paths],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    findings = [_finding(line) for line in run.stdout.splitlines() if " info " not in line]
    if run.returncode not in {0, 1}:
        findings.append(Finding(str(checker), 0, "types", run.stderr.strip()[-200:]))
    return Outcome("types and versions", tuple(findings))


def _finding(line: str) -> Finding:
    where, number, _, message = line.split(":", 3)
    return Finding(where, int(number), "types", message.strip())
