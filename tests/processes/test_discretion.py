"""What a whole story leaves in the log: nothing of a person, and nothing that opens a door."""

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from tools.demo.__main__ import seed
from tools.demo.story import Story
from tools.instance import Instance
from tools.shopper import ADDRESS, EMAIL

SECRETS: Final = re.compile(r"eyJ[\w-]{20,}|hph_\w+=[\w-]{20,}|Bearer \S{8,}|_secret_\w{8,}")
PERSONAL: Final = (EMAIL, ADDRESS["name"], ADDRESS["line1"])
FREE_TEXT: Final = ("reason", "notes", "description", "issue")
"""Fields of events in which somebody could have written anything."""


def test_a_whole_story_leaves_nobody_s_data_in_logs_and_free_texts(tmp_path: Path) -> None:
    seed(tmp_path, {})
    # An agent that is asked in a step of the saga and never answers in time: the story waits for no order longer.
    instance = Instance(tmp_path, {"HPH_AGENTS": "carrier-selection=slow"})
    instance.start()
    try:
        asyncio.run(Story(instance.base).play())
    finally:
        instance.stop()

    lines = (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
    assert len(lines) > 100
    assert [line for line in lines if SECRETS.search(line)] == []
    assert [line for line in lines if any(text in line for text in PERSONAL)] == []
    texts = _free_texts(tmp_path / "shop.db")
    assert [text for text in texts if SECRETS.search(text) or text in PERSONAL] == []


def _free_texts(store: Path) -> list[str]:
    paths = ", ".join(f"json_extract(body, '$.data.{name}')" for name in FREE_TEXT)
    with closing(sqlite3.connect(store)) as file:
        rows = file.execute(f"SELECT {paths} FROM event_log").fetchall()  # noqa: S608
    return [text for row in rows for text in row if isinstance(text, str)]
