"""``python -m tools.proofs.once``: impatient people, who click the same thing many times on two hosts."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any, Final

import httpx

from tools.proofs.crowd import Crowd
from tools.proofs.stage import Stage, check, product, stage
from tools.shopper import Shopper

PRODUCT: Final = "bowl"
SUBMITS: Final = 8
CLICKS: Final = 6
CHANGING: Final = ("updated_at", "status", "payment_status", "payment", "short")
"""What the saga may have moved between two of the answers."""


def prove(carts: int) -> str:
    """Each of so many carts is submitted and paid by many clicks at once. Raises ``NotHeld``."""
    with stage({PRODUCT: 10 * carts}) as there:
        there.start()
        asyncio.run(_clicked(there, carts))
        found = there.audited()
        orders, intents = found.books.orders, found.books.intents
        check(len(orders) == carts, f"{carts} carts became {len(orders)} orders")
        check(len(intents) == carts, f"{carts} orders have {len(intents)} payments")
        check(all(one.captured_minor for one in intents), "a payment was not taken")
        return (
            f"{carts} carts, each submitted {SUBMITS} times and paid by {CLICKS} clicks at once on "
            f"2 hosts: one order, one payment and one charge each; {found.figures}"
        )


async def _clicked(there: Stage, carts: int) -> None:
    async with Crowd(there.bases) as crowd:
        for number, shopper in enumerate(await crowd.arrive(carts)):
            windows = [shopper.at(crowd.clients[place % 2]) for place in range(SUBMITS)]
            added = await shopper.add(product(PRODUCT), 2)
            check(added.status_code == 201, f"the cart answered {added.text}")
            key = f"cart-{number}" if number % 2 else ""
            order_id = await _submitted(windows, key)
            await _paid(windows[:CLICKS], order_id)


async def _submitted(windows: Sequence[Shopper], key: str) -> str:
    """With a key of its own or without one: the answer is the same order."""
    answers = await asyncio.gather(*(window.order(key=key) for window in windows))
    orders = [answer.json() for answer in answers if answer.status_code == 201]
    in_flight = [answer for answer in answers if _code(answer) == "IDEMPOTENCY_KEY_IN_FLIGHT"]
    told = [f"{answer.status_code} {_code(answer)}" for answer in answers]
    check(len(orders) + len(in_flight) == len(answers), f"the cart was answered with {told}")
    check(orders and (key or not in_flight), f"the cart was answered with {told}")
    check(len({_lasting(order) for order in orders}) == 1, "the cart got different answers")
    order_id: str = orders[0]["order_id"]
    return order_id


async def _paid(windows: Sequence[Shopper], order_id: str) -> None:
    answers = await asyncio.gather(*(window.pay(order_id) for window in windows))
    told = [f"{answer.status_code} {_code(answer)}" for answer in answers]
    check(all(answer.status_code == 200 for answer in answers), f"clicks got {told}")
    check(len({answer.json()["payment_intent_id"] for answer in answers}) == 1, "several payments")


def _code(answer: httpx.Response) -> str:
    return "" if answer.is_success else str(answer.json()["error"]["code"])


def _lasting(order: dict[str, Any]) -> str:
    return str({name: value for name, value in order.items() if name not in CHANGING})


def main() -> int:
    """In full size."""
    print(f"once: ok, {prove(20)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
