"""The workflows are sound, and every rule catches the fault that it is there for."""

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("yaml")

from tools.delivery.finding import Outcome
from tools.workflows.check import (
    CHECKS,
    WORKFLOWS,
    actionlint,
    lint,
    read_pins,
    schema,
    zizmor,
)
from tools.workflows.rules import RULES, read_workflow

ROOT = Path(__file__).parents[3]
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"

BROKEN = [
    ("pins", "ci.yml", CHECKOUT, "actions/checkout@v7"),
    ("pins", "ci.yml", CHECKOUT, CHECKOUT.replace("3d3c", "3d3d")),
    ("pins", "ci.yml", CHECKOUT, CHECKOUT.removesuffix(" # v7.0.1")),
    ("pins", "ci.yml", CHECKOUT, "somebody/else@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"),
    ("permissions", "ci.yml", "permissions: {}", "permissions: write-all"),
    ("permissions", "ci.yml", "contents: read", "contents: write"),
    ("permissions", "deploy.yml", "    permissions:\n      contents: read\n    uses", "    uses"),
    (
        "identity",
        "release.yml",
        "    environment:\n      name: ${{ inputs.stage }}\n      url: ",
        "    env:\n      URL: ",
    ),
    (
        "identity",
        "release.yml",
        "client-id: ${{ vars.AZURE_CLIENT_ID }}",
        "creds: ${{ vars.AZURE_CREDENTIALS }}",
    ),
    ("time-limits", "provision.yml", "    timeout-minutes: 180\n", ""),
    ("triggers", "ci.yml", "  pull_request:", "  pull_request_target:"),
    ("checkout", "ci.yml", "persist-credentials: false", "persist-credentials: true"),
    ("canary", "deploy.yml", 'weight: "25"', 'weight: "75"'),
    (
        "canary",
        "deploy.yml",
        '"10"\n          workspace: ${{ vars.WORKSPACE_CUSTOMER_ID }}',
        '"10"',
    ),
    ("canary", "deploy.yml", " || needs.canary.result == 'cancelled')", ")"),
    ("canary", "deploy.yml", "  retreat:", "  regret:"),
]


@pytest.mark.parametrize("check", CHECKS)
def test_the_workflows_are_sound(check: Callable[[Path], Outcome]) -> None:
    result = check(ROOT)
    if result.skipped_because:
        pytest.skip(result.skipped_because)

    assert result.findings == ()


@pytest.mark.parametrize(("rule", "name", "whole", "broken"), BROKEN)
def test_a_broken_workflow_is_caught(rule: str, name: str, whole: str, broken: str) -> None:
    text = (ROOT / WORKFLOWS / name).read_text(encoding="utf-8")
    assert whole in text

    faults = list(lint(read_workflow(name, text.replace(whole, broken)), read_pins(ROOT)))

    assert {fault.rule for fault in faults} == {rule}


def test_every_rule_has_a_broken_workflow() -> None:
    assert {rule.__name__.replace("_", "-") for rule in RULES} == {rule for rule, *_ in BROKEN}


@pytest.mark.parametrize(
    ("check", "workflow"),
    [
        (schema, "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: 3\n"),
        (
            actionlint,
            "on: push\njobs:\n  a:\n    needs: b\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo\n",
        ),
        (
            zizmor,
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
            "      - run: echo ${{ github.event.issue.title }}\n",
        ),
    ],
    ids=["schema", "actionlint", "zizmor"],
)
def test_each_linter_catches_its_fault(
    check: Callable[[Path], Outcome], workflow: str, tmp_path: Path
) -> None:
    (tmp_path / WORKFLOWS).mkdir(parents=True)
    (tmp_path / WORKFLOWS / "broken.yml").write_text(workflow, encoding="utf-8")

    result = check(tmp_path)
    if result.skipped_because:
        pytest.skip(result.skipped_because)

    assert result.findings != ()
