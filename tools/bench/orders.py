"""Finished orders in bulk, as a shop has them after some years."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

from domain.address import Address
from domain.entity import Entity
from domain.money import money
from domain.order import (
    Delivery,
    Order,
    OrderLine,
    OrderPointer,
    order_id_of,
    order_number_of,
    pointer_key,
)
from domain.pricing import Totals
from domain.saga import Facets, Inventory, Payment, Shipment
from tools.seed import local_shop
from tools.shopper import ADDRESS, EMAIL
from usecases.shop import Shop

INSERT: Final = "INSERT INTO Orders(pk, id, kind, version, body) VALUES (?, ?, ?, ?, ?)"
VERSION: Final = "bulk"
MINUTES_BETWEEN: Final = 7
CURRENCY: Final = "USD"


def write_orders(folder: Path, count: int) -> None:
    """Write so many completed orders of as many customers, each with its pointer, past the store."""
    with local_shop(folder / "shop.db", is_measured=True) as shop:
        rows = map(_row, _documents(shop, count))
    with closing(sqlite3.connect(folder / "shop.db")) as connection, connection:
        connection.executemany(INSERT, rows)


def _row(entity: Entity) -> tuple[str, str, str, str, str]:
    return entity.partition, entity.id, entity.kind, VERSION, entity.json_text()


def _documents(shop: Shop, count: int) -> Iterator[Entity]:
    model, now = _model(shop), shop.clock.now()
    for number in range(count):
        at = now - timedelta(minutes=MINUTES_BETWEEN * number, days=30)
        order_id, user_id = order_id_of(shop.secret, f"bulk-{number}", 1), f"guest:bulk-{number}"
        key = pointer_key(order_id)
        yield OrderPointer(id=key, user_id=key, owner=user_id)
        yield model.but(
            id=order_id,
            order_id=order_id,
            order_number=order_number_of(order_id, at),
            user_id=user_id,
            created_at=at,
            updated_at=at,
            completed_at=at,
        )


def _model(shop: Shop) -> Order:
    at, goods, total = shop.clock.now(), money(59.97, CURRENCY), money(65.96, CURRENCY)
    return Order(
        id="",
        order_id="",
        order_number="",
        user_id="",
        cart_uuid="",
        status="completed",
        email=EMAIL,
        items=tuple(_line(number) for number in range(3)),
        totals=Totals(
            currency=CURRENCY,
            subtotal=goods,
            discount=money(0, CURRENCY),
            shipping=total - goods,
            tax=money(0, CURRENCY),
            total=total,
        ),
        shipping_address=Address(**ADDRESS),
        shipping=Delivery(method="standard", carrier="ups", tracking_number="1Z"),
        facets=Facets(
            inventory=Inventory.RESERVED,
            payment=Payment.CAPTURED,
            shipment=Shipment.DELIVERED,
            completed=True,
        ),
        created_at=at,
        updated_at=at,
    )


def _line(number: int) -> OrderLine:
    price = money(19.99, CURRENCY)
    return OrderLine(
        currency=CURRENCY,
        order_item_id=f"item-{number}",
        product_id=f"product-{number}",
        variant_id="",
        sku=f"bulk-{number:06d}",
        name="Something that was bought",
        quantity=1,
        unit_price=price,
        line_total=price,
    )
