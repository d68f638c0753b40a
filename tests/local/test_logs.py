"""The local log."""

import json
import logging
import time
from pathlib import Path

import pytest

from local.logs import WAIT_SECONDS, WaitingFile, write_logs


def write_what_waits() -> None:
    """Have the handlers put their lines on the disk, as they do a tenth of a second later."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, WaitingFile):
            handler.write()


def test_a_record_is_one_json_line_with_its_fields(
    tmp_path: Path, quiet_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "logs" / "log.jsonl"
    write_logs(path)

    logging.getLogger("shop").info("order placed: %s", "é", extra={"order_id": "o-1", "lines": 3})

    write_what_waits()

    (line,) = path.read_text("utf-8").splitlines()
    read = json.loads(line)
    assert read.pop("timestamp").endswith("Z")
    assert read == {
        "level": "info",
        "logger": "shop",
        "message": "order placed: é",
        "order_id": "o-1",
        "lines": 3,
    }
    assert capsys.readouterr().err == ""


def test_a_warning_is_seen_on_the_terminal_too(
    tmp_path: Path, quiet_logging: None, capsys: pytest.CaptureFixture[str]
) -> None:
    write_logs(tmp_path / "log.jsonl")

    logging.getLogger("shop").warning("stock is low")

    assert capsys.readouterr().err == "WARNING shop: stock is low\n"


def test_an_exception_carries_its_stack(tmp_path: Path, quiet_logging: None) -> None:
    path = tmp_path / "log.jsonl"
    write_logs(path)

    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("shop").exception("failed")

    assert "ValueError: no" in json.loads(path.read_text("utf-8"))["stack"]


def test_the_worker_s_chatter_is_left_out(tmp_path: Path, quiet_logging: None) -> None:
    path = tmp_path / "log.jsonl"
    write_logs(path)

    logging.getLogger("azure.functions").info("Function name: x")
    write_what_waits()

    assert not path.exists()


def test_a_line_waits_a_moment_and_a_warning_does_not(tmp_path: Path, quiet_logging: None) -> None:
    path = tmp_path / "log.jsonl"
    write_logs(path)

    logging.getLogger("shop").info("first")
    waits = not path.exists()
    logging.getLogger("shop").warning("second")
    at_once = path.read_text("utf-8")
    logging.getLogger("shop").info("third")
    time.sleep(3 * WAIT_SECONDS)

    assert waits
    assert [json.loads(line)["message"] for line in at_once.splitlines()] == ["first", "second"]
    assert '"third"' in path.read_text("utf-8")
