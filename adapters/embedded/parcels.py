"""How a parcel moves, pure: label, pick-up, delivery, or lost on the way.

    label_created ─ handed over ─▶ in_transit ─▶ out_for_delivery ─▶ delivered
                                       └────────────── lost ───────▶ failed

Each arrow takes one step of accelerated time, a delay four, a loss two. Nothing moves before the
parcel was handed over; a void label that is handed over moves all the same, as in life.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from usecases.ports.carriers import Label, Scan, ScanStatus

type Fate = Literal["normal", "delayed", "lost"]

DELAY_STEPS: Final = 4
LOSS_STEPS: Final = 2
STEPS_TO_THE_DOOR: Final = 3
ENDS: Final = frozenset({"delivered", "failed"})

HUB: Final = {"FedEx": "Memphis, TN", "UPS": "Louisville, KY", "USPS": "Kansas City, KS"}
"""Where each carrier's parcels begin."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A carrier's own record of a parcel; times are seconds since 1970, ``scans`` oldest first."""

    tracking_number: str
    shipment_id: str
    carrier: str
    service_level: str
    destination: str
    bought_at: float
    estimated_delivery: float
    fate: Fate = "normal"
    handed_over_at: float | None = None
    voided_at: float | None = None
    scans: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> ScanStatus:
        """What the last scan said."""
        status: ScanStatus = self.scans[-1]["status"]
        return status


def labelled(parcel: Parcel) -> Parcel:
    """The parcel with its first scan: the label."""
    scan = _scan("label_created", HUB[parcel.carrier], parcel.bought_at, "Label created")
    return replace(parcel, scans=[scan])


def moved(parcel: Parcel, now: float, step_seconds: float) -> Parcel:
    """The parcel with every scan that is due by ``now``."""
    if parcel.handed_over_at is None or parcel.status in ENDS:
        return parcel
    scan = _following(parcel, step_seconds)
    if scan["at"] > now:
        return parcel
    return moved(replace(parcel, scans=[*parcel.scans, scan]), now, step_seconds)


def next_due(parcel: Parcel, step_seconds: float) -> float | None:
    """When the parcel is seen next; ``None`` when it rests."""
    if parcel.handed_over_at is None or parcel.status in ENDS:
        return None
    due: float = _following(parcel, step_seconds)["at"]
    return due


def label_of(parcel: Parcel) -> Label:
    """The label as the shop gets it."""
    return Label(
        carrier=parcel.carrier,
        service_level=parcel.service_level,
        tracking_number=parcel.tracking_number,
        estimated_delivery=datetime.fromtimestamp(parcel.estimated_delivery, UTC),
    )


def scans_of(parcel: Parcel) -> tuple[Scan, ...]:
    """The scans as the shop gets them, oldest first."""
    return tuple(
        Scan(
            status=scan["status"],
            location=scan["location"],
            occurred_at=datetime.fromtimestamp(scan["at"], UTC),
            description=scan["description"],
        )
        for scan in parcel.scans
    )


def _following(parcel: Parcel, step_seconds: float) -> dict[str, Any]:
    steps, status, location, description = next(_courses(parcel))
    since = max(parcel.scans[-1]["at"], parcel.handed_over_at or 0.0)
    return _scan(status, location, since + steps * step_seconds, description)


def _courses(parcel: Parcel) -> Iterator[tuple[int, ScanStatus, str, str]]:
    """What comes next, the first that applies."""
    hub = HUB[parcel.carrier]
    if parcel.status == "label_created":
        yield 1, "in_transit", hub, "Picked up"
    if parcel.fate == "lost":
        yield LOSS_STEPS, "failed", hub, "Lost in transit"
    if parcel.status == "out_for_delivery":
        yield 1, "delivered", parcel.destination, "Delivered"
    if parcel.fate == "delayed" and parcel.scans[-1]["description"] == "Picked up":
        yield DELAY_STEPS, "in_transit", hub, "Delayed"
    yield 1, "out_for_delivery", parcel.destination, "Out for delivery"


def _scan(status: ScanStatus, location: str, at: float, description: str) -> dict[str, Any]:
    return {"status": status, "location": location, "at": at, "description": description}
