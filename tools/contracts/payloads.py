"""The ``data`` of each event type that this release publishes, field by field.

A reader must ignore fields that it does not know: within one major ``event_version`` fields are only added.
"""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

type Text = Annotated[str, Field(min_length=1)]
type Number = Annotated[float, Field(ge=0, description="major units, such as 1199.00, exact")]
type Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217")]
type Count = Annotated[int, Field(ge=0, strict=True)]
type Pieces = Annotated[int, Field(ge=1, strict=True)]


class Payload(BaseModel):
    """A part of an event's data."""

    model_config = ConfigDict(extra="allow")


class Line(Payload):
    """Some pieces of one SKU; ``discount`` is what promo codes took off ``line_total``."""

    product_id: Text
    sku: Text
    variant_id: str
    name: Text
    quantity: Pieces
    unit_price: Number
    price: Annotated[Number, Field(description="the same as unit_price")]
    line_total: Number
    discount: Number | None = None


class Totals(Payload):
    """``total = subtotal - discount + shipping + tax``."""

    currency: Currency
    subtotal: Number
    discount: Number
    shipping: Number
    tax: Number
    total: Number


class Address(Payload):
    """Where the parcel goes; ``country`` is ISO 3166-1 alpha-2."""

    name: Text
    line1: Text
    line2: str = ""
    city: Text
    state: str = ""
    postal_code: Text
    country: Text
    phone: str = ""


class ShortLine(Payload):
    """A line that could not be held whole."""

    sku: Text
    product_id: Text
    requested: Pieces
    available: Count


class OfOrder(Payload):
    """Which order it is about; ``id`` is the same as ``order_id``."""

    order_id: Text
    id: Text
    user_id: Text
    order_number: Annotated[str, Field(pattern=r"^HPH-\d{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$")]


class OrderCreated(OfOrder):
    """An order was placed, or is told of again because an answer to it is overdue."""

    items: Annotated[tuple[Line, ...], Field(min_length=1)]
    totals: Totals
    shipping_address: Address
    shipping_method: Text
    email: str
    promo_codes: tuple[str, ...]
    status: Text


class OrderUpdated(OfOrder):
    """The order's status has changed."""

    status: Text
    payment_status: Text
    fulfillment_status: Text
    tracking_id: Annotated[str, Field(description="once a parcel is known")] = ""


class OrderCancelled(OfOrder):
    """The order shall end: everybody undoes what they did for it, and says so."""

    reason: Text
    restock: Annotated[bool, Field(description="whether the pieces go back on the shelf")]


class OrderCompleted(OfOrder):
    """The order was delivered and its return window is over."""

    totals: Totals
    completed_at: AwareDatetime


class InventoryReserved(OfOrder):
    """Every line is held for the order."""

    items: Annotated[tuple[Line, ...], Field(min_length=1)]
    reservation_id: Annotated[Text, Field(description="the same as order_id")]


class InventoryReservationFailed(InventoryReserved):
    """A line cannot be held; none is."""

    failed_items: tuple[ShortLine, ...] = ()
    reason: str = ""


class InventoryReleased(InventoryReserved):
    """What was held for the order is free again."""

    reason: str = ""


class StockLevelChanged(Payload):
    """The stock of one SKU has changed: the only event that counts pieces."""

    sku: Text
    product_id: Text
    available: Annotated[
        int,
        Field(
            description="pieces that can be sold: on_hand less what is held, below 0 for a shortage",
            strict=True,
        ),
    ]
    on_hand: Annotated[Count, Field(description="pieces on the shelf")]
    delta: Annotated[int, Field(description="pieces that came or went", strict=True)]
    cause: Literal["sale", "release", "restock", "adjustment", "return"]


class Paid(OfOrder):
    """The order's payment; of the card only what may be shown."""

    payment_id: str
    amount: Number
    currency: Currency
    method: Text
    brand: str
    last4: str


class PaymentProcessed(Paid):
    """The money was taken."""


class PaymentFailed(Paid):
    """The money was not taken, and will not be."""

    reason: Literal["declined", "capture", "order_cancelled"]


class RefundProcessed(Paid):
    """The money was given back."""

    refund_id: Annotated[Text, Field(description="<order_id>:cancel, or the id of a return")]
    reason: Literal["order_cancelled", "payment_failed", "payment_refunded"]


class Parcel(Payload):
    """A parcel; ``tracking_id`` is the same as ``tracking_number``."""

    shipment_id: Text
    carrier: Text
    service_level: Text
    tracking_number: Text
    tracking_id: Text
    estimated_delivery: AwareDatetime | None = None


class ShipmentScheduled(Parcel, OfOrder):
    """The parcel has its label."""


class ShipmentStatusUpdated(OfOrder):
    """What became of the parcel: the warehouse or a scan of the carrier says so; a scan has all fields."""

    status: Literal["in_transit", "out_for_delivery", "failed", "cancelled"]
    shipment_id: str = ""
    carrier: str = ""
    service_level: str = ""
    tracking_number: str = ""
    tracking_id: str = ""
    estimated_delivery: AwareDatetime | None = None
    location: str = ""
    notes: str = ""
    occurred_at: AwareDatetime | None = None
    reason: str = ""


class DeliveryCompleted(Parcel, OfOrder):
    """The parcel was delivered."""

    status: Literal["delivered"]
    location: str
    notes: str
    occurred_at: AwareDatetime


class OfUser(Payload):
    """Which account it is about."""

    user_id: Text
    role: Literal["customer", "staff", "admin"]
    status: Text
    changed: Annotated[tuple[str, ...], Field(description="names of the fields that changed")]


class UserCreated(OfUser):
    """An account is there; the only event that carries its address."""

    email: str


class UserUpdated(OfUser):
    """An account has changed."""


class UserDeleted(OfUser):
    """An account is being erased."""


class OfProduct(Payload):
    """Which product it is about, as it is now; ``id`` is the same as ``product_id``."""

    product_id: Text
    id: Text
    sku: Text
    name: Text
    category_slug: Text
    category_id: Annotated[Text, Field(description="the same as category_slug")]
    price: Number
    currency: Currency
    status: Text
    changed: Annotated[tuple[str, ...], Field(description="names of the fields that changed")]


class ProductCreated(OfProduct):
    """A product is in the catalogue."""


class ProductUpdated(OfProduct):
    """A product has changed."""


class ProductDeleted(OfProduct):
    """A product is not sold any more; orders that have it go on."""


class TicketCreated(Payload):
    """Somebody asks for help, or an order needs a person: then it names the order."""

    ticket_id: Text
    type: Text
    priority: Text
    status: Text
    user_id: Text
    ticket_number: str = ""
    order_id: str = ""
    id: str = ""
    order_number: str = ""
    changed: tuple[str, ...] = ()


class TicketUpdated(Payload):
    """A ticket has changed."""

    ticket_id: Text
    ticket_number: Text
    user_id: Text
    type: Text
    priority: Text
    status: Text
    changed: Annotated[tuple[str, ...], Field(description="names of the fields that changed")]
    order_id: str = ""


class TicketResolved(TicketUpdated):
    """A ticket was resolved."""


PUBLISHED: Final[dict[str, type[Payload]]] = {
    payload.__name__: payload
    for payload in (
        UserCreated,
        UserUpdated,
        UserDeleted,
        ProductCreated,
        ProductUpdated,
        ProductDeleted,
        OrderCreated,
        OrderUpdated,
        OrderCancelled,
        OrderCompleted,
        InventoryReserved,
        InventoryReservationFailed,
        InventoryReleased,
        StockLevelChanged,
        PaymentProcessed,
        PaymentFailed,
        RefundProcessed,
        ShipmentScheduled,
        ShipmentStatusUpdated,
        DeliveryCompleted,
        TicketCreated,
        TicketUpdated,
        TicketResolved,
    )
}
"""Event type to its payload, in the order of the hubs."""
