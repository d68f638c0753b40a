"""Keeping what customers and staff see in step with what the shop tells."""

from typing import Any

from blueprints._area import Area
from blueprints._consumer import consumer
from domain.access import Caller
from domain.events import Event
from usecases import order_lists
from usecases.availability import show_availability
from usecases.incidents import hear_ticket
from usecases.placing import show_product
from usecases.recording_sales import hear_order, hear_payment, hear_user
from usecases.shop import Shop

area = Area("views")

MOST_PRODUCTS = 100


@consumer(area, "inventory-events", "views")
async def views_hear_inventory(shop: Shop, caller: Caller, event: Event) -> None:
    """Stock was held, freed or moved: the cards say whether the product can be bought."""
    for product_id in _products(event.data):
        await show_availability(shop, caller, product_id)


@consumer(area, "product-events", "views")
async def views_hear_products(shop: Shop, caller: Caller, event: Event) -> None:
    """A product was created, changed or retired: shelves and search say what it says now."""
    for product_id in _products(event.data):
        await show_product(shop, caller, product_id)


@consumer(area, "order-events", "views")
async def views_hear_orders(shop: Shop, caller: Caller, event: Event) -> None:
    """An order was placed or has changed: staff's list shows it, and the figures know its sale, as it is now."""
    await order_lists.hear_order(shop, caller, event)
    await hear_order(shop, caller, event)


@consumer(area, "payment-events", "views")
async def views_hear_payments(shop: Shop, caller: Caller, event: Event) -> None:
    """Money was taken or given back: the figures know it."""
    await hear_payment(shop, caller, event)


@consumer(area, "user-events", "views")
async def views_hear_users(shop: Shop, caller: Caller, event: Event) -> None:
    """Somebody opened an account: the figures count a new customer."""
    await hear_user(shop, caller, event)


@consumer(area, "support-events", "views")
async def views_hear_support(shop: Shop, caller: Caller, event: Event) -> None:
    """A ticket was opened or has changed: the staff's list shows it; one of the saga's becomes a ticket."""
    await hear_ticket(shop, caller, event)


def _products(data: dict[str, Any]) -> list[str]:
    """Every product that the event names, each once."""
    items = data.get("items")
    named = [data, *(items if isinstance(items, list) else [])]
    ids = [one.get("product_id") for one in named if isinstance(one, dict)]
    return list(dict.fromkeys(id for id in ids if isinstance(id, str)))[:MOST_PRODUCTS]
