"""What a run on cloud ends has left, as the audit's books: read out of the peers, and of nobody who asks them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from adapters.cosmos.store import entity_of
from adapters.embedded.carriers import PARCELS
from adapters.embedded.parcels import Parcel
from domain.audit import AuditEntry
from domain.companions import AuditRecord, Outbox, beside
from domain.containers import PARTITION_KEYS
from domain.dead_letter import DeadLetter
from domain.difference import Difference
from domain.entity import Entity
from domain.hold import Hold
from domain.ledger import LedgerEntry
from domain.order import Order
from domain.payment_event import PaymentEvent
from domain.promotion import Promotion
from domain.redemption import CustomerUses, PromotionUse
from domain.shipment import Shipment
from domain.stock import Stock
from tools.audit.books import OVER, Books, Logged, Named
from tools.eventhubs_emulator import message
from tools.eventhubs_emulator.hubs import Hub
from tools.infra.names import background_functions, function_of, trigger_sources
from tools.instance import ROOT
from tools.peers import Peers
from tools.proofs.card_books import payments_of, undelivered

_READ = "SELECT partition, sequence FROM hub_checkpoints WHERE place LIKE ?"


def _tellers(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """By outbox id whose change it tells: a batch writes the audit of what it changed right after its outbox."""
    waiting = ""
    for row in rows:
        if row["kind"] == Outbox.kind:
            waiting = row["id"]
        elif row["kind"] == AuditRecord.kind and waiting:
            yield waiting, row["entity_id"]
            waiting = ""


def read_cloud_books(there: Peers, path: Path) -> Books:
    """Documents from Cosmos DB, the log from Event Hubs, money from Stripe, parcels from the file at ``path``."""
    documents = there.ask(lambda: {name: there.cosmos.documents(name) for name in PARTITION_KEYS})

    def all_of[E: Entity](kind: type[E]) -> list[E]:
        rows = documents[kind.container]
        return [entity_of(kind, row) for row in rows if row["kind"] == kind.kind]

    return Books(
        orders={order.id: order for order in all_of(Order)},
        holds=all_of(Hold),
        stocks=all_of(Stock),
        promotions=all_of(Promotion),
        uses=all_of(PromotionUse),
        customer_uses=all_of(CustomerUses),
        ledger=all_of(LedgerEntry),
        shipments=all_of(Shipment),
        payment_events=all_of(PaymentEvent),
        dead_letters=all_of(DeadLetter),
        differences=all_of(Difference),
        outboxes={name: all_of(beside(Outbox, name)) for name in PARTITION_KEYS},
        records={name: all_of(beside(AuditRecord, name)) for name in PARTITION_KEYS},
        entries=all_of(AuditEntry),
        heads=dict(_heads(documents)),
        tellers=dict(_tellers(documents[Order.container])),
        log=there.ask(lambda: list(_log(there))),
        intents=there.ask(lambda: payments_of(there.stripe.account)),
        parcels=[Parcel(**record) for record in _drawer(path, PARCELS)],
        undelivered=there.ask(lambda: undelivered(there.stripe)),
    )


def _heads(
    documents: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Iterator[tuple[Named, str]]:
    for container, key in PARTITION_KEYS.items():
        for row in documents[container]:
            if "audit_head" in row:
                yield (container, row[key], row["kind"], row["id"]), row["audit_head"]


def unfinished_in_the_cloud(there: Peers, path: Path) -> list[str]:
    """Everything that somebody still has to do: orders, outbox, audit, webhooks, readers that lag behind."""
    return [
        *there.ask(lambda: [*_orders(there), *_companions(there)]),
        *there.ask(lambda: [f"webhook {one.event['id']}" for one in there.stripe.webhooks.waiting]),
        *_readers(there, path),
    ]


def _orders(there: Peers) -> Iterator[str]:
    for order in there.cosmos.documents(Order.container):
        is_order = order["kind"] == Order.kind
        if (
            is_order
            and order["status"] not in OVER
            and not (order.get("facets") or {}).get("ticket")
        ):
            yield f"order {order['id']} is {order['status']}"


def _companions(there: Peers) -> Iterator[str]:
    for container in PARTITION_KEYS:
        for document in there.cosmos.documents(container):
            if document["kind"] == Outbox.kind and not document.get("sent_at"):
                yield f"{document['id']} is not sent"
            if document["kind"] == AuditRecord.kind and "waiting_since" in document:
                yield f"{document['id']} is not projected"


def _readers(there: Peers, path: Path) -> Iterator[str]:
    """A function that has not yet read the last event of a partition; groups of other systems are theirs."""
    functions = background_functions(trigger_sources(ROOT))
    with closing(_opened(path)) as file:
        for hub in there.hubs.namespace.hubs:
            ours = [one for one in hub.groups if function_of(hub.name, one) in functions]
            for group in ours:
                read = dict(file.execute(_READ, (f"{hub.name}@%/{group}",)).fetchall())
                yield from _lagging(hub, group, {str(key): at for key, at in read.items()})


def _lagging(hub: Hub, group: str, read: Mapping[str, int]) -> Iterator[str]:
    for partition in hub.partitions:
        if partition.events and read.get(partition.id, -1) < partition.events[-1].sequence:
            yield f"{hub.name}/{group}/{partition.id} lags behind"


def _log(there: Peers) -> Iterator[Logged]:
    number = 0
    for hub in there.hubs.namespace.hubs:
        for partition in hub.partitions:
            for event in (*there.trimmed.get((hub.name, partition.id), ()), *partition.events):
                body = json.loads(message.section(event.message, message.DATA))
                key = message.partition_key(event.message) or ""
                yield Logged(number := number + 1, hub.name, key, body["event_id"])


def _drawer(path: Path, drawer: str) -> list[dict[str, Any]]:
    """What the carriers keep there."""
    sql = "SELECT body FROM world_records WHERE drawer=? ORDER BY place"
    with closing(_opened(path)) as file:
        return [json.loads(body) for (body,) in file.execute(sql, (drawer,))]


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
