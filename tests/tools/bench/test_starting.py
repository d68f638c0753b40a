"""What is measured of a start."""

from pathlib import Path

import pytest

from blueprints._index import INDEX
from blueprints._triggers import OnRequest
from tools.bench.starting import FIRST_CALLS, HELLO, _cpu_of
from tools.instance import ROOT

ROUTES = [(one.method, one.route) for one in INDEX if isinstance(one, OnRequest)]
SETTINGS = {"HPH_LOCAL": "true", "HPH_SECRET_KEY": "k" * 32}


def test_every_first_call_that_is_measured_is_one_of_the_shops() -> None:
    assert [("GET", route) for route in FIRST_CALLS.values() if ("GET", route) not in ROUTES] == []


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_process_loads_an_app_and_answers_its_first_call(tmp_path: Path, is_ours: bool) -> None:
    (tmp_path / "function_app.py").write_text(HELLO, "utf-8")
    app, route = (ROOT, "health/live") if is_ours else (tmp_path, "hello")
    settings = {**SETTINGS, "HPH_STORE_FILE": str(tmp_path / "shop.db")}

    assert _cpu_of(["-m", "tools.bench.answering", str(app), route], settings) > 0
    assert (tmp_path / "shop.db").exists() == is_ours
