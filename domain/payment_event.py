"""A webhook of the card network, kept before it is applied."""

from typing import ClassVar

from domain.entity import Entity
from domain.moment import Moment

KEPT_SECONDS = 90 * 24 * 3600
"""How long an applied webhook is remembered: longer than the network repeats one."""


class PaymentEvent(Entity):
    """One webhook, by the network's event id; only ``applied`` is a duplicate.

    ``owner`` and ``order_id`` say whose order it is about, as we wrote it at the network ourselves.
    ``state`` is ``received``, ``applied``, or ``unmatched`` where no such order was seen for days.
    """

    kind: ClassVar[str] = "payment-event"
    container: ClassVar[str] = "PaymentEvents"
    partition_field: ClassVar[str] = "payment_intent_id"

    payment_intent_id: str
    type: str
    owner: str
    order_id: str
    reason: str = ""
    state: str = "received"
    received_at: Moment

    @property
    def is_applied(self) -> bool:
        """Whether its fact has reached the order."""
        return self.state == "applied"
