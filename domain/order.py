"""An order: what was bought, at which price, and how far its saga is."""

import hmac
import re
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import Field

from domain import saga
from domain.address import Address
from domain.cart import CartLine
from domain.entity import Audited, Entity, Value
from domain.errors import Conflict, NotFound
from domain.keys import derived
from domain.moment import Moment
from domain.money import Amount, Amounts, Money
from domain.pricing import Totals
from domain.saga import Facets
from domain.shipping import ShippingMethod

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH: Final = 12
RETURN_WINDOW: Final = "return_window"
PLACING: Final = "placing"
REJECTED: Final = "rejected"

_WRITTEN: Final = re.compile(f"(?:HPH)?(?:[0-9]{{4}})?([{CROCKFORD}]{{{ID_LENGTH}}})")
"""An id or a number without its hyphens; the prefix and the year may be left out."""

_LOOKALIKES: Final = str.maketrans("OIL", "011")
"""Letters that are read as digits (Crockford, "Base 32")."""

type PaymentStatus = Literal[
    "pending", "authorized", "paid", "partially_refunded", "refunded", "failed"
]
type FulfillmentStatus = Literal[
    "pending", "scheduled", "shipped", "delivered", "failed", "cancelled", "returned"
]


class OrderNotFound(NotFound):
    """There is no such order, or it is not the caller's."""

    code = "ORDER_NOT_FOUND"
    message = "There is no such order, or it is not yours."


class OutOfStock(Conflict):
    """Some lines want more than there is; ``lines`` names each with what is available."""

    code = "OUT_OF_STOCK"
    message = "Some items are not available in that quantity."
    passing = True


class CannotCancel(Conflict):
    """The goods have left."""

    code = "ALREADY_SHIPPED"
    message = "The order has been shipped; ask for a return instead."


class OrderLine(Amounts):
    """Some pieces of one SKU, at the price they were sold for; ``discount`` is what codes took off the line."""

    order_item_id: str
    product_id: str
    variant_id: str
    sku: str
    name: str
    variant_name: str = ""
    quantity: int
    unit_price: Amount
    line_total: Amount
    discount: Amount | None = None
    image_url: str = ""


class ShortLine(Value):
    """A line that could not be held whole."""

    sku: str
    product_id: str
    requested: int
    available: int


class AppliedPromotion(Amounts):
    """A code that the order uses: what it saves, shipping included, and which limits its use counts against."""

    code: str
    saved: Amount
    is_limited: bool = False
    per_customer: int | None = None


class CardUsed(Value):
    """How the order is paid: the intent at the card network, and what may be shown of the card.

    ``payment_method_id`` is the saved card that was chosen when the order was placed.
    """

    method: str = "credit_card"
    payment_method_id: str = ""
    intent_id: str = ""
    brand: str = ""
    last4: str = ""
    authorized_at: datetime | None = None


class Delivery(Value):
    """How the order travels, as far as it is known."""

    method: ShippingMethod
    carrier: str = ""
    tracking_number: str = ""
    shipment_id: str = ""
    estimated_delivery: datetime | None = None


class Deadline(Value):
    """When the order is looked at again: ``stage`` and ``attempt`` say what it waits for."""

    at: datetime
    stage: str
    attempt: int = 0


class Order(Audited):
    """An order. ``status`` follows from ``facets`` once it is placed; before that it is ``placing``, or
    ``rejected`` when it could not be placed.

    ``promotions`` are the codes that were of use; those that were gone when it was to be placed are ``used_up``.
    ``sequence`` counts what was told of it; ``due`` is ``deadline.at``, where the sweep can find it.
    ``cancel_reason`` is what the person who cancelled it wrote: for staff, in no event. ``customer_id`` is the
    network's customer whose saved card shall pay it.
    """

    kind: ClassVar[str] = "order"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"
    personal: ClassVar[frozenset[str]] = frozenset(
        {"email", "shipping_address", "billing_address", "cancel_reason"}
    )

    user_id: str
    order_id: str
    order_number: str
    cart_uuid: str
    status: str
    payment_status: PaymentStatus = "pending"
    fulfillment_status: FulfillmentStatus = "pending"
    email: str
    items: tuple[OrderLine, ...]
    totals: Totals
    shipping_address: Address
    billing_address: Address | None = None
    payment: CardUsed = Field(default_factory=CardUsed)
    customer_id: str = ""
    shipping: Delivery
    promotions: tuple[AppliedPromotion, ...] = ()
    short: tuple[ShortLine, ...] = ()
    used_up: tuple[str, ...] = ()
    cancel_reason: str = ""
    facets: Facets | None = None
    deadline: Deadline | None = None
    due: Moment | None = None
    sequence: int = 0
    created_at: Moment
    updated_at: datetime
    paid_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def is_placed(self) -> bool:
        """Whether the shop has promised to deliver it."""
        return self.facets is not None

    @property
    def promo_codes(self) -> tuple[str, ...]:
        """The codes that it uses."""
        return tuple(each.code for each in self.promotions)

    def rejected(
        self, short: tuple[ShortLine, ...], at: datetime, *, used_up: tuple[str, ...] = ()
    ) -> Self:
        """The order that could not be placed, with the lines that were short and the codes that were used up.

        Its deadline stays until all that it held is freed, so that no crash in between keeps stock.
        """
        assert not self.is_placed, "a placed order is cancelled, not rejected"
        return self.but(status=REJECTED, short=short, used_up=used_up, updated_at=at)

    def moved(self, facets: Facets, at: datetime) -> Self:
        """The order after its saga moved."""
        assert self.status != REJECTED, "a rejected order is never placed"
        return self.but(
            facets=facets,
            status=str(saga.status(facets)),
            payment_status=_payment_status(self, facets),
            fulfillment_status=FULFILLMENT[facets.shipment],
            updated_at=at,
        )

    def waiting(self, deadline: Deadline | None) -> Self:
        """The order with this deadline, or none."""
        return self.but(deadline=deadline, due=deadline.at if deadline else None)

    def paying(self, card: CardUsed, at: datetime) -> Self:
        """The order with what is known of its payment."""
        changed = self.but(payment=card, updated_at=at)
        if self.facets is None:
            return changed
        return changed.but(payment_status=_payment_status(changed, self.facets))

    @property
    def is_anonymous(self) -> bool:
        """Whether it no longer says who bought."""
        return self.email == ""

    def anonymised(self, at: datetime) -> Self:
        """The order without the person: what was bought and what it cost stays."""
        return self.but(
            email="",
            shipping_address=self.shipping_address.anonymised(),
            billing_address=self.billing_address and self.billing_address.anonymised(),
            cancel_reason="",
            customer_id="",
            updated_at=at,
        )

    def news(self) -> dict[str, Any]:
        """What every event of an order carries."""
        return {
            "order_id": self.order_id,
            "id": self.order_id,
            "user_id": self.user_id,
            "order_number": self.order_number,
        }


FULFILLMENT: Final[dict[str, FulfillmentStatus]] = {
    saga.Shipment.NONE: "pending",
    saga.Shipment.SCHEDULED: "scheduled",
    saga.Shipment.SHIPPED: "shipped",
    saga.Shipment.DELIVERED: "delivered",
    saga.Shipment.FAILED: "failed",
    saga.Shipment.CANCELLED: "cancelled",
}


def _payment_status(order: Order, facets: Facets) -> PaymentStatus:
    match facets.payment:
        case saga.Payment.CAPTURED:
            return "paid"
        case saga.Payment.REFUNDED:
            return "refunded"
        case saga.Payment.FAILED:
            return "failed"
        case _:
            return "authorized" if order.payment.authorized_at else "pending"


class OrderPointer(Entity):
    """From an order's id to whose partition it lies in; alone in its own partition."""

    kind: ClassVar[str] = "order-pointer"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    owner: str = Field(description="user_id of the order")


class OrderFence(Entity):
    """Takes the id of an order that was never written, so that no stalled attempt can write it."""

    kind: ClassVar[str] = "order-fence"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str


def pointer_key(order_id: str) -> str:
    """Both the id and the partition of the order's pointer."""
    return f"~{order_id}"


def order_id_of(secret: bytes, cart_uuid: str, attempt: int) -> str:
    """The id of the order that this attempt makes of that cart: always the same, and unguessable.

    60 bits of HMAC-SHA-256 in Crockford's base 32.
    """
    digest = hmac.digest(derived(secret, "order-id"), f"{cart_uuid}:{attempt}".encode(), "sha256")
    bits = int.from_bytes(digest[:8]) >> 4
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(ID_LENGTH)))


def order_number_of(order_id: str, at: datetime) -> str:
    """The number that people read: the same bits, in groups, after the year."""
    groups = "-".join(order_id[start : start + 4] for start in range(0, ID_LENGTH, 4))
    return f"HPH-{at.year}-{groups}"


def order_id_from(text: str) -> str | None:
    """The order id that an id or a number means, read as people write it; ``None`` for neither.

    Case, hyphens and spaces do not count. An id may itself begin with HPH: its length tells.
    """
    bare = "".join(text.upper().replace("-", " ").split())
    found = _WRITTEN.fullmatch(bare.translate(_LOOKALIKES))
    return found[1] if found else None


def order_line(line: CartLine, order_id: str, discount: Money | None = None) -> OrderLine:
    """The line of the order that this line of the cart becomes, with what codes take off it."""
    return OrderLine(
        currency=line.currency,
        order_item_id=f"{order_id}:{line.sku}",
        product_id=line.product_id,
        variant_id=line.variant_id,
        sku=line.sku,
        name=line.name,
        variant_name=line.variant_name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        line_total=line.line_total,
        discount=discount,
        image_url=line.image_url,
    )


def deadline_after(stage: str, attempt: int, wait: timedelta, now: datetime) -> Deadline:
    """The deadline that begins now."""
    return Deadline(at=now + wait, stage=stage, attempt=attempt)
