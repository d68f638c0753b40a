"""What a run of the checker assumes: what the outside world does, and which faults it may inject."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from domain import saga
from domain.saga import Answer, Decision, Facets, Limits, Signal, Word

TRACKER: Final = "orders"
PARTICIPANTS: Final = ("inventory", "payment", "logistics")

FIRST_SCAN: Final = Signal("ShipmentStatusUpdated", "", status="in_transit")
LOST: Final = Signal("ShipmentStatusUpdated", "", status="failed")
DELIVERED: Final = Signal("DeliveryCompleted", "")

INVENTORY_WORDS: Final = frozenset(
    {"InventoryReserved", "InventoryReservationFailed", "InventoryReleased"}
)
PAYMENT_WORDS: Final = frozenset({"PaymentProcessed", "PaymentFailed", "RefundProcessed"})
SHIPPING_WORDS: Final = frozenset(
    {
        "ShipmentScheduled",
        "ShipmentStatusUpdated:in_transit",
        "ShipmentStatusUpdated:failed",
        "ShipmentStatusUpdated:cancelled",
        "DeliveryCompleted",
    }
)

# A kind that its reader ignores in every state is left out: no interleaving is missed by that.
CURSORS: Final = (
    (TRACKER, "inventory-events", INVENTORY_WORDS),
    (TRACKER, "payment-events", PAYMENT_WORDS),
    (TRACKER, "shipping-events", SHIPPING_WORDS),
    ("inventory", "order-events", frozenset({"OrderCreated", "OrderCancelled"})),
    ("inventory", "payment-events", frozenset({"PaymentFailed"})),
    ("inventory", "shipping-events", frozenset({FIRST_SCAN.kind, DELIVERED.kind})),
    ("payment", "inventory-events", frozenset({"InventoryReserved"})),
    ("payment", "order-events", frozenset({"OrderCancelled"})),
    ("logistics", "payment-events", frozenset({"PaymentProcessed"})),
    ("logistics", "order-events", frozenset({"OrderCancelled"})),
    ("logistics", "shipping-events", frozenset({FIRST_SCAN.kind})),
)
"""(reader, hub, kinds): each cursor sees its hub in order; between the cursors there is no order at all."""

READERS: Final = tuple(reader for reader, _, _ in CURSORS)

NETWORK_FACTS: Final = {"A": "Authorised", "D": "Declined", "S": "Succeeded"}

REFUNDS: Final = ("RefundProcessed", "Refunded")
"""What is said when money went back that nobody of ours gave."""

CARRIER_FACTS: Final[dict[str, tuple[Signal, ...]]] = {
    "delivered": (DELIVERED,),
    "lost": (LOST,),
    "found": (LOST, DELIVERED),
    "silence": (),
}


@dataclass(frozen=True)
class Case:
    """How the outside world behaves for one order.

    ``inventory``, ``payment``, ``logistics``: whether the hold stands, the capture succeeds, a label can be bought.
    ``network``: the card network's facts in order, by their letters: A authorised, D declined, S succeeded after all.
    ``late``: deadlines may pass while the network is still silent. ``fate``: what the carrier reports
    once the goods have left. ``scanned``: the carrier may take the goods without asking the order.
    ``unanswered``: the first capture goes through and we never hear so; it is tried again under its
    key. ``aside``: what somebody else may say, once, on the hub of that type; a refund is a real one, of which
    the network tells payment alone where it is ``Refunded``.
    """

    name: str
    inventory: bool = True
    payment: bool = True
    logistics: bool = True
    network: str = "A"
    late: bool = False
    fate: str = "delivered"
    scanned: bool = False
    unanswered: bool = False
    aside: Signal | None = None

    def can(self, participant: str) -> bool:
        """Whether the world lets a participant do what it can be refused."""
        outcomes = (self.inventory, self.payment, self.logistics)
        return outcomes[PARTICIPANTS.index(participant)]


@dataclass(frozen=True)
class Faults:
    """How much goes wrong: events delivered twice, events parked (and replayed at any time), deadlines at any time."""

    redeliveries: int = 0
    losses: int = 0
    replayed: bool = False
    hasty: bool = False


class OrderRule(Protocol):
    """The order's decision."""

    def __call__(self, facets: Facets | None, signal: Signal, limits: Limits) -> Decision:
        """The order after the signal, and what is to be told."""


class ParticipantRule(Protocol):
    """A participant's decision."""

    def __call__(self, word: Word, signal: Signal, *, ok: bool) -> Answer:
        """The word after the signal, and what is to be done and told."""


@dataclass(frozen=True)
class Functions:
    """The functions under test; a mutant replaces one of them."""

    order: OrderRule = saga.decide
    inventory: ParticipantRule = saga.inventory.decide
    payment: ParticipantRule = saga.payment.decide
    logistics: ParticipantRule = saga.logistics.decide

    def of(self, participant: str) -> ParticipantRule:
        """The function of a participant by its name."""
        rules = (self.inventory, self.payment, self.logistics)
        return rules[PARTICIPANTS.index(participant)]

    def with_order(self, change: Callable[[OrderRule], OrderRule]) -> "Functions":
        """The same functions, the order's changed."""
        return replace(self, order=change(self.order))

    def with_participant(
        self, name: str, change: Callable[[ParticipantRule], ParticipantRule]
    ) -> "Functions":
        """The same functions, one participant's changed."""
        changed = change(self.of(name))
        if name == "inventory":
            return replace(self, inventory=changed)
        if name == "payment":
            return replace(self, payment=changed)
        return replace(self, logistics=changed)
