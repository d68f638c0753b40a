"""Write docs/saga.md: the order saga and its participants, row by row, from the functions themselves.

``python -m tools.saga_table`` writes the page; ``--check`` only compares it and fails when it is out of date.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from domain.saga import (
    Arm,
    Disarm,
    Effect,
    Facets,
    Inventory,
    Limits,
    Payment,
    Publish,
    Reject,
    Shipment,
    Signal,
    Stage,
    Status,
    decide,
    stage,
    status,
    timer,
)
from tools.saga_words import participants

PAGE: Final = Path(__file__).parent.parent / "docs" / "saga.md"

PAID: Final = Facets(Inventory.RESERVED, Payment.CAPTURED)
DELIVERED: Final = replace(PAID, shipment=Shipment.DELIVERED)

STATES: Final[dict[str, Facets | None]] = {
    "none": None,
    "wait_inventory": Facets(),
    "wait_payment": Facets(Inventory.RESERVED),
    "wait_shipment": PAID,
    "processing": replace(PAID, shipment=Shipment.SCHEDULED),
    "shipped": replace(PAID, shipment=Shipment.SHIPPED),
    "delivered": DELIVERED,
    "completed": replace(DELIVERED, completed=True),
    "lost": replace(PAID, shipment=Shipment.FAILED, cancel="lost_in_transit"),
    "cancelling": replace(PAID, shipment=Shipment.SCHEDULED, cancel="customer"),
    "cancelled": Facets(
        Inventory.RELEASED, Payment.REFUNDED, Shipment.CANCELLED, cancel="customer"
    ),
}

COMMANDS: Final = (
    Signal("PlaceOrder", "p"),
    Signal("CancelOrder", "c", reason="customer"),
    Signal("MarkShipped", "m"),
)

SIGNALS: Final = (
    Signal("InventoryReserved", "e"),
    Signal("InventoryReservationFailed", "e"),
    Signal("InventoryReleased", "e", reason="reservation_expired"),
    Signal("PaymentProcessed", "e"),
    Signal("PaymentFailed", "e"),
    Signal("RefundProcessed", "e"),
    Signal("ShipmentScheduled", "e"),
    Signal("ShipmentStatusUpdated", "e", status="in_transit"),
    Signal("ShipmentStatusUpdated", "e", status="failed"),
    Signal("ShipmentStatusUpdated", "e", status="cancelled"),
    Signal("DeliveryCompleted", "e"),
    Signal("ReturnWindowClosed", "e"),
)

SHORT: Final = {
    "OrderCreated": "OCr",
    "OrderCancelled": "OCa",
    "OrderUpdated": "OU",
    "OrderCompleted": "OCo",
    "TicketCreated": "TC",
    "ShipmentStatusUpdated": "SSU",
}

INTRODUCTION: Final = """\
# The sagas, row by row

Written by `python -m tools.saga_table` from `domain/saga`; do not edit. What is left out changes
nothing and tells nothing. Every interleaving of these functions, with redelivered, lost and
replayed events and a cancellation at any moment, is explored by
`python -m tests.domain.saga.checker full`.

## The order

OCr = OrderCreated, OCa = OrderCancelled(reason), OU = OrderUpdated(status), OCo = OrderCompleted,
TC = TicketCreated(reason), SSU = ShipmentStatusUpdated(in_transit). arm(stage,attempt) and disarm
set and clear the deadline. `lost` is `cancelling` after `lost_in_transit`. A hub event for an
unknown order is tried again, and parked in the end.
"""


class Row(NamedTuple):
    """One line of the order's table."""

    state: str
    event: str
    after: str
    effects: str


def order_rows() -> Iterator[Row]:
    """Every row of the order's table that changes or tells something, state by state."""
    for name, facets in STATES.items():
        signals = COMMANDS if facets is None else (*COMMANDS, *SIGNALS)
        rows = [_row(name, signal.kind, facets, signal) for signal in signals]
        yield from (row for row in rows if row)
        if facets is not None:
            yield from _timer_rows(name, facets)


def _timer_rows(name: str, facets: Facets) -> Iterator[Row]:
    now = stage(facets)
    if not now:
        return
    last = replace(facets, attempt=Limits().max_nudges)
    for label, at in ((f"Timer({now},n<max)", facets), (f"Timer({now},max)", last)):
        row = _row(name, label, at, timer("o", now, at.attempt))
        if row:
            yield row


def _row(name: str, event: str, facets: Facets | None, signal: Signal) -> Row | None:
    decision = decide(facets, signal)
    after, effects = decision.facets, decision.effects
    if after == facets and not effects:
        return None
    same = " (same)" if after == facets else ""
    return Row(name, event, state_name(after) + same, ", ".join(map(brief, effects)) or "-")


def state_name(facets: Facets | None) -> str:
    """The state's name in the table: its status, or what a pending order waits for and what is already known."""
    if facets is None:
        return "none"
    if status(facets) != Status.PENDING:
        return status(facets)
    ahead = []
    if stage(facets) == Stage.INVENTORY and facets.payment != Payment.PENDING:
        ahead.append(f"pay={facets.payment}")
    if stage(facets) != Stage.SHIPMENT and facets.shipment != Shipment.NONE:
        ahead.append(f"ship={facets.shipment}")
    return f"wait_{stage(facets)}" + (f"({','.join(ahead)})" if ahead else "")


def brief(effect: Effect) -> str:
    """An effect as the table shows it."""
    match effect:
        case Publish(type="ShipmentStatusUpdated"):
            return "SSU"
        case Publish():
            fact = effect.reason or effect.status or effect.ticket
            return SHORT[effect.type] + (f"({fact})" if fact else "")
        case Arm():
            return f"arm({effect.stage},{effect.attempt})"
        case Disarm():
            return "disarm"
        case Reject(code="unknown_order"):
            return "404"
        case Reject():
            return f"409 {effect.code}"
        case _:
            raise TypeError(effect)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page() -> str:
    """The whole text of docs/saga.md."""
    order = table(("state", "event", "new state", "effects"), order_rows())
    return f"{INTRODUCTION}\n{order}\n{participants(table)}"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` say whether it is current."""
    if arguments == ["--check"]:
        return int(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
