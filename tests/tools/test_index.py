"""The index of functions: a line for each, written by one command."""

from pathlib import Path

import pytest

from blueprints._area import Area
from blueprints._triggers import OnEvents, OnRequest, OnTime
from tools.index import FILE, HEAD, main, text_of


async def serve(*given: object) -> None:
    """Nothing."""


def test_the_file_has_a_line_for_each_function_in_the_order_of_declaration() -> None:
    first, second = Area("b"), Area("a")
    first.add(OnRequest("b", "b_look", "GET", "api/b/{id}"), serve)
    first.add(OnTime("b", "sweep", "%B_SCHEDULE%"), serve)
    second.add(OnEvents("a", "a_on_b_events", "b-events", "a"), serve)

    lines = text_of([first, second]).removeprefix(HEAD).splitlines()

    assert lines == [
        '    OnRequest("b", "b_look", "GET", "api/b/{id}"),',
        '    OnTime("b", "sweep", "%B_SCHEDULE%"),',
        '    OnEvents("a", "a_on_b_events", "b-events", "a"),',
        ")",
    ]


def test_a_stale_file_is_told_with_the_command_that_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "_index.py"
    file.write_text(f"{HEAD})\n", "utf-8")

    assert main(["--check"], file) == 1
    assert capsys.readouterr().out == (
        f"{file} is not what the areas declare: run python -m tools.index\n"
    )
    assert file.read_text("utf-8") == f"{HEAD})\n"

    assert main([], file) == 0
    assert main(["--check"], file) == 0
    assert file.read_bytes() == FILE.read_bytes()
