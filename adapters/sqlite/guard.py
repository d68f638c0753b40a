"""Looks at a data file before anything is written to it, and refuses what is not surely ours and whole."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Final

APPLICATION_ID: Final = 0x48504855
"""Marks the file as this shop's (the bytes ``HPHU``); SQLite keeps it in the file's header."""

USER_VERSION: Final = 1
"""Raised with each change of the tables that an older release cannot read."""

CHECK_SECONDS: Final = 0.2
"""So long a start may look for damage: a young file is checked whole, a large one in part."""

STEPS_BETWEEN_LOOKS: Final = 10_000


class DataFileRefused(Exception):
    """The data file is foreign, corrupt or of a newer release; it was not touched."""


def refuse_unknown(path: Path) -> None:
    """Raise ``DataFileRefused`` unless the file is missing, empty, or ours, whole and not too new."""
    if not path.exists():
        return
    if not path.is_file():
        raise DataFileRefused(f"{path} is no file.")
    if path.stat().st_size:
        _refuse_header(path)
        _refuse_damage(path)


def _refuse_header(path: Path) -> None:
    """Look at the header alone, which changes nothing, not even a file that needs recovery.

    SQLite reads it: a file that this process opened and closed by other means would take the locks of
    all its connections with it, and the next process to leave would remove the log beneath them
    (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise DataFileRefused(
                f"{path} is not a data file of this shop, or its beginning is damaged ({error})."
            ) from error
    if application != APPLICATION_ID:
        raise DataFileRefused(f"{path} belongs to another program.")
    _refuse_newer(path, version)


def _refuse_newer(path: Path, version: int) -> None:
    if version > USER_VERSION:
        raise DataFileRefused(
            f"{path} was written by a newer release (format {version}, this one reads {USER_VERSION})."
        )


def _refuse_damage(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # closing must not move the log into the file: a refused file stays as it was
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)
        try:
            connection.execute("PRAGMA query_only=ON")
            _refuse_newer(path, connection.execute("PRAGMA user_version").fetchone()[0])
            fault = _first_fault(connection)
        except sqlite3.DatabaseError as error:
            fault = str(error)
    fault = " ".join(fault.split())
    if fault != "ok":
        raise DataFileRefused(f"{path} is damaged or unreadable ({fault}); restore it from a copy.")


def _first_fault(connection: sqlite3.Connection) -> str:
    until = monotonic() + CHECK_SECONDS
    connection.set_progress_handler(lambda: monotonic() > until, STEPS_BETWEEN_LOOKS)
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError:  # out of time, or locked: no fault was seen
        return "ok"
