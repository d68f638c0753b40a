"""What happens in the story; every line that it prints was checked."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tools.instance import Instance
from tools.shopper import ADDRESS, Shopper, client

PATIENCE_SECONDS = 20.0
LOOK_SECONDS = 0.1
MOST_LOOKS = 90
SALES = "/api/staff/analytics/sales"
DECLINED = "pm_card_chargeDeclined"


class Broken(Exception):
    """Something in the story did not hold."""


type Charges = Callable[[str], list[int]]
"""What the card network says it took for an order, in minor units, one amount for each payment."""


class Story:
    """Plays against the shop at ``base``; only an ``instance`` of its own can be killed in the middle.

    ``charges`` are the card network's books, where they are not the local host's page.
    """

    def __init__(
        self, base: str, instance: Instance | None = None, charges: Charges | None = None
    ) -> None:
        self._instance, self._charges = instance, charges
        self._client = client(base)
        self._orders: list[str] = []
        self._later: list[Coroutine[Any, Any, None]] = []

    async def play(self) -> str:
        """The whole story; its figures. Raises ``Broken``."""
        async with self._client:
            await self._browse()
            await self._buy_three()
            await self._last_unit()
            await self._same_key()
            await self._declined()
            await asyncio.gather(*self._later)
            if self._instance:
                await self._killed(self._instance)
                await self._figures()
            else:
                _say("kill -9", "skipped: only an instance of the demo's own is killed")
            return f"{len(self._orders)} orders"

    async def _browse(self) -> None:
        categories = (await self._read("/api/categories", limit="100"))["items"]
        listing = await self._read("/api/products", sort="price", order="asc", limit="1")
        found = await self._read("/api/products/search", q="candle", limit="1")
        _check(categories and listing["items"] and found["items"], "the catalogue is empty")
        cheapest, best = listing["items"][0], found["items"][0]
        _say("browse", f"{len(categories)} categories; the cheapest is {_priced(cheapest)}")
        _say("search", f'"candle": first {_priced(best)}')

    async def _buy_three(self) -> None:
        shopper = await Shopper.arrive(self._client)
        products = [one for one in await self._in_stock() if one["price"]["amount"] > 5][:3]
        for product in products:
            await _done(shopper.add(product["id"], variant_id=await self._variant(product)))
        quote = await _done(shopper.post("/api/checkout/validate", {"shipping_address": ADDRESS}))
        total = quote["totals"]["total"]
        _say("checkout", f"3 lines, {total:.2f} USD with tax and shipping")
        order = await _done(shopper.order(expected_total=total))
        _say("order", f"{order['order_number']} is {order['status']}")
        await _done(shopper.pay(order["order_id"]))
        await self._ends(shopper, order["order_id"], "completed")
        await self._print_timeline(order["order_id"])

    async def _last_unit(self) -> None:
        product = await self._with_stock(1)
        shoppers = [await Shopper.arrive(self._client) for _ in range(2)]
        for shopper in shoppers:
            await _done(shopper.add(product["id"], variant_id=product["variant_id"]))
        answers = await asyncio.gather(*(shopper.order() for shopper in shoppers))
        statuses = sorted(answer.status_code for answer in answers)
        _check(statuses == [201, 409], f"the last unit: {statuses}")
        winner = answers.index(next(one for one in answers if one.status_code == 201))
        refusal = answers[1 - winner].json()["error"]
        _check(refusal["code"] == "OUT_OF_STOCK", f"the loser was told {refusal['code']}")
        short = refusal["details"]["lines"][0]
        _say("last unit", f"two buyers at once: 201, and 409 {refusal['code']} ({short['sku']})")
        order_id = answers[winner].json()["order_id"]
        await _done(shoppers[winner].pay(order_id))
        self._later.append(self._ends(shoppers[winner], order_id, "completed"))

    async def _same_key(self) -> None:
        shopper, product = await Shopper.arrive(self._client), (await self._in_stock())[0]
        await _done(shopper.add(product["id"], variant_id=await self._variant(product)))
        key = uuid.uuid4().hex
        first, second = await shopper.order(key=key), await shopper.order(key=key)
        replayed = second.headers.get("idempotent-replayed") == "true"
        _check(first.content == second.content and replayed, "the key gave another answer")
        _say("same key", "the same order again, Idempotent-Replayed: true")
        order_id = first.json()["order_id"]
        clicks = await asyncio.gather(*(shopper.pay(order_id) for _ in range(6)))
        _check(all(one.status_code == 200 for one in clicks), "a click on pay failed")
        await self._ends(shopper, order_id, "processing", "shipped", "delivered", "completed")
        charged = await self._charged(order_id, once=first.json()["totals"]["total"])
        _say("6 clicks", f"on pay: {charged}")

    async def _declined(self) -> None:
        shopper, product = await Shopper.arrive(self._client), await self._with_stock(2)
        await _done(shopper.add(product["id"], 2, product["variant_id"]))
        order = await _done(shopper.order())
        _check(await self._stock(product) == 0, "the order holds nothing")
        for _ in range(3):
            answer = await shopper.pay(order["order_id"], DECLINED)
            _check(answer.status_code == 422, f"a declined card answered {answer.status_code}")
        await self._ends(shopper, order["order_id"], "payment_failed")
        _check(await self._stock(product) == 2, "the stock did not come back")
        _say("declined", "three times: payment_failed, 2 of 2 pieces available again")

    async def _killed(self, instance: Instance) -> None:
        shopper, product = await Shopper.arrive(self._client), (await self._in_stock())[1]
        await _done(shopper.add(product["id"], variant_id=await self._variant(product)))
        order = await _done(shopper.order())
        await _done(shopper.pay(order["order_id"]))
        instance.kill()
        seconds = instance.start()
        await self._ends(shopper, order["order_id"], "completed")
        charged = await self._charged(order["order_id"], once=order["totals"]["total"])
        _say(
            "kill -9",
            f"in mid-saga; up again in {seconds:.1f} s, the order completed, {charged}",
        )

    async def _figures(self) -> None:
        """Staff are told what the card network took. Each look asks for a day more: answers are kept for a while."""
        taken = [await self._taken(order_id) for order_id in self._orders]
        if None in taken:
            return
        minor, today = sum(each or 0 for each in taken), datetime.now(UTC).date()
        headers = await self._staff()
        for days in range(1, MOST_LOOKS):
            query = {"start_date": str(today - timedelta(days=days))}
            told = await _done(self._client.get(SALES, params=query, headers=headers))
            if round(told["revenue"] * 100) == minor:
                words = f"{told['revenue']:.2f} {told['currency']} from {told['paid_orders']} paid orders"
                _say("figures", f"{words}: what the network took, to the cent")
                return
            await asyncio.sleep(PATIENCE_SECONDS / MOST_LOOKS)
        raise Broken(f"staff are told of {told['revenue']}, and the network took {minor} cents")

    async def _taken(self, order_id: str) -> int | None:
        minor = self._charges(order_id) if self._charges else await self._captured(order_id)
        return None if minor is None else sum(minor)

    async def _staff(self) -> dict[str, str]:
        token = (await self._read("/_local/token", role="staff"))["token"]
        return {"Authorization": f"Bearer {token}"}

    async def _ends(self, shopper: Shopper, order_id: str, *statuses: str) -> None:
        self._orders.append(order_id)
        now = ""
        for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
            now = (await _done(shopper.get(f"/api/orders/{order_id}")))["status"]
            if now in statuses:
                return
            await asyncio.sleep(LOOK_SECONDS)
        raise Broken(f"order {order_id} is {now}, not {statuses[-1]}")

    async def _print_timeline(self, order_id: str) -> None:
        headers = await self._staff()
        path = f"/api/staff/orders/{order_id}/timeline"
        answer = await self._client.get(path, headers=headers)
        _check(answer.status_code == 200, "staff cannot see the timeline")
        for step in answer.json()["steps"]:
            told = ", ".join(step["published"])
            _say("", f"{step['actor']:<10}{step['cause']:<34}{step['state']:<11}{told}".rstrip())

    async def _charged(self, order_id: str, *, once: float) -> str:
        """What the card network itself says of the order, in words."""
        minor = self._charges(order_id) if self._charges else await self._captured(order_id)
        if minor is None:
            return "charged at Stripe, whose books are not looked at"
        _check(minor == [round(once * 100)], f"the network captured {minor} for {once}")
        return "charged once"

    async def _captured(self, order_id: str) -> list[int] | None:
        """By the local host's page, which is not there where the shop pays through Stripe."""
        page = await self._client.get("/_local/cards", params={"format": "json"})
        if page.status_code == 404:
            return None
        found = [line for line in page.json() if line["order_id"] == order_id]
        return [line["captured"]["amount_minor"] for line in found]

    async def _in_stock(self) -> list[dict[str, Any]]:
        filters = '{"in_stock": true}'
        listing = await self._read("/api/products", filters=filters, limit="60")
        items: list[dict[str, Any]] = listing["items"]
        return items

    async def _variant(self, product: dict[str, Any]) -> str:
        """A variant of which there is plenty."""
        stock = await self._read(f"/api/products/{product['id']}/inventory")
        best = max(stock["variants"], key=lambda variant: variant["available"])
        return str(best["variant_id"])

    async def _with_stock(self, pieces: int) -> dict[str, Any]:
        """A variant of which there are exactly so many pieces."""
        for page in range(1, 10):
            listing = await self._read("/api/products", page=str(page), limit="100")
            ids = [product["id"] for product in listing["items"]]
            paths = [f"/api/products/{id}/inventory" for id in ids]
            stocks = await asyncio.gather(*(self._read(path) for path in paths))
            for id, stock in zip(ids, stocks, strict=True):
                for variant in stock["variants"]:
                    if variant["available"] == pieces:
                        return {"id": id, "variant_id": variant["variant_id"]}
        raise Broken(f"the catalogue has no variant with {pieces} pieces")

    async def _stock(self, product: dict[str, Any]) -> int:
        stock = await self._read(f"/api/products/{product['id']}/inventory")
        by_id = {one["variant_id"]: one["available"] for one in stock["variants"]}
        return int(by_id[product["variant_id"]])

    async def _read(self, path: str, **query: str) -> Any:
        return await _done(self._client.get(path, params=query))


async def _done(call: Any) -> Any:
    answer: httpx.Response = await call
    _check(
        answer.is_success, f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}"
    )
    return answer.json()


def _check(holds: object, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)


def _priced(product: dict[str, Any]) -> str:
    return f"{product['name']}, {product['price']['amount']:.2f} {product['price']['currency']}"


def _say(head: str, text: str) -> None:
    print(f"  {head:<11}{text}", flush=True)
