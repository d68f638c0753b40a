"""A day of business with customers of every kind, and whether each order ended as it may."""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tools.audit import Audit
from tools.proofs.crowd import Crowd
from tools.proofs.customers import KINDS, Bought, Customer, Kind, mixed
from tools.proofs.stage import Stage, check, told

STOCK: Final = {"lamp": 5_000, "stool": 5_000, "vase": 5_000}
SETTINGS: Final = {
    "HPH_IDEMPOTENCY_LEASE_SECONDS": "2",
    "HPH_PLACING_SECONDS": "3",
}
"""What a killed host has claimed is free again soon."""

MOST_PIECES: Final = 3


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers come, how many of them at a time, what the dice begin with, and of which kinds."""

    customers: int = 110
    at_once: int = 24
    seed: int = 1
    kinds: tuple[Kind, ...] = KINDS


def business(
    there: Stage, size: Size, *, beside: Coroutine[Any, Any, None] | None = None
) -> list[Bought]:
    """Let the customers buy of every host, beside some trouble, to the end of both; what was promised."""
    return asyncio.run(_business(there, size, beside))


def ended(there: Stage, bought: Sequence[Bought]) -> Audit:
    """Wait for the end, audit, and hold every order against its customer's kind. Raises ``NotHeld``."""
    found = there.audited()
    orders = found.books.orders
    lost = [one.order_id for one in bought if one.order_id not in orders]
    check(not lost, f"{len(lost)} promised orders are not in the store: {told(lost)}")
    wrong = [
        f"{one.order_id} of one who {one.kind.name} is {orders[one.order_id].status}"
        for one in bought
        if orders[one.order_id].status not in one.kind.ends
    ]
    check(not wrong, told(wrong))
    placed = {order.id for order in orders.values() if order.is_placed}
    extra = sorted(placed - {one.order_id for one in bought})
    check(not extra, f"{len(extra)} orders that nobody was promised: {told(extra)}")
    twice = [one for one, count in Counter(each.order_id for each in bought).items() if count > 1]
    check(not twice, f"one order for two customers: {told(twice)}")
    return found


async def _business(
    there: Stage, size: Size, beside: Coroutine[Any, Any, None] | None
) -> list[Bought]:
    trouble = asyncio.create_task(beside) if beside else None
    async with Crowd(there.bases, size.at_once) as crowd:
        kinds = list(enumerate(mixed(size.customers, size.kinds)))
        bought = await crowd.all(kinds, lambda one: _buys(crowd.clients, size.seed, one))
    if trouble:
        await trouble
    return bought


async def _buys(
    clients: Sequence[httpx.AsyncClient], seed: int, customer: tuple[int, Kind]
) -> Bought:
    number, kind = customer
    dice = random.Random(f"{seed}/{number}")
    slugs = dice.sample(sorted(STOCK), dice.randint(1, len(STOCK)))
    lines = {slug: dice.randint(1, MOST_PIECES) for slug in slugs}
    return await Customer(kind, clients, dice).buy(lines)
