"""All that lies in a store file, read in one transaction and in the order in which it was committed."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from adapters.embedded.card_rules import CardPayment
from adapters.embedded.cards import INTENTS
from adapters.embedded.carriers import PARCELS
from adapters.embedded.parcels import Parcel
from adapters.embedded.webhooks import ABANDONED, PENDING
from domain.audit import AuditEntry
from domain.companions import AuditRecord, Outbox, beside
from domain.containers import PARTITION_KEYS
from domain.dead_letter import DeadLetter
from domain.difference import Difference
from domain.entity import Entity
from domain.hold import Hold
from domain.ledger import LedgerEntry
from domain.order import REJECTED, Order
from domain.payment_event import PaymentEvent
from domain.promotion import Promotion
from domain.redemption import CustomerUses, PromotionUse
from domain.shipment import Shipment
from domain.stock import Stock

OVER: Final = ("completed", "cancelled", "payment_failed", REJECTED)
"""How an order ends."""

_TELLERS: Final = """
SELECT id, (
    SELECT json_extract(audit.body, '$.entity_id') FROM Orders AS audit
    WHERE audit.rowid > told.rowid AND audit.kind = 'audit' ORDER BY audit.rowid LIMIT 1)
FROM Orders AS told WHERE kind = 'outbox'"""
"""A batch writes the audit of what it changed right after its outbox."""


type Named = tuple[str, str, str, str]
"""Container, partition, kind and id of an entity."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it lies in the log."""

    sequence: int
    hub: str
    key: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Books:
    """Our own documents, the log, and what the card network and the carriers say themselves.

    ``outboxes`` and ``records`` (of the audit) are by container, oldest first. ``tellers`` says by outbox
    id which of those that share an order's id has told it: the order, or a participant's word. ``heads`` are
    the newest audit records as the audited say it themselves, by container, partition, kind and id.
    """

    orders: dict[str, Order]
    holds: list[Hold]
    stocks: list[Stock]
    promotions: list[Promotion]
    uses: list[PromotionUse]
    customer_uses: list[CustomerUses]
    ledger: list[LedgerEntry]
    shipments: list[Shipment]
    payment_events: list[PaymentEvent]
    dead_letters: list[DeadLetter]
    differences: list[Difference]
    outboxes: dict[str, list[Outbox]]
    records: dict[str, list[AuditRecord]]
    entries: list[AuditEntry]
    heads: dict[Named, str]
    tellers: dict[str, str]
    log: list[Logged]
    intents: list[CardPayment]
    parcels: list[Parcel]
    undelivered: int


def read_books(path: Path) -> Books:
    """Everything in the file at ``path``; the file is not written."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as file:
        file.execute("BEGIN")
        return Books(
            orders={order.id: order for order in _all(file, Order)},
            holds=_all(file, Hold),
            stocks=_all(file, Stock),
            promotions=_all(file, Promotion),
            uses=_all(file, PromotionUse),
            customer_uses=_all(file, CustomerUses),
            ledger=_all(file, LedgerEntry),
            shipments=_all(file, Shipment),
            payment_events=_all(file, PaymentEvent),
            dead_letters=_all(file, DeadLetter),
            differences=_all(file, Difference),
            outboxes={name: _all(file, beside(Outbox, name)) for name in PARTITION_KEYS},
            records={name: _all(file, beside(AuditRecord, name)) for name in PARTITION_KEYS},
            entries=_all(file, AuditEntry),
            heads=dict(chain.from_iterable(_heads(file, name) for name in PARTITION_KEYS)),
            tellers=dict(file.execute(_TELLERS)),
            log=_log(file),
            intents=[CardPayment(**record) for record in _drawer(file, INTENTS)],
            parcels=[Parcel(**record) for record in _drawer(file, PARCELS)],
            undelivered=len(_drawer(file, PENDING)) + len(_drawer(file, ABANDONED)),
        )


def grouped[K, V](pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """The values by key, each list in the order given."""
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _all[E: Entity](file: sqlite3.Connection, kind: type[E]) -> list[E]:
    sql = f"SELECT body, version FROM {kind.container} WHERE kind=? ORDER BY rowid"  # noqa: S608
    return [kind.of_json(body, version) for body, version in file.execute(sql, (kind.kind,))]


def _heads(file: sqlite3.Connection, container: str) -> Iterator[tuple[Named, str]]:
    """What each audited entity of the container says its newest record is."""
    head = "json_extract(body, '$.audit_head')"
    sql = f"SELECT pk, kind, id, {head} FROM {container} WHERE {head} IS NOT NULL"  # noqa: S608
    for partition, kind, id_, hashed in file.execute(sql):
        yield (container, partition, kind, id_), hashed


def _log(file: sqlite3.Connection) -> list[Logged]:
    rows = file.execute("SELECT sequence, hub, key, body FROM event_log ORDER BY sequence")
    return [
        Logged(number, hub, key, json.loads(body)["event_id"]) for number, hub, key, body in rows
    ]


def _drawer(file: sqlite3.Connection, drawer: str) -> list[dict[str, Any]]:
    if not file.execute("SELECT 1 FROM sqlite_master WHERE name='world_records'").fetchone():
        return []
    sql = "SELECT body FROM world_records WHERE drawer=? ORDER BY place"
    return [json.loads(body) for (body,) in file.execute(sql, (drawer,))]
