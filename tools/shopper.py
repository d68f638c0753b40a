"""A shopper over HTTP: what a browser would send, for the demo, the proofs and the tests."""

from collections.abc import Mapping
from copy import copy
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self

import httpx

ADDRESS = {
    "name": "A Shopper",
    "line1": "1 Market Street",
    "city": "San Francisco",
    "state": "CA",
    "postal_code": "94103",
    "country": "US",
}
EMAIL = "shopper@example.com"
TIMEOUT_SECONDS = 30.0


class Shopper:
    """One guest with a session of its own; ``await Shopper.arrive(client)``."""

    def __init__(self, client: httpx.AsyncClient, session: httpx.Response) -> None:
        self._client = client
        self._headers = {
            "Cookie": session.headers["set-cookie"].partition(";")[0],
            "X-CSRF-Token": session.json()["csrf_token"],
        }
        self.user_id: str = session.json()["user_id"]

    @classmethod
    async def arrive(cls, client: httpx.AsyncClient) -> Self:
        """Start a guest session."""
        answer = await client.post("/api/auth/guest")
        answer.raise_for_status()
        return cls(client, answer)

    def at(self, client: httpx.AsyncClient) -> "Shopper":
        """The same shopper, in another window: through another host."""
        other = copy(self)
        other._client = client
        return other

    async def get(self, path: str, **query: str) -> httpx.Response:
        """Read something."""
        return await self._client.get(path, params=query, headers=self._headers)

    async def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, key: str = ""
    ) -> httpx.Response:
        """Ask for something, under an idempotency key where one is given."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        return await self._client.post(path, json=body or {}, headers=headers)

    async def add(self, product_id: str, quantity: int = 1, variant_id: str = "") -> httpx.Response:
        """Put a product into the cart."""
        body = {"product_id": product_id, "quantity": quantity, "variant_id": variant_id}
        return await self.post("/api/cart/items", body)

    async def order(self, *, key: str = "", **more: Any) -> httpx.Response:
        """Turn the cart into an order."""
        body = {"shipping_address": ADDRESS, "email": EMAIL} | more
        return await self.post("/api/orders", body, key=key)

    async def pay(self, order_id: str, card: str = "pm_card_visa") -> httpx.Response:
        """Pay for the order with that card."""
        created = await self.post("/api/payments/create-intent", {"order_id": order_id})
        created.raise_for_status()
        intent = created.json()["payment_intent_id"]
        body = {"payment_intent_id": intent, "payment_method": card}
        return await self.post("/api/payments/confirm", body)


def client(base: str) -> httpx.AsyncClient:
    """A client that keeps no cookies of its own: several shoppers share its connections."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(base_url=base, timeout=TIMEOUT_SECONDS, limits=limits, cookies=cookies)
