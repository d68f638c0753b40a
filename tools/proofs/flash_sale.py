"""``python -m tools.proofs.flash_sale``: far more buyers than pieces, all at once, on two hosts.

Every buyer has a session and a cart of its own and has filled the cart before the rush. As many orders
are made as there are pieces; everybody else is told OUT_OF_STOCK, and nobody meets a fault.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from tools.proofs.crowd import Crowd
from tools.proofs.stage import check, product, stage

PRODUCT = "lantern"


@dataclass(frozen=True, slots=True)
class Size:
    """How big the sale is; ``at_once`` requests are under way at a time."""

    stock: int = 100
    buyers: int = 2_000
    at_once: int = 128


SMALL = Size(stock=20, buyers=200)
"""For the suite."""


def prove(size: Size) -> str:
    """Hold the sale; its figures. Raises ``NotHeld``."""
    with stage({PRODUCT: size.stock}) as there:
        there.start()
        seconds, refusals = asyncio.run(_sale(there.bases, size))
        rest = there.rest()
        found = there.audited()
        placed = sum(order.is_placed for order in found.books.orders.values())
        check(placed == size.stock, f"{placed} orders in the store for {size.stock} pieces")
    return (
        f"{size.buyers} buyers of {size.stock} pieces on 2 hosts: {placed} orders, {refusals} times "
        f"409 OUT_OF_STOCK, no 5xx, {size.buyers / seconds:.0f} answers a second; "
        f"at rest {rest:.1f} s later; {found.figures}"
    )


async def _sale(bases: Sequence[str], size: Size) -> tuple[float, int]:
    async with Crowd(bases, size.at_once) as crowd:
        buyers = await crowd.arrive(size.buyers)
        carts = await crowd.all(buyers, lambda buyer: buyer.add(product(PRODUCT)))
        _expect(carts, {(201, ""): size.buyers})
        began = time.monotonic()
        answers = await crowd.all(buyers, lambda buyer: buyer.order())
        seconds = time.monotonic() - began
        losers = size.buyers - size.stock
        _expect(answers, {(201, ""): size.stock, (409, "OUT_OF_STOCK"): losers})
        won = [pair for pair in zip(buyers, answers, strict=True) if pair[1].status_code == 201]
        paid = await crowd.all(won, lambda pair: pair[0].pay(pair[1].json()["order_id"]))
        _expect(paid, {(200, ""): size.stock})
        return seconds, losers


def _expect(answers: Sequence[httpx.Response], wanted: dict[tuple[int, str], int]) -> None:
    found = Counter(map(_told, answers))
    check(found == wanted, f"answers {dict(found)}, not {wanted}")


def _told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else answer.json()["error"]["code"]


def main() -> int:
    """Hold it in full size."""
    print(f"flash sale: ok, {prove(Size())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
