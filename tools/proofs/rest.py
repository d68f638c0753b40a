"""Whether anything is still under way in a store file that hosts are working on."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from adapters.embedded.webhooks import PENDING
from domain.containers import PARTITION_KEYS
from tools.audit.books import OVER

_LAGGING = """
SELECT name FROM leases JOIN (
    SELECT hub, partition, max(sequence) AS newest FROM event_log GROUP BY hub, partition)
ON name LIKE hub || '/%/' || partition
WHERE newest > CAST(coalesce(nullif(state, ''), '0') AS INTEGER)"""


def unfinished(path: Path) -> list[str]:
    """Everything that somebody still has to do: orders, outbox, audit, webhooks, readers that lag behind."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as file:
        file.execute("BEGIN")
        companions = [*_outboxes(file), *_records(file)]
        return [*_orders(file), *companions, *_webhooks(file), *_readers(file)]


def _orders(file: sqlite3.Connection) -> Iterator[str]:
    """A person's ticket ends an order too."""
    for (body,) in file.execute("SELECT body FROM Orders WHERE kind='order'"):
        order = json.loads(body)
        if order["status"] not in OVER and not (order.get("facets") or {}).get("ticket"):
            yield f"order {order['id']} is {order['status']}"


def _outboxes(file: sqlite3.Connection) -> Iterator[str]:
    for container in PARTITION_KEYS:
        unsent = "kind='outbox' AND json_type(body, '$.sent_at') IS NULL"
        for (one,) in file.execute(f"SELECT id FROM {container} WHERE {unsent}"):  # noqa: S608
            yield f"{one} is not sent"


def _records(file: sqlite3.Connection) -> Iterator[str]:
    for container in PARTITION_KEYS:
        waiting = "kind='audit' AND _waiting_since IS NOT NULL"
        for (one,) in file.execute(f"SELECT id FROM {container} WHERE {waiting}"):  # noqa: S608
            yield f"{one} is not projected"


def _webhooks(file: sqlite3.Connection) -> Iterator[str]:
    if _is_there(file, "world_records"):
        for (key,) in file.execute("SELECT key FROM world_records WHERE drawer=?", (PENDING,)):
            yield f"webhook {key} is not delivered"


def _readers(file: sqlite3.Connection) -> Iterator[str]:
    if _is_there(file, "leases"):
        for (name,) in file.execute(_LAGGING):
            yield f"{name} lags behind"


def _is_there(file: sqlite3.Connection, table: str) -> bool:
    """Whether a host has made the table already."""
    found = file.execute("SELECT 1 FROM sqlite_master WHERE name=?", (table,))
    return found.fetchone() is not None
