from pathlib import Path

from tools.infra.tree import read_tree
from tools.infra.types import type_outcome


def repository(tmp_path: Path, checker: str) -> Path:
    """A repository with one template, and a stand-in for the type checker beside it."""
    root = tmp_path / "repository"
    (root / "infra").mkdir(parents=True)
    (root / "infra" / "main.bicep").write_text("output a string = 'x'\n")
    if checker:
        (tmp_path / "shared" / "iac").mkdir(parents=True)
        (tmp_path / "shared" / "iac" / "bicepcheck.py").write_text(checker)
    return root


def outcome(root: Path) -> tuple[str, list[tuple[int, str]]]:
    found = type_outcome(read_tree(root / "infra"), root)
    return found.skipped, [(f.line, f.message) for f in found.findings]


def test_without_the_type_data_the_check_says_that_it_was_skipped(tmp_path: Path) -> None:
    root = repository(tmp_path, "")

    assert outcome(root) == ("../shared/iac is not here; the workflow runs the compiler", [])


def test_what_the_type_checker_says_becomes_findings(tmp_path: Path) -> None:
    root = repository(
        tmp_path,
        "import sys\nprint(sys.argv[1] + ':3:1: error BCP037: no such property')\nsys.exit(1)\n",
    )

    assert outcome(root) == ("", [(3, "error BCP037: no such property")])


def test_a_type_checker_that_breaks_is_no_pass(tmp_path: Path) -> None:
    root = repository(tmp_path, "import sys\nsys.stderr.write('boom')\nsys.exit(3)\n")

    assert outcome(root) == ("", [(0, "boom")])
