"""Orders as staff list them: one line each, in the month in which it was placed."""

from datetime import date, datetime
from typing import ClassVar, Final, Self

from domain.entity import Entity
from domain.moment import Moment
from domain.order import FulfillmentStatus, Order, PaymentStatus
from domain.user import email_hash

FIRST_MONTH: Final = date(2026, 1, 1)
"""The shop has no older orders."""


class OrderListing(Entity):
    """The line of an order; id that of the order, partition ``~view:<yyyy-mm>``. ``email_hash`` is keyed."""

    kind: ClassVar[str] = "order-listing"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    owner: str
    order_number: str
    status: str
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    currency: str
    total_minor: int
    item_count: int
    email_hash: str
    sequence: int
    created_at: Moment
    updated_at: datetime

    def or_newer(self, line: Self) -> Self:
        """This line, or the other where that is newer: of a later ``sequence``, or of the same without the person."""
        is_newer = line.sequence > self.sequence
        is_anonymised = line.sequence == self.sequence and not line.email_hash and self.email_hash
        if not is_newer and not is_anonymised:
            return self
        return self.but(**line.model_dump(exclude={"id", "user_id", "ttl"}))


def view_partition(month: date) -> str:
    """Where the lines of a month lie: an order never moves from one to another."""
    return f"~view:{month:%Y-%m}"


def line_of(order: Order, secret: bytes) -> OrderListing:
    """The order's line; ``secret`` keys the hash of its e-mail address."""
    return OrderListing(
        id=order.order_id,
        user_id=view_partition(order.created_at),
        owner=order.user_id,
        order_number=order.order_number,
        status=order.status,
        payment_status=order.payment_status,
        fulfillment_status=order.fulfillment_status,
        currency=order.totals.currency,
        total_minor=order.totals.total.amount_minor,
        item_count=sum(line.quantity for line in order.items),
        email_hash=email_hash(secret, order.email),
        sequence=order.sequence,
        created_at=order.created_at,
        updated_at=order.updated_at,
    )
