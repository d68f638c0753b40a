"""A place for throw-away apps, and hosts' parts without a process around them."""

import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from domain.events import Event
from local.protos import RetryContext, TypedData
from local.worker import Function, FunctionFailed, Retry, Worker, load

HEADER = """
import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
"""

type LoadApp = Callable[..., Awaitable[Worker]]


@pytest.fixture
def fresh_library() -> Iterator[None]:
    """A worker library of this test's own: it keeps its app in its modules."""
    path, modules = list(sys.path), dict(sys.modules)
    for name in list(sys.modules):
        if name.startswith(("azure_functions_runtime", "function_app")):
            del sys.modules[name]
    yield
    sys.path[:] = path
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]
    sys.modules.update(modules)


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment of this test's own, because a host fills in what is missing."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


@pytest.fixture
def load_app(tmp_path: Path, fresh_library: None) -> Iterator[LoadApp]:
    """Write an app from source text, one file a keyword, and load it."""
    loaded = []

    async def write_and_load(function_app: str, **modules: str) -> Worker:
        for name, text in {"function_app": HEADER + dedent(function_app), **modules}.items():
            (tmp_path / f"{name}.py").write_text(dedent(text), "utf-8")
        worker = await load(tmp_path)
        loaded.append(worker)
        return worker

    yield write_and_load
    for worker in loaded:
        worker.close()


@pytest.fixture
def quiet_logging() -> Iterator[None]:
    """Put the loggers back as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


class HandClock:
    """A clock that moves when it is told to, or slept on."""

    def __init__(self) -> None:
        self.moment = datetime(2031, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Be there at once."""
        self.moment += timedelta(seconds=seconds)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands at the first of January 2031."""
    return HandClock()


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[SqliteFile]:
    """A store file of this test's own."""
    opened = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def event_log(file: SqliteFile, clock: HandClock) -> EventLog:
    """An empty log."""
    return EventLog(file, clock)


class ScriptedWorker(Worker):
    """A worker whose functions do what a test says: fail so many times, wait, take notes."""

    def __init__(self, *functions: Function, fails: int = 0) -> None:
        super().__init__(None, functions)
        self.fails = fails
        self.runs: list[tuple[str, TypedData, dict[str, TypedData], str, RetryContext]] = []
        self.work: Callable[[Function], Awaitable[None]] | None = None

    async def invoke(
        self,
        function: Function,
        data: TypedData,
        metadata: dict[str, TypedData],
        *,
        trace_parent: str = "",
        retry: RetryContext | None = None,
    ) -> None:
        """Note the run; then do as told."""
        assert retry is not None
        self.runs.append((function.name, data, metadata, trace_parent, retry))
        if self.work:
            await self.work(function)
        if self.fails:
            self.fails -= 1
            raise FunctionFailed("Boom: not yet", "its stack")

    def close(self) -> None:
        """Nothing to let go."""


def event_function(
    group: str = "views", *, many: bool = True, retry: Retry | None = None
) -> Function:
    """A function that reads order-events."""
    trigger: dict[str, Any] = {
        "type": "eventHubTrigger",
        "name": "events",
        "eventHubName": "order-events",
        "consumerGroup": group,
        "cardinality": "many" if many else "one",
    }
    return Function(f"on_{group}", f"id-{group}", trigger, retry, "function_app.py:1")


def timer_function(schedule: str, name: str = "tick", **trigger: Any) -> Function:
    """A timer function."""
    binding = {"type": "timerTrigger", "name": "timer", "schedule": schedule, **trigger}
    return Function(name, f"id-{name}", binding, None, "function_app.py:1")


def event(key: str, number: int, **fields: Any) -> Event:
    """An OrderCreated event of the order ``key``."""
    return Event(
        event_id=f"{key}-{number}",
        event_type="OrderCreated",
        timestamp=datetime(2031, 1, 1, tzinfo=UTC),
        subject=key,
        data={"order_id": key, "number": number},
        correlation_id="correlation",
        causation_id="cause",
        **fields,
    )
