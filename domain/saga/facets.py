"""What an order knows of its saga: one facet for each hub, and what follows from the facets alone.

Event Hubs orders one key inside one hub and nothing else. So each hub has a facet of its own, which
moves only along its edges, and everything else is derived: what the order waits for, its status,
whether a cancellation is settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.saga import names


class Inventory(StrEnum):
    """The last word on inventory-events."""

    PENDING = "pending"
    RESERVED = "reserved"
    FAILED = "failed"
    RELEASED = "released"


class Payment(StrEnum):
    """The last word on payment-events."""

    PENDING = "pending"
    FAILED = "failed"
    CAPTURED = "captured"
    REFUNDED = "refunded"


class Shipment(StrEnum):
    """The last word on shipping-events."""

    NONE = "none"
    SCHEDULED = "scheduled"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What the order waits for now, with a deadline.

    It is ``NONE`` while the order is with people and carriers, and at the end.
    """

    INVENTORY = "inventory"
    PAYMENT = "payment"
    SHIPMENT = "shipment"
    COMPENSATION = "compensation"
    NONE = ""


class Status(StrEnum):
    """What the shop shows of an order once it is placed."""

    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    PAYMENT_FAILED = "payment_failed"


@dataclass(frozen=True, slots=True)
class Facets:
    """All that the saga knows of an order.

    ``cancel`` is the reason why it ends, the first one wins; ``attempt`` counts nudges in the present
    stage; ``ticket`` is what was handed to a person, at most one for an order.
    """

    inventory: Inventory = Inventory.PENDING
    payment: Payment = Payment.PENDING
    shipment: Shipment = Shipment.NONE
    cancel: str = ""
    attempt: int = 0
    ticket: str = ""
    completed: bool = False


class Edge[F: StrEnum](NamedTuple):
    """A facet moves to ``to`` from the values in ``since``; from others the word is late or repeated."""

    to: F
    since: frozenset[F]


INVENTORY_EDGES: Final[Mapping[str, Edge[Inventory]]] = MappingProxyType(
    {
        names.INVENTORY_RESERVED: Edge(Inventory.RESERVED, frozenset({Inventory.PENDING})),
        names.INVENTORY_RESERVATION_FAILED: Edge(Inventory.FAILED, frozenset({Inventory.PENDING})),
        names.INVENTORY_RELEASED: Edge(
            Inventory.RELEASED, frozenset({Inventory.PENDING, Inventory.RESERVED})
        ),
    }
)

# An agent may take back its word that a payment failed; the built-in participant never does.
PAYMENT_EDGES: Final[Mapping[str, Edge[Payment]]] = MappingProxyType(
    {
        names.PAYMENT_FAILED: Edge(Payment.FAILED, frozenset({Payment.PENDING})),
        names.PAYMENT_PROCESSED: Edge(
            Payment.CAPTURED, frozenset({Payment.PENDING, Payment.FAILED})
        ),
        names.REFUND_PROCESSED: Edge(
            Payment.REFUNDED, frozenset({Payment.PENDING, Payment.FAILED, Payment.CAPTURED})
        ),
    }
)

NOT_YET_LEFT: Final = frozenset({Shipment.NONE, Shipment.SCHEDULED})
LEFT: Final = frozenset({Shipment.SHIPPED, Shipment.DELIVERED})

# A label that was voided can still be scanned: the carrier's facts win over ours.
SHIPMENT_EDGES: Final[Mapping[str, Edge[Shipment]]] = MappingProxyType(
    {
        names.SHIPMENT_SCHEDULED: Edge(Shipment.SCHEDULED, frozenset({Shipment.NONE})),
        names.SHIPMENT_IN_TRANSIT: Edge(Shipment.SHIPPED, NOT_YET_LEFT | {Shipment.CANCELLED}),
        names.DELIVERY_COMPLETED: Edge(
            Shipment.DELIVERED, NOT_YET_LEFT | {Shipment.CANCELLED, Shipment.SHIPPED}
        ),
        names.SHIPMENT_FAILED: Edge(Shipment.FAILED, NOT_YET_LEFT | {Shipment.SHIPPED}),
        names.SHIPMENT_CANCELLED: Edge(Shipment.CANCELLED, NOT_YET_LEFT),
    }
)


def stage(facets: Facets) -> Stage:
    """What the order waits for now."""
    if facets.cancel:
        return Stage.NONE if settled(facets) else Stage.COMPENSATION
    if facets.inventory == Inventory.PENDING:
        return Stage.INVENTORY
    if facets.payment == Payment.PENDING:
        return Stage.PAYMENT
    return Stage.SHIPMENT if facets.shipment == Shipment.NONE else Stage.NONE


def status(facets: Facets) -> Status:
    """What the shop shows of the order."""
    if facets.cancel:
        return _ending(facets)
    if facets.completed:
        return Status.COMPLETED
    if facets.shipment == Shipment.DELIVERED:
        return Status.DELIVERED
    if facets.shipment == Shipment.SHIPPED:
        return Status.SHIPPED
    return Status.PROCESSING if can_ship(facets) else Status.PENDING


def settled(facets: Facets) -> bool:
    """Whether every participant has given its final word on the cancellation.

    Goods that have left all the same need a ticket besides.
    """
    stock_is_free = facets.inventory in (Inventory.FAILED, Inventory.RELEASED)
    money_is_back = facets.payment in (Payment.FAILED, Payment.REFUNDED)
    parcel_is_off = facets.shipment in (Shipment.FAILED, Shipment.CANCELLED)
    person_knows = has_left(facets) and facets.ticket != ""
    return stock_is_free and money_is_back and (parcel_is_off or person_knows)


def restock(facets: Facets) -> bool:
    """Whether a cancellation frees the goods; lost goods are written off."""
    return facets.cancel != names.BY_LOSS


def can_ship(facets: Facets) -> bool:
    """Whether the parcel may be handed to the carrier: reserved, paid, and labelled."""
    words = (facets.inventory, facets.payment, facets.shipment)
    return words == (Inventory.RESERVED, Payment.CAPTURED, Shipment.SCHEDULED) and not facets.cancel


def has_left(facets: Facets) -> bool:
    """Whether the carrier has or had the goods, and they are not known to be lost."""
    return facets.shipment in LEFT


def listen(facets: Facets, kind: str) -> Facets:
    """A participant's word moves the facet of its hub; an unknown kind moves none."""
    return replace(
        facets,
        inventory=_along(INVENTORY_EDGES, facets.inventory, kind),
        payment=_along(PAYMENT_EDGES, facets.payment, kind),
        shipment=_along(SHIPMENT_EDGES, facets.shipment, kind),
    )


def _along[F: StrEnum](edges: Mapping[str, Edge[F]], now: F, kind: str) -> F:
    edge = edges.get(kind)
    return edge.to if edge and now in edge.since else now


def _ending(facets: Facets) -> Status:
    if not settled(facets):
        return Status.CANCELLING
    by_payment = facets.cancel == names.BY_PAYMENT_FAILED
    return Status.PAYMENT_FAILED if by_payment else Status.CANCELLED
