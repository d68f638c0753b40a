"""Customers of every kind: who pays, who is declined, whose parcel is lost, who changes their mind."""

import asyncio
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from tools.proofs.stage import NotHeld, check, product
from tools.shopper import ADDRESS, EMAIL, Shopper

NO_LABEL, LOST, LABEL_ANSWER_LOST = "00000", "00001", "00003"
TRIES: Final = 40
PAUSE_SECONDS: Final = 0.25
LONGEST_THOUGHT_SECONDS: Final = 2.5
TRY_AGAIN: Final = ("IDEMPOTENCY_KEY_IN_FLIGHT", "ATTEMPT_OVERTAKEN")
"""Conflicts that pass: what was asked lies with a host that may be gone, or was ended with it."""
PASSING: Final = (429, 500, 502, 503, 504)
"""Answers of a host that is in trouble, after which a browser asks again."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a customer behaves, and how the order may end.

    ``cards`` are tried in turn; ``postal_code`` decides about the parcel; who ``cancels`` does it at a
    random moment, and then either the cancellation or the parcel was faster. Who ``proves`` to be the card's
    holder does it on the bank's page, of which only a webhook tells.
    """

    name: str
    ends: tuple[str, ...]
    cards: tuple[str, ...] = ("pm_card_visa",)
    postal_code: str = ADDRESS["postal_code"]
    cancels: bool = False
    proves: bool = False


KINDS: Final = (
    Kind("pays", ("completed",)),
    Kind("second card", ("completed",), ("pm_card_chargeDeclined", "pm_card_visa")),
    Kind("three declines", ("payment_failed",), ("pm_card_chargeDeclined",) * 3),
    Kind("capture declined", ("payment_failed",), ("pm_card_captureDeclined",)),
    Kind("capture's answer lost", ("completed",), ("pm_card_captureAnswerLost",)),
    Kind(
        "capture declined but taken",
        ("payment_failed", "completed"),
        ("pm_card_captureDeclinedButTaken",),
    ),
    Kind("no label", ("cancelled",), postal_code=NO_LABEL),
    Kind("lost parcel", ("cancelled",), postal_code=LOST),
    Kind("label's answer lost", ("completed",), postal_code=LABEL_ANSWER_LOST),
    Kind("cancels", ("cancelled", "completed"), cancels=True),
    Kind("cancels unpaid", ("cancelled",), cards=(), cancels=True),
)
"""Each outcome that an order can have; ``mixed`` takes them in turn."""

UNTOLD: Final = (
    *(kind for kind in KINDS if kind.name != "three declines"),
    Kind("three declines", ("payment_failed", "cancelled"), ("pm_card_chargeDeclined",) * 3),
    Kind("proves it", ("completed",), ("pm_card_authenticationRequired",), proves=True),
)
"""How they end where no webhook arrives: declines are not counted, so that the deadline ends the order."""


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that a customer was promised."""

    kind: Kind
    order_id: str


class Customer:
    """One customer with a session, who asks again, of any host, where an answer is a fault or missing.

    A ``loyal`` one asks the first host, and another one only when that does not answer.
    """

    def __init__(
        self,
        kind: Kind,
        clients: Sequence[httpx.AsyncClient],
        dice: random.Random,
        *,
        loyal: bool = False,
    ) -> None:
        self._kind, self._clients, self._dice, self._loyal = kind, clients, dice, loyal
        self._shopper: Shopper | None = None

    async def buy(self, lines: Mapping[str, int]) -> Bought:
        """Fill a cart with so many pieces of each slug, order, pay as this kind does, perhaps cancel."""
        self._shopper = await self._arrived()
        for slug, pieces in lines.items():
            body = {"product_id": product(slug), "quantity": pieces}
            cart = await self._post("/api/cart/items", body)
            check(cart.status_code == 201, f"the cart answered {cart.status_code} {cart.text}")
        bought = Bought(self._kind, await self._ordered(cart.json()["id"]))
        await asyncio.gather(self._pay(bought), self._cancel(bought))
        return bought

    async def _ordered(self, cart_id: str) -> str:
        address = ADDRESS | {"postal_code": self._kind.postal_code}
        order = {"shipping_address": address, "email": EMAIL, "cart_id": cart_id}
        placed = await self._post("/api/orders", order)
        check(placed.status_code == 201, f"the order answered {placed.status_code} {placed.text}")
        order_id: str = placed.json()["order_id"]
        return order_id

    async def _arrived(self) -> Shopper:
        for attempt in range(TRIES):
            try:
                return await Shopper.arrive(self._through(attempt))
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE_SECONDS)
        return await Shopper.arrive(self._clients[0])

    async def _pay(self, bought: Bought) -> None:
        for card in self._kind.cards:
            made = await self._post("/api/payments/create-intent", {"order_id": bought.order_id})
            if made.status_code == 409 and self._kind.cancels:
                return
            check(made.is_success, f"create-intent answered {made.status_code} {made.text}")
            intent = made.json()["payment_intent_id"]
            body = {"payment_intent_id": intent, "payment_method": card}
            paid = await self._post("/api/payments/confirm", body)
            may = (200, 422, 409)
            check(paid.status_code in may, f"confirm answered {paid.status_code} {paid.text}")
            if self._kind.proves:
                await self._prove(paid.json()["next_action_url"])

    async def _prove(self, url: str) -> None:
        """Say yes on the bank's page, which knows nobody of the shop."""
        path = urlsplit(url).path
        answer = await self._clients[0].post(path, data={"outcome": "succeed"})
        check(answer.status_code == 200, f"the bank answered {answer.status_code} {answer.text}")

    async def _cancel(self, bought: Bought) -> None:
        if not self._kind.cancels:
            return
        await asyncio.sleep(self._dice.uniform(0, LONGEST_THOUGHT_SECONDS))
        answer = await self._post(f"/api/orders/{bought.order_id}/cancel", {})
        may = (200, 202, 409)
        check(answer.status_code in may, f"cancel answered {answer.status_code} {answer.text}")

    async def _post(self, path: str, body: Mapping[str, object]) -> httpx.Response:
        """The first answer that is none of ``PASSING``; a request is repeated as a browser repeats it."""
        assert self._shopper is not None
        last, key = "", uuid.uuid4().hex
        for attempt in range(TRIES):
            try:
                through = self._shopper.at(self._through(attempt))
                answer = await through.post(path, body, key=key)
                if answer.status_code not in PASSING and not _may_pass(answer):
                    return answer
                last = f"{answer.status_code} {answer.text}"
            except httpx.TransportError as fault:
                last = repr(fault)
            await asyncio.sleep(PAUSE_SECONDS)
        raise NotHeld(f"{path} never answered: {last}")

    def _through(self, attempt: int) -> httpx.AsyncClient:
        if self._loyal:
            return self._clients[attempt % len(self._clients)]
        return self._dice.choice(self._clients)


def _may_pass(answer: httpx.Response) -> bool:
    return answer.status_code == 409 and answer.json()["error"]["code"] in TRY_AGAIN


def mixed(number: int, kinds: Sequence[Kind] = KINDS) -> list[Kind]:
    """So many customers, every kind in turn."""
    return [kinds[place % len(kinds)] for place in range(number)]
