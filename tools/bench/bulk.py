"""A large shop out of a small one: its documents written again and again under other names.

The catalogue's import would take minutes for what only has to lie in the tables and their indexes. The
copies cannot be reached by their products' names; the products that are measured are the first ones.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

CACHE_KIBIBYTES: Final = 1024 * 1024
"""Enough to hold every index while it is written in no order."""

_COPIED: Final = {
    "Products": ("product", "card", "pointer", "audit"),
    "Inventory": ("stock", "audit"),
}
"""What each product adds to each container, but for the search index, which nothing here reads."""


def multiply(small: Path, large: Path, times: int) -> None:
    """Copy the data folder ``small`` to ``large``, which then has ``times`` as many products."""
    shutil.copytree(small, large)
    with closing(sqlite3.connect(large / "shop.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
        for container in _COPIED:
            _keep_first(connection, container)
        for number in range(1, times):
            connection.execute("BEGIN")
            for container in _COPIED:
                _copy(connection, container, f"~{number}")
            connection.execute("COMMIT")


def _keep_first(connection: sqlite3.Connection, container: str) -> None:
    kinds = ",".join(f"'{kind}'" for kind in _COPIED[container])
    chosen = f"SELECT * FROM {container} WHERE kind IN ({kinds})"  # noqa: S608 - our own names
    connection.execute(f"CREATE TEMP TABLE first_{container} AS {chosen}")


def _copy(connection: sqlite3.Connection, container: str, suffix: str) -> None:
    """Pointers and stock have partitions of their own; the rest lies beside what it was copied from."""
    alone = "1" if container == "Inventory" else "kind='pointer'"
    connection.execute(
        f"INSERT INTO {container}(pk, id, kind, version, expires_at, body)"  # noqa: S608 - as above
        f" SELECT iif({alone}, pk || ?, pk), id || ?, kind, version, expires_at, body"
        f" FROM first_{container}",
        (suffix, suffix),
    )
