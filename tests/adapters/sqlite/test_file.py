"""The shared data file: grouped durable writes, cheap reads, refusal of what is not ours."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.sqlite import file as file_module
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.guard import DataFileRefused
from usecases.ports.store import StoreBusy


def _table(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS t(id TEXT PRIMARY KEY, n INTEGER NOT NULL)")


def _insert(id: str, n: int = 1) -> Callable[[sqlite3.Connection], int]:
    return lambda connection: connection.execute("INSERT INTO t VALUES(?,?)", (id, n)).rowcount


def _rows(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    return connection.execute("SELECT id, n FROM t ORDER BY id").fetchall()


def _endless(connection: sqlite3.Connection) -> int:
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<400000) SELECT count(*) FROM c"
    return int(connection.execute(sql).fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "shop.db"


@pytest.fixture
def file(path: Path) -> Iterator[SqliteFile]:
    file = SqliteFile(path)
    file.prepare(_table)
    yield file
    file.close()


async def test_a_write_answers_what_its_job_answers_and_is_read_at_once(file: SqliteFile) -> None:
    assert await file.write(_insert("a", 7)) == 1

    assert await file.read(_rows) == [("a", 7)]


async def test_writes_of_one_moment_share_a_transaction_and_a_refused_one_is_undone_alone(
    file: SqliteFile,
) -> None:
    def refused(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES('half', 1)")
        raise KeyError("no")

    outcomes = await asyncio.gather(
        *(file.write(_insert(f"{n:03}")) for n in range(100)),
        file.write(refused),
        file.write(_insert("000")),
        return_exceptions=True,
    )

    assert outcomes[:100] == [1] * 100
    assert isinstance(outcomes[100], KeyError)
    assert isinstance(outcomes[101], sqlite3.IntegrityError)
    assert len(await file.read(_rows)) == 100


async def test_a_reader_cannot_write(file: SqliteFile) -> None:
    with pytest.raises(StoreBusy):
        await file.read(_insert("a"))


async def test_a_long_read_leaves_the_loop_and_still_answers(file: SqliteFile) -> None:
    assert await file.read(_endless) == 400000


async def test_a_wrong_statement_is_the_callers_error(file: SqliteFile) -> None:
    def wrong(connection: sqlite3.Connection) -> None:
        connection.execute("SELECT 1 FROM nowhere")

    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        await file.read(wrong)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        await file.write(wrong)


async def test_an_error_in_a_long_read_is_surfaced(file: SqliteFile) -> None:
    def long_then_wrong(connection: sqlite3.Connection) -> None:
        _endless(connection)
        connection.execute("INSERT INTO t VALUES('a', 1)")

    with pytest.raises(StoreBusy):
        await file.read(long_then_wrong)


async def test_one_who_stopped_waiting_does_not_disturb_the_others(file: SqliteFile) -> None:
    gone = asyncio.create_task(file.write(_insert("gone")))
    stays = asyncio.create_task(file.write(_insert("stays")))
    await asyncio.sleep(0)
    gone.cancel()

    assert await stays == 1
    assert await file.read(_rows) == [("gone", 1), ("stays", 1)]


async def test_a_write_waits_for_another_process_and_gives_up_in_the_end(
    file: SqliteFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(file.write(_insert("patient")))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    other.execute("COMMIT")
    assert await waiting == 1

    monkeypatch.setattr(file_module, "BUSY_SECONDS", 0.01)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="another process"):
        await file.write(_insert("late"))
    other.close()


async def test_a_lost_or_replaced_file_is_busy_and_nothing_is_acknowledged(
    file: SqliteFile, path: Path
) -> None:
    path.rename(path.with_suffix(".moved"))
    with pytest.raises(StoreBusy, match="cannot be used"):
        await file.write(_insert("a"))

    path.write_bytes(b"")
    with pytest.raises(StoreBusy, match="replaced"):
        await file.write(_insert("a"))


async def test_a_transaction_that_sqlite_ends_itself_fails_the_whole_group(
    file: SqliteFile,
) -> None:
    def ends_all(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR ROLLBACK INTO t VALUES('a', NULL)")

    def refused(connection: sqlite3.Connection) -> None:
        raise KeyError("no")

    outcomes = await asyncio.gather(
        file.write(_insert("first")),
        file.write(refused),
        file.write(ends_all),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [StoreBusy, KeyError, sqlite3.IntegrityError]
    assert await file.read(_rows) == []


async def test_a_job_that_ends_the_transaction_itself_is_found_out(file: SqliteFile) -> None:
    def meddles(connection: sqlite3.Connection) -> None:
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES('a', 1)")

    with pytest.raises(sqlite3.OperationalError, match="savepoint"):
        await file.write(meddles)
    assert await file.read(_rows) == []


async def test_a_closed_file_is_busy(path: Path) -> None:
    file = SqliteFile(path)
    late = asyncio.create_task(file.write(lambda connection: None))
    await asyncio.sleep(0)
    file.close()

    for outcome in (late, file.write(lambda connection: None), file.read(lambda connection: None)):
        with pytest.raises(StoreBusy, match="closed"):
            await outcome


async def test_whoever_stops_the_work_leaves_nobody_waiting(file: SqliteFile) -> None:
    writes = [asyncio.create_task(file.write(_insert(f"{n:03}"))) for n in range(100)]
    await asyncio.sleep(0)
    (work,) = asyncio.all_tasks() - {asyncio.current_task(), *writes}
    await asyncio.sleep(0)
    work.cancel()

    for write in writes:
        with pytest.raises(StoreBusy, match="stopping"):
            await write
    assert await file.write(_insert("after")) == 1


def test_a_file_serves_one_event_loop_after_the_other(file: SqliteFile) -> None:
    asyncio.run(file.write(_insert("a")))
    asyncio.run(file.write(_insert("b")))

    assert asyncio.run(file.read(_rows)) == [("a", 1), ("b", 1)]


def test_our_own_file_opens_again_whole_or_empty_or_with_its_log_unmerged(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    first = SqliteFile(path)
    first.prepare(_table)
    second = SqliteFile(path)

    assert asyncio.run(second.read(_rows)) == []
    first.close()
    second.close()


VISIT = """
import sqlite3, sys
visitor = sqlite3.connect(sys.argv[1])
print(visitor.execute("SELECT count(*) FROM t").fetchone()[0])
visitor.close()
"""


def test_a_visitor_who_leaves_does_not_take_the_log_of_a_process_that_opened_the_file_twice(
    path: Path,
) -> None:
    """A file that is read and closed beside SQLite loses the locks of its whole process, and a visitor
    who then leaves takes himself for the last one and removes the log that is being written to.
    """
    first, second = SqliteFile(path), SqliteFile(path)
    first.prepare(_table)
    log = path.with_name("shop.db-wal")
    before = log.stat().st_ino

    for expected in ("0", "200"):
        command = [sys.executable, "-c", VISIT, str(path)]
        visit = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        assert visit.stdout.strip() == expected
        assert log.stat().st_ino == before
        if expected == "0":
            first.prepare(_two_hundred_rows)

    first.close()
    second.close()


def _two_hundred_rows(connection: sqlite3.Connection) -> None:
    rows = [(f"{n:0200}",) for n in range(200)]
    connection.executemany("INSERT INTO t VALUES(?,1)", rows)


@pytest.fixture
def whole(path: Path) -> bytes:
    file = SqliteFile(path)
    file.prepare(_table)
    file.prepare(_two_hundred_rows)
    file.close()
    return path.read_bytes()


def _refused(path: Path, content: bytes, sentence: str) -> None:
    path.write_bytes(content)
    with pytest.raises(DataFileRefused, match=sentence):
        SqliteFile(path)
    assert path.read_bytes() == content


def test_a_damaged_file_is_refused_and_not_touched(path: Path, whole: bytes) -> None:
    _refused(path, b"not a database at all", "damaged")
    _refused(path, b"\x00" * 100 + whole[100:], "beginning is damaged")
    _refused(path, whole[: len(whole) // 2], "damaged")
    _refused(path, whole[:8192] + b"\xff" * 4096 + whole[12288:], "damaged")


def test_a_foreign_file_is_refused_and_not_touched(path: Path, whole: bytes) -> None:
    _refused(path, whole[:68] + b"\x00\x00\x00\x01" + whole[72:], "another program")


def test_a_newer_file_is_refused_and_not_touched(path: Path, whole: bytes) -> None:
    _refused(path, whole[:60] + b"\x00\x00\x00\x02" + whole[64:], "newer release")


def test_a_newer_version_that_stands_in_the_log_only_is_seen(path: Path, whole: bytes) -> None:
    newer = sqlite3.connect(path, isolation_level=None)
    newer.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)
    newer.execute("PRAGMA user_version=2")
    newer.close()

    _refused(path, whole, "newer release")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileRefused, match="no file"):
        SqliteFile(tmp_path)


def test_a_large_file_is_checked_for_a_moment_only(
    path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sqlite.guard.CHECK_SECONDS", -1.0)
    monkeypatch.setattr("adapters.sqlite.guard.STEPS_BETWEEN_LOOKS", 1)

    SqliteFile(path).close()
