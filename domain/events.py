"""What the shop tells the world: the envelope of an event and where each type is published."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic import ConfigDict

from domain.model import Model

SOURCE: Final = "holiday-peak-hub"
SCHEMA_VERSION: Final = "1.0"
_NAMESPACE: Final = UUID("6f1d1a0e-6c0b-5d0e-9f4a-2b7f6d1c8e35")

TYPES_BY_HUB: Final = {
    "user-events": ("UserCreated", "UserUpdated", "UserDeleted", "ProfileUpdated"),
    "product-events": ("ProductCreated", "ProductUpdated", "ProductDeleted", "InventoryUpdated"),
    "order-events": ("OrderCreated", "OrderUpdated", "OrderCancelled", "OrderCompleted"),
    "inventory-events": (
        "InventoryReserved",
        "InventoryReservationFailed",
        "InventoryReleased",
        "StockLevelChanged",
    ),
    "payment-events": ("PaymentProcessed", "PaymentFailed", "RefundProcessed"),
    "shipping-events": (
        "ShipmentScheduled",
        "ShipmentStatusUpdated",
        "DeliveryCompleted",
        "ETAUpdated",
        "RouteIssueDetected",
    ),
    "support-events": (
        "TicketCreated",
        "TicketUpdated",
        "TicketResolved",
        "ReturnRequested",
        "ReturnApproved",
        "ReturnRejected",
        "ReturnReceived",
    ),
}
"""The seven hubs and the event types of each."""

HUB_OF: Final = {type_: hub for hub, types in TYPES_BY_HUB.items() for type_ in types}
"""Event type to the hub that carries it."""

GROUPS_BY_HUB: Final = {
    "user-events": ("views",),
    "product-events": ("views",),
    "order-events": ("inventory", "payment", "logistics", "views"),
    "inventory-events": ("payment", "orders", "views"),
    "payment-events": ("inventory", "logistics", "orders", "views"),
    "shipping-events": ("inventory", "logistics", "orders", "views"),
    "support-events": ("inventory", "payment", "views"),
}
"""Hub to the consumer groups that are ours, one for each trigger function that reads it."""


class Event(Model):
    """The envelope of one event, the JSON body that every consumer and agent reads.

    ``subject`` is the partition key: the id of the aggregate. ``sequence`` counts the events of that
    aggregate on its hub from 1. ``event_id`` is the only key to drop duplicates by.
    """

    model_config = ConfigDict(extra="allow")

    event_id: str
    event_type: str
    event_version: str = "1.0"
    schema_version: str = SCHEMA_VERSION
    timestamp: datetime
    source: str = SOURCE
    subject: str
    sequence: int = 0
    data: dict[str, Any]
    correlation_id: str
    causation_id: str
    traceparent: str = ""

    @property
    def hub(self) -> str:
        """The hub that carries this type; ``KeyError`` for a type that is not ours."""
        return HUB_OF[self.event_type]


def event_id(consumer: str, cause: str, event_type: str, ordinal: int = 0) -> str:
    """The id of what ``consumer`` publishes because of ``cause``: the same cause, the same id."""
    return str(uuid5(_NAMESPACE, f"{consumer}:{cause}:{event_type}:{ordinal}"))
