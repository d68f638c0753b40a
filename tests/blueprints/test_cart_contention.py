"""A cart that several want at once, or that an order is being made of."""

from typing import Any

import pytest

from tests.blueprints.goods import TRAY
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import Hooked, claim_cart, filled, line_of
from usecases.ports.store import Change, VersionConflict

ITEMS = "/api/cart/items"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", ITEMS, {"product_id": TRAY}),
        ("PUT", "line", {"quantity": 2}),
        ("DELETE", "line", None),
        ("DELETE", "/api/cart", None),
    ],
)
async def test_a_cart_that_is_becoming_an_order_is_left_alone(
    web: Web, method: str, path: str, body: Any
) -> None:
    guest = await filled(web)
    path = await line_of(guest) if path == "line" else path
    await claim_cart(web, guest, seconds=10)

    with web.unchanged():
        answer = await guest.send(method, path, body)
        read = await guest.send("GET", "/api/cart")

    assert code(answer) == (409, "CART_CLAIMED")
    assert read.json()["item_count"] == 1


async def test_a_claim_whose_time_is_over_locks_nothing(web: Web) -> None:
    guest = await filled(web)
    await claim_cart(web, guest, seconds=-1)

    answer = await guest.send("POST", ITEMS, {"product_id": TRAY})

    assert (answer.status_code, answer.json()["item_count"]) == (201, 2)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", ITEMS, {"product_id": TRAY}),
        ("PUT", "line", {"quantity": 2}),
        ("DELETE", "line", None),
        ("DELETE", "/api/cart", None),
    ],
)
async def test_a_cart_that_everybody_changes_asks_to_try_again(
    web: Web, method: str, path: str, body: Any
) -> None:
    async def overtake(change: Change) -> None:
        raise VersionConflict("somebody was faster")

    guest = await filled(web)
    path = await line_of(guest) if path == "line" else path
    web.change(store=Hooked(web, overtake))

    with web.unchanged():
        answer = await guest.send(method, path, body)

    assert code(answer) == (503, "CONTENDED")
    assert answer.headers["retry-after"] == "1"
