"""The words of the saga: hubs, events, commands, facts of the outside world, and reasons.
The hubs and the types of their events are the shop's contract with its agents; a changed string
here is a changed contract.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ORDER_EVENTS: Final = "order-events"
INVENTORY_EVENTS: Final = "inventory-events"
PAYMENT_EVENTS: Final = "payment-events"
SHIPPING_EVENTS: Final = "shipping-events"
SUPPORT_EVENTS: Final = "support-events"

ORDER_CREATED: Final = "OrderCreated"
ORDER_UPDATED: Final = "OrderUpdated"
ORDER_CANCELLED: Final = "OrderCancelled"
ORDER_COMPLETED: Final = "OrderCompleted"

INVENTORY_RESERVED: Final = "InventoryReserved"
INVENTORY_RESERVATION_FAILED: Final = "InventoryReservationFailed"
INVENTORY_RELEASED: Final = "InventoryReleased"
STOCK_LEVEL_CHANGED: Final = "StockLevelChanged"

PAYMENT_PROCESSED: Final = "PaymentProcessed"
PAYMENT_FAILED: Final = "PaymentFailed"
REFUND_PROCESSED: Final = "RefundProcessed"

SHIPMENT_SCHEDULED: Final = "ShipmentScheduled"
SHIPMENT_STATUS_UPDATED: Final = "ShipmentStatusUpdated"
DELIVERY_COMPLETED: Final = "DeliveryCompleted"

TICKET_CREATED: Final = "TicketCreated"
RETURN_REQUESTED: Final = "ReturnRequested"
RETURN_APPROVED: Final = "ReturnApproved"
RETURN_REJECTED: Final = "ReturnRejected"
RETURN_RECEIVED: Final = "ReturnReceived"

# A ShipmentStatusUpdated means a different thing with each status: these are the kinds that the
# saga knows.
IN_TRANSIT: Final = "in_transit"
STATUS_FAILED: Final = "failed"
STATUS_CANCELLED: Final = "cancelled"
SHIPMENT_IN_TRANSIT: Final = "ShipmentStatusUpdated:in_transit"
SHIPMENT_FAILED: Final = "ShipmentStatusUpdated:failed"
SHIPMENT_CANCELLED: Final = "ShipmentStatusUpdated:cancelled"
GOODS_LEFT: Final = frozenset({SHIPMENT_IN_TRANSIT, DELIVERY_COMPLETED})

# Commands of a person, and the clock.
PLACE_ORDER: Final = "PlaceOrder"
CANCEL_ORDER: Final = "CancelOrder"
MARK_SHIPPED: Final = "MarkShipped"
RETURN_WINDOW_CLOSED: Final = "ReturnWindowClosed"
REQUEST_RETURN: Final = "RequestReturn"
APPROVE_RETURN: Final = "ApproveReturn"
REJECT_RETURN: Final = "RejectReturn"
RECEIVE_GOODS: Final = "ReceiveGoods"
TIMER: Final = "Timer"

# Facts of the card network about the order's payment intent.
AUTHORISED: Final = "Authorised"
DECLINED: Final = "Declined"
SUCCEEDED: Final = "Succeeded"

# Why an order ended. A participant's word carries the reason too, since it may overtake the event
# that caused it.
BY_CUSTOMER: Final = "customer"
BY_ORDER_CANCELLED: Final = "order_cancelled"
BY_INVENTORY_FAILED: Final = "inventory_failed"
BY_RESERVATION_EXPIRED: Final = "reservation_expired"
BY_PAYMENT_FAILED: Final = "payment_failed"
BY_PAYMENT_REFUNDED: Final = "payment_refunded"
BY_SHIPMENT_FAILED: Final = "shipment_failed"
BY_LOSS: Final = "lost_in_transit"

HUB_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        ORDER_CREATED: ORDER_EVENTS,
        ORDER_UPDATED: ORDER_EVENTS,
        ORDER_CANCELLED: ORDER_EVENTS,
        ORDER_COMPLETED: ORDER_EVENTS,
        INVENTORY_RESERVED: INVENTORY_EVENTS,
        INVENTORY_RESERVATION_FAILED: INVENTORY_EVENTS,
        INVENTORY_RELEASED: INVENTORY_EVENTS,
        STOCK_LEVEL_CHANGED: INVENTORY_EVENTS,
        PAYMENT_PROCESSED: PAYMENT_EVENTS,
        PAYMENT_FAILED: PAYMENT_EVENTS,
        REFUND_PROCESSED: PAYMENT_EVENTS,
        SHIPMENT_SCHEDULED: SHIPPING_EVENTS,
        SHIPMENT_STATUS_UPDATED: SHIPPING_EVENTS,
        DELIVERY_COMPLETED: SHIPPING_EVENTS,
        TICKET_CREATED: SUPPORT_EVENTS,
        RETURN_REQUESTED: SUPPORT_EVENTS,
        RETURN_APPROVED: SUPPORT_EVENTS,
        RETURN_REJECTED: SUPPORT_EVENTS,
        RETURN_RECEIVED: SUPPORT_EVENTS,
    }
)
