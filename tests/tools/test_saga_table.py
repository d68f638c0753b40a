from pathlib import Path
from typing import Final

import pytest

from tools import saga_table

ROOT: Final = Path(__file__).parent.parent.parent
SPECIFICATION: Final = ROOT.parent / "shared" / "spec" / "saga.md"


def rows_between(text: str, first: str, last: str) -> list[str]:
    """The lines of the table between two headings."""
    section = text.split(first, maxsplit=1)[1].split(last, maxsplit=1)[0]
    return [line for line in section.splitlines() if line.startswith("|")]


def test_the_committed_table_is_current() -> None:
    assert saga_table.main(["--check"]) == 0


def test_the_order_has_82_rows_that_change_or_tell_something() -> None:
    assert len(list(saga_table.order_rows())) == 82


def test_the_table_agrees_with_the_specification_row_for_row() -> None:
    if not SPECIFICATION.exists():
        pytest.skip("the specification is not beside this repository")
    specified = SPECIFICATION.read_text(encoding="utf-8")

    mine = rows_between(saga_table.page(), "## The order", "## Inventory")

    assert mine == rows_between(specified, "### Table", "Not in the table")


def test_writing_the_page_makes_the_check_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saga_table, "PAGE", tmp_path / "saga.md")
    (tmp_path / "saga.md").write_text("old", encoding="utf-8")

    assert saga_table.main(["--check"]) == 1
    assert saga_table.main([]) == 0
    assert saga_table.main(["--check"]) == 0
