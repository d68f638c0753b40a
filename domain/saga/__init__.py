"""The order saga and the return saga, as pure functions: what happened goes in, what to do comes out.

Participants react to each other's events; the order only tracks them, turns every failure, time-out
or wish to cancel into one OrderCancelled, and waits until each participant has given its final
word. There is no clock, no I/O and no chance in here.

The order (``order.decide``; its whole table is docs/saga.md):

    PlaceOrder / OrderCreated
        │
        ▼
    wait_inventory ── InventoryReservationFailed, cancel, time-out ──────────┐
        │ InventoryReserved                                                  │
        ▼                                                                    │
    wait_payment ──── PaymentFailed, cancel, time-out ───────────────────────┤
        │ PaymentProcessed                                                   │
        ▼                                                                    │
    wait_shipment ─── no label, cancel, time-out ────────────────────────────┤
        │ ShipmentScheduled                                                  │
        ▼                                                                    ▼
    processing ────── cancel, label void ──────────────────────────────▶ cancelling
        │ MarkShipped, the pivot: no cancellation after it               │   ▲  │ nudge, ticket
        ▼                                                                │   │  └─┐
    shipped ───────── lost in transit ───────────────────────────────────┼───┘◀───┘
        │ DeliveryCompleted                                              │ released or failed,
        ▼                                                                │ refunded or failed,
    delivered ─────── RequestReturn: a saga of its own                   │ voided or failed
        │ ReturnWindowClosed / OrderCompleted                            ▼
        ▼                                                        cancelled, payment_failed
    completed

A word that arrives early is kept and counts when its turn comes; one that is late or repeated
changes nothing.

The participants (``inventory.decide``, ``payment.decide``, ``logistics.decide``): OrderCreated asks
inventory, its InventoryReserved asks payment, its PaymentProcessed asks logistics; OrderCancelled
asks all three to undo. Each records one word and repeats it whenever it is asked; told to stop
before it acted, it records that and never acts. A caller decides with ``ok=True``, does each ``Do``,
and when the world refuses one of ``REFUSABLE``, decides again from the same word with ``ok=False``. An
outcome that is unknown is no word: nothing is recorded and the same decision is made again, under
the same keys.

The return (``returns.decide``): requested ─▶ approved ─▶ received ─▶ returned, or rejected, or
expired; ``returns.restock`` and ``returns.refund`` are its participants.
"""

from domain.events import event_id
from domain.saga import inventory, logistics, payment, returns
from domain.saga.facets import (
    Facets,
    Inventory,
    Payment,
    Shipment,
    Stage,
    Status,
    can_ship,
    has_left,
    restock,
    settled,
    stage,
    status,
)
from domain.saga.order import Decision, decide
from domain.saga.signals import (
    Arm,
    Disarm,
    Do,
    Effect,
    Limits,
    Publish,
    Reject,
    Signal,
    timer,
)
from domain.saga.words import REFUSABLE, Answer, Word

__all__ = [
    "REFUSABLE",
    "Answer",
    "Arm",
    "Decision",
    "Disarm",
    "Do",
    "Effect",
    "Facets",
    "Inventory",
    "Limits",
    "Payment",
    "Publish",
    "Reject",
    "Shipment",
    "Signal",
    "Stage",
    "Status",
    "Word",
    "can_ship",
    "decide",
    "event_id",
    "has_left",
    "inventory",
    "logistics",
    "payment",
    "restock",
    "returns",
    "settled",
    "stage",
    "status",
    "timer",
]
