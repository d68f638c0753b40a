"""A piece of work on the data file, who waits for it, and what its failure means to them."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, Final

from usecases.ports.store import StoreBusy

_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)

type Job[T] = Callable[[sqlite3.Connection], T]


class Write:
    """One job, who waits for it, and what came of it."""

    __slots__ = ("_error", "_job", "_value", "settled")

    def __init__(self, job: Job[Any]) -> None:
        self._job = job
        self._value: Any = None
        self._error: BaseException | None = None
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def apply(self, connection: sqlite3.Connection) -> None:
        """Run the job in a savepoint. Raises ``StoreBusy`` where it took the whole transaction along."""
        connection.execute("SAVEPOINT job")
        try:
            self._value = self._job(connection)
        except BaseException as error:  # whatever it is belongs to the one who awaits this job
            self._error = surfaced(error)
            if not connection.in_transaction:
                raise StoreBusy("the transaction was lost") from error
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")

    def fail(self, error: Exception) -> None:
        """The whole group was lost, unless this job had been refused before."""
        if self._error is None:
            self._error = surfaced(error)

    def resume(self) -> None:
        """Let the one who waits go on, if he still does."""
        if not self.settled.done():
            self.settled.set_result(None)

    def outcome(self) -> Any:
        """What the job answered, or raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._value


def code(error: BaseException) -> int:
    """SQLite's primary result code (https://sqlite.org/rescode.html); 0 where there is none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def surfaced(error: BaseException) -> BaseException:
    """The error that the caller sees: a file that cannot be had just now is ``StoreBusy``."""
    if isinstance(error, OSError) or code(error) in _PASSING:
        return StoreBusy(f"the data file cannot be used: {error}")
    return error
