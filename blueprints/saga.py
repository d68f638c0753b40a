"""The saga's steps: one function for each hub and consumer group."""

from blueprints._area import Area
from blueprints._consumer import consumer
from domain.access import Caller
from domain.events import Event
from usecases.listening import listen
from usecases.shop import Shop

area = Area("saga")


@consumer(area, "order-events", "inventory")
async def inventory_hears_orders(shop: Shop, caller: Caller, event: Event) -> None:
    """OrderCreated: the holds are asserted. OrderCancelled: they are freed."""
    await listen(shop, caller, "inventory", event)


@consumer(area, "payment-events", "inventory")
async def inventory_hears_payments(shop: Shop, caller: Caller, event: Event) -> None:
    """PaymentFailed: the holds are freed."""
    await listen(shop, caller, "inventory", event)


@consumer(area, "shipping-events", "inventory")
async def inventory_hears_shipping(shop: Shop, caller: Caller, event: Event) -> None:
    """The goods have left: the holds become sales."""
    await listen(shop, caller, "inventory", event)


@consumer(area, "inventory-events", "payment")
async def payment_hears_inventory(shop: Shop, caller: Caller, event: Event) -> None:
    """InventoryReserved: what is authorised is captured."""
    await listen(shop, caller, "payment", event)


@consumer(area, "order-events", "payment")
async def payment_hears_orders(shop: Shop, caller: Caller, event: Event) -> None:
    """OrderCancelled: nothing is captured any more, what was is given back."""
    await listen(shop, caller, "payment", event)


@consumer(area, "payment-events", "logistics")
async def logistics_hears_payments(shop: Shop, caller: Caller, event: Event) -> None:
    """PaymentProcessed: a label is bought."""
    await listen(shop, caller, "logistics", event)


@consumer(area, "order-events", "logistics")
async def logistics_hears_orders(shop: Shop, caller: Caller, event: Event) -> None:
    """OrderCancelled: the label is voided."""
    await listen(shop, caller, "logistics", event)


@consumer(area, "shipping-events", "logistics")
async def logistics_hears_shipping(shop: Shop, caller: Caller, event: Event) -> None:
    """The carrier has the parcel: it can no longer be voided."""
    await listen(shop, caller, "logistics", event)


@consumer(area, "inventory-events", "orders")
async def orders_hear_inventory(shop: Shop, caller: Caller, event: Event) -> None:
    """Inventory's word moves the order."""
    await listen(shop, caller, "orders", event)


@consumer(area, "payment-events", "orders")
async def orders_hear_payments(shop: Shop, caller: Caller, event: Event) -> None:
    """The payment's word moves the order."""
    await listen(shop, caller, "orders", event)


@consumer(area, "shipping-events", "orders")
async def orders_hear_shipping(shop: Shop, caller: Caller, event: Event) -> None:
    """The parcel's word moves the order."""
    await listen(shop, caller, "orders", event)
