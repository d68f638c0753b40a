"""The words of the saga: events, commands, facts of the outside world, and reasons.

The event types are the shop's contract with its agents: a changed string is a changed contract.
"""

from typing import Final

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
REFUNDED: Final = "Refunded"

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
