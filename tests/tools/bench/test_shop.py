"""What the benchmark looks at and buys, and the orders that it finds."""

import json
from pathlib import Path

from domain.order import Order, OrderPointer, order_id_of, pointer_key
from tools.bench.guest import Guest
from tools.bench.load import Answer
from tools.bench.looking import Goods, product_pages, shared_out
from tools.bench.orders import write_orders
from tools.seed import local_shop


def test_every_product_is_looked_at_by_id_and_by_slug() -> None:
    goods = [Goods(f"id-{number}", f"slug-{number}") for number in range(10)]

    pages = product_pages(goods)

    assert len(pages) == 20
    assert [len(some) for some in shared_out(pages, 3)] == [6, 6, 6]


def test_a_guest_s_requests_carry_the_session() -> None:
    session = Answer(201, {"set-cookie": "hph_guest=abc; Path=/"}, b'{"csrf_token": "t"}')

    raw = Guest(session).ordering("key-1").raw

    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /api/orders HTTP/1.1"
    assert lines[-3:] == ["Cookie: hph_guest=abc", "X-CSRF-Token: t", "Idempotency-Key: key-1"]
    assert json.loads(body)["email"] == "shopper@example.com"


async def test_orders_in_bulk_are_orders_to_the_shop(tmp_path: Path) -> None:
    write_orders(tmp_path, 3)

    with local_shop(tmp_path / "shop.db") as shop:
        key = pointer_key(order_id_of(shop.secret, "bulk-2", 1))
        pointer = await shop.store.get(OrderPointer, key, key)
        assert pointer is not None
        order = await shop.store.get(Order, order_id_of(shop.secret, "bulk-2", 1), pointer.owner)
    assert order is not None
    assert (order.status, len(order.items), order.totals.total.number) == ("completed", 3, 65.96)
