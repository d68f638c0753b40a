"""A parcel on its way."""

from datetime import datetime
from typing import ClassVar, Final, Literal, Self

from domain.address import Address
from domain.carrier import CarrierService
from domain.entity import Audited, Entity, Value
from domain.moment import Moment

type ShipmentStatus = Literal[
    "label_created", "in_transit", "out_for_delivery", "delivered", "failed", "cancelled"
]

RANK: Final[dict[str, int]] = {
    "label_created": 0,
    "in_transit": 1,
    "out_for_delivery": 2,
    "cancelled": 3,
    "failed": 4,
    "delivered": 5,
}
"""A parcel only moves forward. Of its three ends the carrier's word wins over ours, and a delivery over
a loss: so the order in which they are heard does not count."""


class TrackingEvent(Value):
    """One thing that the carrier saw, or that we did."""

    event_id: str
    status: ShipmentStatus
    location: str = ""
    timestamp: datetime
    description: str = ""


class Shipment(Audited):
    """The parcel of an order; id ``<order_id>-S1``. ``sequence`` counts what was told of it."""

    kind: ClassVar[str] = "shipment"
    container: ClassVar[str] = "Shipments"
    partition_field: ClassVar[str] = "order_id"
    personal: ClassVar[frozenset[str]] = frozenset({"destination"})

    order_id: str
    user_id: str
    carrier: str
    service_level: str
    tracking_number: str
    status: ShipmentStatus = "label_created"
    destination: Address
    estimated_delivery: datetime | None = None
    actual_delivery: datetime | None = None
    events: tuple[TrackingEvent, ...] = ()
    sequence: int = 0
    created_at: Moment
    updated_at: datetime

    def seen(self, event: TrackingEvent) -> Self:
        """The shipment after what the carrier saw; what was seen before changes nothing.

        Whatever the order of the events, the same shipment follows: the story in order of time, the
        furthest status, the first delivery.
        """
        if any(event.event_id == known.event_id for known in self.events):
            return self
        story = sorted((*self.events, event), key=lambda each: (each.timestamp, each.event_id))
        return self.but(
            events=tuple(story),
            status=max(self.status, event.status, key=RANK.__getitem__),
            actual_delivery=next((e.timestamp for e in story if e.status == "delivered"), None),
            updated_at=max(self.updated_at, event.timestamp),
        )

    def anonymised(self) -> Self:
        """The parcel without the person."""
        return self.but(destination=self.destination.anonymised())


class LabelWish(Entity):
    """That a label is wanted for an order's parcel; written before it is bought, beside the parcel.

    Of buying and calling off exactly one wins, also when one of them stalls between the carrier's answer and
    ours: a wish that is ``off`` is never bought, and one that was ``asked`` for and is off is voided.
    """

    kind: ClassVar[str] = "label-wish"
    container: ClassVar[str] = "Shipments"
    partition_field: ClassVar[str] = "order_id"

    order_id: str
    asked: bool
    service: CarrierService | None = None
    attempt: int = 0
    bought: bool = False
    off: bool = False


def wish_id(order_id: str) -> str:
    """The id of the wish for the order's label."""
    return f"{order_id}-label"


def shipment_id(order_id: str) -> str:
    """The id of the order's parcel; its order is read off it."""
    return f"{order_id}-S1"
