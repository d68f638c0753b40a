"""The carriers: labels are bought and voided, parcels are tracked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from domain.carrier import CarrierService
from usecases.ports.faults import PortFault

type ScanStatus = Literal["label_created", "in_transit", "out_for_delivery", "delivered", "failed"]


class CarrierBusy(PortFault):
    """No answer: the call may have happened; repeat it under the same key."""


class NoLabel(Exception):
    """The carrier will not take this parcel, or will not take its label back."""


@dataclass(frozen=True, slots=True)
class Label:
    """A bought label: who carries it, under which number, and when it should arrive."""

    carrier: str
    service_level: str
    tracking_number: str
    estimated_delivery: datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """One thing that the carrier saw."""

    status: ScanStatus
    location: str
    occurred_at: datetime
    description: str


class Carriers(Protocol):
    """FedEx, UPS and USPS behind one face; changing calls carry a key of ours."""

    @property
    def names(self) -> Collection[str]:
        """The carriers that sell labels to this shop; between them they keep what every shipping method promises."""

    async def buy_label(
        self, shipment_id: str, address: Mapping[str, str], *, service: CarrierService, key: str
    ) -> Label:
        """The label for the parcel by that service; a key has one answer, also where that is a refusal.

        Raises ``NoLabel``, ``CarrierBusy``; ``IdempotencyMisuse`` when the key bought another label.
        """

    async def void_label(self, carrier: str, tracking_number: str, *, key: str) -> None:
        """Give the label back to who sold it; harmless when it is void already.

        Raises ``NoLabel`` for a number that the carrier never gave, or of a parcel that it will not give up;
        ``CarrierBusy``.
        """

    async def track(self, carrier: str, tracking_number: str) -> Sequence[Scan]:
        """Every scan so far, oldest first; none for an unknown number. Raises ``CarrierBusy``."""
