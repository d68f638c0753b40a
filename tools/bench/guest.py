"""A guest at the benchmark's counter: one session, and the requests that it sends."""

import json
from collections.abc import Mapping
from typing import Any, Self

from tools.bench.load import Answer, Ask, Connection
from tools.shopper import ADDRESS, EMAIL

CARD = "pm_card_visa"


class Guest:
    """One guest session; its requests carry the session's cookie and token."""

    def __init__(self, session: Answer) -> None:
        self._headers = {
            "Cookie": session.headers["set-cookie"].partition(";")[0],
            "X-CSRF-Token": json.loads(session.body)["csrf_token"],
        }

    @classmethod
    async def arrive(cls, connection: Connection) -> Self:
        """Start a session."""
        return cls(await connection.send(Ask.of("POST", "/api/auth/guest", expects=201)))

    def adding(self, product_id: str) -> Ask:
        """Put one piece of a product into the cart."""
        return self._post("/api/cart/items", {"product_id": product_id}, expects=201)

    def validating(self) -> Ask:
        """Ask what the cart would cost."""
        return self._post("/api/checkout/validate", {"shipping_address": ADDRESS})

    def ordering(self, key: str = "") -> Ask:
        """Turn the cart into an order."""
        body = {"shipping_address": ADDRESS, "email": EMAIL}
        return self._post("/api/orders", body, key=key, expects=201)

    def starting_to_pay(self, order_id: str) -> Ask:
        """Ask for the payment of an order."""
        return self._post("/api/payments/create-intent", {"order_id": order_id})

    def paying(self, intent_id: str) -> Ask:
        """Pay with a good card."""
        body = {"payment_intent_id": intent_id, "payment_method": CARD}
        return self._post("/api/payments/confirm", body)

    async def check_out(self, connection: Connection, key: str) -> int:
        """The whole way from cart to paid order; the store operations of the four requests."""
        quote = await connection.send(self.validating())
        order = await connection.send(self.ordering(key))
        intent = await connection.send(self.starting_to_pay(json.loads(order.body)["order_id"]))
        paid = await connection.send(self.paying(json.loads(intent.body)["payment_intent_id"]))
        return sum(answer.operations for answer in (quote, order, intent, paid))

    def _post(
        self, path: str, body: Mapping[str, Any], *, key: str = "", expects: int = 200
    ) -> Ask:
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        return Ask.of("POST", path, headers, json.dumps(body).encode(), expects=expects)
