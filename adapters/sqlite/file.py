"""One SQLite file that several host processes share: durable grouped writes, reads that cost microseconds.

Writes of one moment are applied in one transaction (group commit), each in a savepoint of its own, and
only the COMMIT, which waits for the disk, leaves the event loop. Applying them in a thread instead
makes every statement fight for the interpreter lock: with a busy loop, 38 writes a second against 5,500.
Short reads run where they are asked for (4 µs; a hop to a thread and back costs 50); one that does not end
within ``SHORT_SECONDS`` is stopped and run again in a thread, so that no scan holds the loop.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Final

from adapters.sqlite.guard import APPLICATION_ID, USER_VERSION, refuse_unknown
from adapters.sqlite.job import Job, Write, code, surfaced
from usecases.ports.store import StoreBusy

SHORT_SECONDS: Final = 0.01
"""A read may hold the event loop for about that long."""

BUSY_SECONDS: Final = 5.0
"""How long a write waits for another process before it is ``StoreBusy``."""

MOST_IN_A_GROUP: Final = 64

_POLL_SECONDS: Final = 0.001
_LOG_BYTES: Final = 64_000_000
_STEPS_BETWEEN_LOOKS: Final = 5_000


class SqliteFile:
    """The file at ``path``, created when it is missing; used from one event loop at a time.

    ``synchronous`` is SQLite's: ``FULL`` survives a power cut, ``NORMAL`` a killed process. Raises
    ``DataFileRefused`` for a file that is foreign, corrupt or of a newer release, and leaves it as it is.
    """

    def __init__(self, path: str | Path, *, synchronous: str = "FULL") -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        refuse_unknown(self._path)
        self._writer = _connect(self._path, synchronous)
        _claim(self._writer)
        self._writer.execute("PRAGMA journal_mode=WAL")
        self._writer.execute(f"PRAGMA journal_size_limit={_LOG_BYTES}")
        self._reader = _connect(self._path, synchronous)
        self._scanner = _connect(self._path, synchronous)
        self._reader.set_progress_handler(self._is_overdue, _STEPS_BETWEEN_LOOKS)
        for connection in (self._reader, self._scanner):
            connection.execute("PRAGMA query_only=ON")
        for connection in (self._writer, self._reader):
            connection.execute("PRAGMA busy_timeout=0")  # nothing on the event loop waits in SQLite
        self._inode = self._path.stat().st_ino
        self._committing = ThreadPoolExecutor(1, "store-commit")
        self._scanning = ThreadPoolExecutor(1, "store-scan")
        self._waiting: list[Write] = []
        self._pump: asyncio.Task[None] | None = None
        self._read_until = 0.0
        self._is_closed = False

    async def write[T](self, job: Job[T]) -> T:
        """What ``job`` answers, once its changes are on the disk.

        ``job`` runs its statements on the connection that it is given, starts no transaction and may be
        rolled back: what it raises is raised here and undoes it alone. Raises ``StoreBusy`` where the file
        is locked for too long, lost or closed: the write may then have happened.
        """
        if self._is_closed:
            raise StoreBusy("the data file is closed")
        write = Write(job)
        self._waiting.append(write)
        if self._pump is None:
            self._pump = asyncio.create_task(self._work_off())
        await write.settled
        return write.outcome()  # type: ignore[no-any-return]  # the job's own T

    async def read[T](self, job: Job[T]) -> T:
        """What ``job`` reads of everything committed so far; it may be run twice. Raises ``StoreBusy``."""
        if self._is_closed:
            raise StoreBusy("the data file is closed")
        try:
            self._read_until = monotonic() + SHORT_SECONDS
            return job(self._reader)
        except sqlite3.Error as error:
            if code(error) != sqlite3.SQLITE_INTERRUPT:
                raise surfaced(error) from error
        return await self._scan(job)

    def prepare(self, job: Job[None]) -> None:
        """Run ``job`` at once and commit it: for creating tables before the first request."""
        self._writer.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")
        self._writer.execute("BEGIN IMMEDIATE")
        with self._writer:
            job(self._writer)
        self._writer.execute("PRAGMA busy_timeout=0")

    def close(self) -> None:
        """Wait for the commit under way and let go of the file; what still waits gets ``StoreBusy``."""
        self._is_closed = True
        self._committing.shutdown()
        self._scanning.shutdown()
        for connection in (self._scanner, self._reader, self._writer):
            connection.close()

    async def _scan[T](self, job: Job[T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._scanning, job, self._scanner)
        except sqlite3.Error as error:
            raise surfaced(error) from error

    def _is_overdue(self) -> bool:
        return monotonic() > self._read_until

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                group = self._waiting[:MOST_IN_A_GROUP]
                del self._waiting[:MOST_IN_A_GROUP]
                await self._settle(group)
        finally:
            self._pump = None
            self._give_up(self._waiting)
            self._waiting.clear()

    async def _settle(self, group: list[Write]) -> None:
        try:
            await self._begin()
            for write in group:
                write.apply(self._writer)
            await asyncio.shield(self._committed())
        except asyncio.CancelledError:
            self._give_up(group)
            raise
        except (sqlite3.Error, OSError, StoreBusy) as error:
            self._roll_back()
            for write in group:
                write.fail(error)
        for write in group:
            write.resume()

    def _committed(self) -> "asyncio.Future[sqlite3.Cursor]":
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._committing, self._writer.execute, "COMMIT")

    def _give_up(self, writes: list[Write]) -> None:
        for write in writes:
            write.fail(StoreBusy("the host is stopping"))
            write.resume()

    async def _begin(self) -> None:
        until = monotonic() + BUSY_SECONDS
        while not self._has_begun():
            if monotonic() > until:
                raise StoreBusy("another process holds the data file")
            await asyncio.sleep(_POLL_SECONDS)

    def _has_begun(self) -> bool:
        if self._is_closed:
            raise StoreBusy("the data file is closed")
        if self._path.stat().st_ino != self._inode:
            raise StoreBusy("the data file was replaced")
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True

    def _roll_back(self) -> None:
        if not self._is_closed and self._writer.in_transaction:
            self._writer.execute("ROLLBACK")


def _connect(path: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def _claim(connection: sqlite3.Connection) -> None:
    """Mark a new file as ours, before it turns to WAL: the mark then stands in the file itself."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if not connection.execute("PRAGMA application_id").fetchone()[0]:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={USER_VERSION}")
