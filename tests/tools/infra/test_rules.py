"""Each rule catches the fixture that breaks it, and says nothing else about it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.infra import agreement, rules
from tools.infra.check import CHECKS
from tools.infra.tree import read_tree

FIXTURES = Path(__file__).parent / "fixtures"
SOURCES = Path(rules.__file__).parent
ELSEWHERE = {"code-names", "unknown-hub", "hub-limit", "agent-row", "setting", "region", "gateway"}
ELSEWHERE |= {"alert", "recovery", "wiring", "types", "secret"}
"""Rules about lists and the type checker, broken in test_agreement and test_types."""


def found_in(folder: Path) -> set[str]:
    tree = read_tree(folder)
    checks = [c for line, group in CHECKS.items() for c in group if line != "agreement"]
    return {
        finding.rule for check in (*checks, agreement.loops_over_lists) for finding in check(tree)
    }


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_broken_fixture_is_caught_for_its_fault_alone(name: str) -> None:
    assert found_in(FIXTURES / name) == {name.split("--", maxsplit=1)[0]}


@pytest.mark.parametrize(
    ("rule", "kind", "path", "value"),
    [row for row in rules.required() if row[2]],
)
def test_every_value_of_the_table_is_missed_when_absent(
    tmp_path: Path, rule: str, kind: str, path: str, value: str
) -> None:
    (tmp_path / "x.bicep").write_text(f"resource r '{kind}@2026-01-01' = {{\n  name: 'x'\n}}\n")

    found = [(f.rule, f.message) for f in rules.required_values(read_tree(tmp_path))]

    assert (rule, f"{kind}: {path} must be {value}") in found


@pytest.mark.parametrize("kind", [row[1] for row in rules.required() if not row[2]])
def test_every_type_that_can_log_must(tmp_path: Path, kind: str) -> None:
    (tmp_path / "x.bicep").write_text(f"resource r '{kind}@2026-01-01' = {{\n  name: 'x'\n}}\n")

    assert [f.message for f in rules.unlogged(read_tree(tmp_path))] == [
        f"{kind} has no diagnostic settings"
    ]


def test_an_existing_resource_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "x.bicep").write_text(
        "resource r 'Microsoft.KeyVault/vaults@2025-05-01' existing = {\n  name: 'x'\n}\n"
    )
    tree = read_tree(tmp_path)

    assert not list(rules.unlogged(tree))
    assert not list(rules.required_values(tree))


def test_no_rule_is_without_a_fixture() -> None:
    broken = {path.name.split("--")[0] for path in FIXTURES.iterdir()}

    assert broken | ELSEWHERE == {rule for path in SOURCES.glob("*.py") for rule in named_in(path)}


def named_in(path: Path) -> Iterator[str]:
    """The rule names that a source file gives to its findings."""
    if path.name == "rules.py":
        yield from {row[0] for row in rules.required()}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and (position := rule_position(node.func))
            and len(node.args) > position
        ):
            argument = node.args[position]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def rule_position(function: ast.expr) -> int:
    """Where the rule stands among the arguments of what makes a finding; 0 for anything else."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return {"finding": 1, "_about": 1, "Finding": 2}.get(name, 0)


def test_a_value_is_waived_only_by_name_and_right_above(tmp_path: Path) -> None:
    path = tmp_path / "x.bicep"
    remark = "// waives public-access properties.publicAccess: shown to everybody\n"
    container = "Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01"
    resource = f"resource r '{container}' = {{\n  name: 'x'\n  properties: {{ publicAccess: 'Blob' }}\n}}\n"

    path.write_text(remark + resource)
    assert list(rules.required_values(read_tree(tmp_path))) == []

    path.write_text(remark + "\n" + resource)
    assert [f.line for f in rules.required_values(read_tree(tmp_path))] == [3]
