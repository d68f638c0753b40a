"""That a label is being bought of a real carrier, and what came of it: written before the carrier hears of it.

    asking ── answered ──▶ bought
       │  └── refused ───▶ refused
       └── the lease is over ──▶ asking again, after a look whether the carrier has sold it already

No carrier remembers our keys, so this record is what gives a key one answer.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Final, Self

from domain.carrier import CarrierService
from domain.entity import Entity
from domain.moment import Moment

TTL_SECONDS: Final = 120 * 24 * 3600
"""How long an answer is remembered: far longer than anything repeats a call, or a carrier takes a label back."""

MARK_LENGTH: Final = 10

PAPER_TTL_SECONDS: Final = 30 * 24 * 3600
"""By then a parcel has left, or never will."""


class LabelPurchase(Entity):
    """The purchase under one key; of those who begin it, or take it over, exactly one wins by its version.

    ``attempt`` counts how often a carrier was asked to sell, each time under a ``reference`` of its own.
    ``holder`` is who asks now, and ``until`` when he has given up, whatever became of him. ``is_open`` says that
    the carrier may have sold a label under the present reference. ``doubtful`` are earlier references under which
    it may have, though it could not be found: a label that nobody uses, for a person to look for.
    """

    kind: ClassVar[str] = "label-purchase"
    container: ClassVar[str] = "Shipments"
    partition_field: ClassVar[str] = "order_id"

    ttl: int | None = TTL_SECONDS
    order_id: str
    shipment_id: str
    service: CarrierService
    attempt: int = 1
    is_open: bool = True
    holder: str
    until: datetime
    tracking_number: str = ""
    refusal: str = ""
    answered_at: Moment | None = None
    doubtful: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether the key has its answer, for good."""
        return bool(self.tracking_number or self.refusal)

    @property
    def reference(self) -> str:
        """What the carrier is told: which parcel it is, and which attempt. At most 30 characters, so that it fits
        on every carrier's label."""
        mark = sha256(f"{self.id}#{self.attempt}".encode()).hexdigest()[:MARK_LENGTH]
        return f"{self.shipment_id}-{mark}"

    def leased(self, holder: str, until: datetime) -> Self:
        """The purchase as somebody takes it in hand."""
        return self.but(holder=holder, until=until, is_open=True)

    def settling(self, until: datetime) -> Self:
        """The purchase after a call without an answer: the carrier may still be at it until then."""
        return self.but(until=until)

    def let_go(self, now: datetime) -> Self:
        """The purchase after a call that did not happen: anybody may ask at once."""
        return self.but(until=now, is_open=False)

    def anew(self, *, is_sure: bool) -> Self:
        """The purchase under the next reference; ``is_sure``: nothing was sold under the present one."""
        doubtful = self.doubtful if is_sure else (*self.doubtful, self.reference)
        return self.but(attempt=self.attempt + 1, doubtful=doubtful)

    def bought(self, tracking_number: str, at: datetime) -> Self:
        """The purchase with its label."""
        return self.but(tracking_number=tracking_number, answered_at=at, is_open=False)

    def refused(self, reason: str, at: datetime) -> Self:
        """The purchase that the carrier will not make."""
        return self.but(refusal=reason, answered_at=at, is_open=False)


class LabelPaper(Entity):
    """The label as it is printed: text for a label printer (ZPL, 4 by 6 inches), as the carrier coded it.

    It names the customer, so it goes with the person; else it goes by itself.
    """

    kind: ClassVar[str] = "label-paper"
    container: ClassVar[str] = "Shipments"
    partition_field: ClassVar[str] = "order_id"

    ttl: int | None = PAPER_TTL_SECONDS
    order_id: str
    tracking_number: str
    content: str


def paper_of(purchase: LabelPurchase, content: str) -> LabelPaper:
    """The paper of a purchase that was made."""
    return LabelPaper(
        id=f"{purchase.id}:paper",
        order_id=purchase.order_id,
        tracking_number=purchase.tracking_number,
        content=content,
    )


def begun(key: str, shipment_id: str, service: CarrierService, at: datetime) -> LabelPurchase:
    """The purchase before anybody has it in hand; the key is its id."""
    return LabelPurchase(
        id=key,
        order_id=shipment_id.rpartition("-S")[0],
        shipment_id=shipment_id,
        service=service,
        holder="",
        until=at,
    )


def arrival(purchase: LabelPurchase, days: int) -> datetime:
    """When the parcel should arrive, as the shop has promised."""
    assert purchase.answered_at is not None, "a parcel without a label arrives nowhere"
    return purchase.answered_at + timedelta(days=days)
