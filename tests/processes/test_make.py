"""``make run`` and ``make reset``, as a newcomer meets them, in a copy of the repository's own commands."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from tools.instance import ROOT, free_port

START_SECONDS = 60.0
GOAL_SECONDS = 3.0
"""What a second start should take on a quiet machine; printed, not asserted."""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The repository by links, so that its ``.local`` is another one."""
    for path in ROOT.iterdir():
        if path.name not in (".git", ".local", "build"):
            (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.fixture
def port() -> int:
    return free_port()


def make(house: Path, *words: str) -> "subprocess.Popen[str]":
    ours = ("HPH_", "MAKE", "MFLAGS")  # another make may have started the tests
    environment = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return subprocess.Popen(  # noqa: S603 - ours
        ["make", *words],  # noqa: S607 - whatever make there is
        cwd=house,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def serving(house: Path, port: int) -> tuple["subprocess.Popen[str]", float]:
    """``make run``, and the seconds until it answered."""
    began = time.monotonic()
    running = make(house, "run", f"PORT={port}")
    while time.monotonic() - began < START_SECONDS and running.poll() is None:
        try:
            urlopen(f"http://localhost:{port}/health/ready", timeout=2).close()
            return running, time.monotonic() - began
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"make run did not serve: {running.communicate()[0]}")


def ended(running: "subprocess.Popen[str]") -> tuple[int, str]:
    """Ctrl-C, the exit status, and what was printed."""
    os.killpg(running.pid, signal.SIGINT)
    said, _ = running.communicate(timeout=20)
    return running.returncode, said


@pytest.mark.skipif(not shutil.which("make"), reason="make is not here")
def test_run_seeds_once_serves_and_says_where_everything_is(
    house: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    first, slow = serving(house, port)
    status, said = ended(first)
    assert status in (0, 2, -signal.SIGINT), "make itself calls an interrupted recipe an error"
    assert re.match(r"seed: 312 created, 0 changed, 0 unchanged, 0 refused in [\d.]+ s\n", said)
    assert f"shop           http://localhost:{port}\n" in said
    assert f"API reference  http://localhost:{port}/api/docs\n" in said
    assert "log            .local/log.jsonl\n" in said

    second, quick = serving(house, port)
    categories = urlopen(f"http://localhost:{port}/api/categories", timeout=5).read()
    _, said = ended(second)
    assert "seed" not in said
    assert b'"items":[{' in categories.replace(b" ", b"")
    with capsys.disabled():
        print(f"\nmake run: first {slow:.1f} s, second {quick:.1f} s (goal {GOAL_SECONDS} s)")  # noqa: T201 - figures

    assert make(house, "reset").communicate()[0] == "reset: .local is empty\n"
    assert not (house / ".local").exists()
    assert (ROOT / "Makefile").exists()
