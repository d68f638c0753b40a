"""Whole hosts: started as a person starts them, stopped and killed."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.serve import main, prepare, serve

ROOT = Path(__file__).parents[2]
APPS = Path(__file__).parent / "apps"


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A host in a process of its own, on a folder that hosts may share."""

    def __init__(self, folder: Path, name: str, app: str = "busy", **environment: str) -> None:
        self.name, self.folder, self.port = name, folder, free_port()
        self.started_at = time.monotonic()
        self.popen = subprocess.Popen(  # noqa: S603 - this interpreter, on our own app
            [sys.executable, "-m", "local", "--app", str(APPS / app), "--port", str(self.port)],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "HPH_LOCAL_DIR": str(folder / name),
                "HPH_STORE_FILE": str(folder / "shop.db"),
                "HPH_LEASE_SECONDS": "0.9",
                "BUSY_HOST": name,
                "BUSY_NOTES": str(folder / "notes"),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> "Process":
        """Wait until it listens."""
        while self.popen.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                assert time.monotonic() - self.started_at < 10, "it does not start"
                time.sleep(0.01)
            else:
                return self
        raise AssertionError(self.popen.communicate())

    def publish(self, key: str, count: int) -> None:
        """Have the app append that many events for a key."""
        url = f"http://127.0.0.1:{self.port}/publish/{key}/{count}"
        assert httpx.post(url, content=b"").status_code == 202

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal; the exit status and what was printed."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        printed, errors = self.popen.communicate(timeout=10)
        return self.popen.returncode, printed, errors


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Any]:
    """Start hosts over one folder; what still runs afterwards is killed."""
    started: list[Process] = []

    def start(name: str, app: str = "busy", **environment: str) -> Process:
        started.append(Process(tmp_path, name, app, **environment))
        return started[-1]

    yield start
    for process in started:
        process.end(signal.SIGKILL)


def notes(folder: Path, group: str) -> list[tuple[str, str, int]]:
    """Host, key and number of each event that a group has seen."""
    path = folder / "notes"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    read = [json.loads(line) for line in lines]
    return [(one["host"], one["key"], one["number"]) for one in read if one["group"] == group]


def wait_for(folder: Path, group: str, count: int, seconds: float = 8.0) -> float:
    """Wait until a group has seen that many different events; how long it took."""
    started = time.monotonic()
    while len({note[1:] for note in notes(folder, group)}) < count:
        assert time.monotonic() - started < seconds, notes(folder, group)
        time.sleep(0.01)
    return time.monotonic() - started


def test_a_host_says_where_everything_is_and_stops_cleanly(processes: Any, tmp_path: Path) -> None:
    host = processes("a", "hello").ready()

    status, printed, errors = host.end()

    assert printed.splitlines() == [
        f"shop           http://localhost:{host.port}",
        f"API reference  http://localhost:{host.port}/api/docs",
        f"sign in        http://localhost:{host.port}/_local/issuer (or: make token ROLE=staff)",
        f"log            {tmp_path / 'a' / 'log.jsonl'}",
    ]
    assert (status, errors) == (0, "")


def test_an_app_that_cannot_be_loaded_is_told_and_not_served(
    processes: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "function_app.py").write_text("import nothing_of_the_kind\n", "utf-8")

    host = processes("a", str(broken))
    printed, errors = host.popen.communicate(timeout=10)

    assert (host.popen.returncode, printed) == (1, "")
    assert errors.startswith(f"{broken / 'function_app.py'}:1: ModuleNotFoundError")


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = subprocess.run(  # noqa: S603 - as above
            [sys.executable, "-m", "local", "--app", str(APPS / "hello"), "--port", port],
            cwd=ROOT,
            env={**os.environ, "HPH_LOCAL_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )

    assert run.returncode == 3
    assert "address already in use" in run.stderr


def test_every_event_of_a_killed_host_is_consumed_by_the_other(
    processes: Any, tmp_path: Path
) -> None:
    first = processes("first").ready()
    second = processes("second").ready()
    deadline = time.monotonic() + 8
    turn = 0
    while {note[0] for note in notes(tmp_path, "views")} != {"first", "second"}:
        assert time.monotonic() < deadline, "they do not share"
        second.publish(f"share-{(turn := turn + 1)}", 1)
        time.sleep(0.05)
    wait_for(tmp_path, "views", turn)

    for number in range(20):
        second.publish(f"key-{number}", 3)
    first.end(signal.SIGKILL)
    for number in range(20):
        second.publish(f"more-{number}", 3)

    took = wait_for(tmp_path, "views", turn + 120)
    wait_for(tmp_path, "payment", turn + 120)
    assert took < 3.0
    for group in ("views", "payment"):
        for number in range(20):
            assert numbers_of(tmp_path, group, f"key-{number}") == [0, 1, 2]


def numbers_of(folder: Path, group: str, key: str) -> list[int]:
    """The numbers of a key's events in the order in which they were seen first."""
    seen: list[int] = []
    for _, its_key, number in notes(folder, group):
        if its_key == key and number not in seen:
            seen.append(number)
    return seen


def test_nothing_is_lost_or_repeated_over_a_clean_restart(processes: Any, tmp_path: Path) -> None:
    first = processes("first").ready()
    first.publish("before", 5)
    wait_for(tmp_path, "views", 5)
    wait_for(tmp_path, "payment", 5)
    assert first.end()[0] == 0

    second = processes("second").ready()
    second.publish("after", 5)
    wait_for(tmp_path, "views", 10)
    wait_for(tmp_path, "payment", 10)
    second.end()

    for group in ("views", "payment"):
        seen = notes(tmp_path, group)
        assert len(seen) == 10
        assert {note[0] for note in seen[5:]} == {"second"}


def test_events_of_a_host_that_was_killed_at_once_come_after_its_restart(
    processes: Any, tmp_path: Path
) -> None:
    first = processes("first", HPH_FAULTS="delay=30").ready()
    first.publish("o-1", 3)
    first.end(signal.SIGKILL)
    assert notes(tmp_path, "views") == []

    processes("second").ready()

    wait_for(tmp_path, "views", 3)
    assert numbers_of(tmp_path, "views", "o-1") == [0, 1, 2]


def test_another_process_s_event_is_seen_within_a_tenth_of_a_second(
    processes: Any, tmp_path: Path
) -> None:
    first, second = processes("first").ready(), processes("second").ready()
    time.sleep(1.5)  # until both hold their share

    waits = []
    for number in range(8):
        (first if number % 2 else second).publish(f"k-{number}", 1)
        waits.append(wait_for(tmp_path, "views", number + 1))

    assert {note[0] for note in notes(tmp_path, "views")} == {"first", "second"}
    assert sorted(waits)[4] < 0.1


def test_sigterm_ends_a_host_within_five_seconds_although_a_function_hangs(
    processes: Any, tmp_path: Path
) -> None:
    host = processes("a", HPH_FAULTS="delay=60").ready()
    host.publish("o-1", 1)
    time.sleep(0.1)

    started = time.monotonic()
    status, _, _ = host.end()

    assert status == 0
    assert time.monotonic() - started < 5


async def test_a_host_serves_in_this_process_too(
    tmp_path: Path,
    fresh_library: None,
    quiet_logging: None,
    own_environment: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HPH_LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("HPH_STORE_FILE", "")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    settings = prepare(APPS / "hello", os.environ, port=free_port())
    serving = asyncio.create_task(serve(settings))

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}") as client:
        for _ in range(200):
            try:
                response = await client.get("/health/live")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.01)
        signal.raise_signal(signal.SIGTERM)
        status = await asyncio.wait_for(serving, 5)
    for number, handler in handlers.items():
        signal.signal(number, handler)

    assert (status, response.status_code, response.json()) == (0, 200, {"status": "ok"})
    assert os.environ["HPH_STORE_FILE"] == str(tmp_path / "shop.db")
    assert capsys.readouterr().out.startswith("shop           http://localhost:")


def test_a_refusal_is_printed_and_ends_with_status_one(
    tmp_path: Path,
    fresh_library: None,
    quiet_logging: None,
    own_environment: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HPH_LOCAL_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HPH_STORE_FILE", "")

    status = main(["--app", str(tmp_path)])

    assert status == 1
    assert "function_app.py:1: the app has no functions" in capsys.readouterr().err


def test_a_data_file_that_is_not_ours_is_refused_and_left_alone(
    processes: Any, tmp_path: Path
) -> None:
    (tmp_path / "shop.db").write_bytes(b"precious" * 100)

    host = processes("a", "hello")
    printed, errors = host.popen.communicate(timeout=10)

    assert (host.popen.returncode, printed) == (1, "")
    assert errors.startswith(f"{tmp_path / 'shop.db'} is not a data file of this shop")
    assert (tmp_path / "shop.db").read_bytes() == b"precious" * 100
