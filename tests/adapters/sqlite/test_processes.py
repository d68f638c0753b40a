"""Several processes on one data file, and one that is killed in the middle of it."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sqlite.file import SqliteFile
from adapters.sqlite.store import SqliteStore
from domain.companions import AuditRecord, Outbox, beside
from domain.entity import Entity
from tests.adapters.sqlite.writer import WallClock
from tests.adapters.store_kinds import AUDIT_KEY, Crate, Safe, put
from usecases.ports.store import Position, Query, Where

ROOT = Path(__file__).parents[3]
TIMES = 150


def _start(path: Path, name: str, work: str, times: int) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "tests.adapters.sqlite.writer",
        str(path),
        name,
        work,
        str(times),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours


def _outcome(process: "subprocess.Popen[str]") -> list[str]:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said.split()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    file = SqliteFile(path)
    yield SqliteStore(file, WallClock(), audit_key=AUDIT_KEY)
    file.close()


async def _crate(store: SqliteStore) -> Crate:
    crate = await store.get(Crate, "c", "u-1")
    assert crate is not None
    return crate


async def test_two_processes_that_compare_versions_lose_no_increment(
    path: Path, store: SqliteStore
) -> None:
    await put(store, Crate(id="c", sequence=0))

    for process in [_start(path, name, "increment", TIMES) for name in ("a", "b")]:
        await asyncio.to_thread(_outcome, process)

    assert (await _crate(store)).sequence == 2 * TIMES


async def test_two_processes_that_take_never_take_more_than_there_is(
    path: Path, store: SqliteStore
) -> None:
    await put(store, Crate(id="c", left=TIMES))

    started = [_start(path, name, "take", TIMES) for name in ("a", "b")]
    said = [await asyncio.to_thread(_outcome, process) for process in started]

    assert (await _crate(store)).left == 0
    assert len(said[0]) + len(said[1]) == TIMES
    holds = await _ids(store, Crate, "hold-")
    assert sorted(holds) == sorted(f"hold-{name}" for name in said[0] + said[1])


async def test_a_killed_process_leaves_every_acknowledged_batch_and_no_half_one(
    path: Path, store: SqliteStore
) -> None:
    process = _start(path, "k", "load", 100_000)
    assert process.stdout is not None
    said = [process.stdout.readline().strip() for _ in range(TIMES)]
    process.kill()
    said += process.communicate(timeout=60)[0].split("\n")[:-1]

    safes = await _ids(store, Safe, "")
    assert set(safes) >= set(said)
    assert len(said) >= TIMES
    assert await _ids(store, Crate, "with-") == [f"with-{name}" for name in safes]
    assert await _ids(store, beside(Outbox, "Orders"), "") == [f"out:{name}" for name in safes]
    records = await _ids(store, beside(AuditRecord, "Orders"), "")
    assert len(records) == len(safes)


async def _ids(store: SqliteStore, kind: type[Entity], prefix: str) -> list[str]:
    found: list[str] = []
    after: Position | None = None
    while True:
        query = Query("u-1", (Where("id", "prefix", prefix),), limit=100, after=after)
        page = await store.find(kind, query)
        found += [entity.id for entity in page.items]
        after = page.next
        if after is None:
            return found
