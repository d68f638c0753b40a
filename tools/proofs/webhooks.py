"""``python -m tools.proofs.webhooks``: what a thief or a nervous network may send to the webhook's address.

A webhook that nobody signed is refused. One that is signed, about another payment or a single cent,
never marks an order as paid. Those that come twice, late and out of order change nothing.
"""

import asyncio
import json
import random
import sqlite3
import sys
import uuid
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from adapters import webhook_signature
from adapters.embedded.webhooks import DELIVERED
from adapters.environment import settings_from
from adapters.wiring import card_settings
from domain.money import Money
from local.defaults import fill
from tools.audit import audit
from tools.proofs.crowd import Crowd
from tools.proofs.stage import Stage, check, product, stage, told
from tools.seed import PORT, local_shop
from tools.shopper import Shopper

PRODUCT: Final = "clock"
PATH: Final = "/api/payments/webhook"
CALM_SECONDS: Final = 1.5
TIMES: Final = 3
CONTAINERS: Final = ("Orders", "Inventory", "Shipments", "PaymentEvents")


def prove(orders: int) -> str:
    """So many customers are robbed, then pay; then everything is sent again. Raises ``NotHeld``."""
    with stage({PRODUCT: 10 * orders}) as there:
        there.start()
        robbed = asyncio.run(_robbed(there, orders))
        there.rest()
        repeated = asyncio.run(_sent_again(there))
        there.rest()
        there.stop()
        found = audit(there.store)
        strange = [fault for fault in found.faults if fault.split(":")[0] not in robbed]
        check(not strange, told(strange))
        seen = sum("2 payments at the network" in fault for fault in found.faults)
        check(seen == orders, f"the audit saw {seen} of {orders} foreign payments")
        ended = [found.books.orders[one].status for one in robbed]
        check(set(ended) == {"completed"}, f"the orders ended as {ended}")
        return (
            f"{orders} orders: forged, lying and 1-cent webhooks changed nothing; "
            f"{repeated} true ones sent {TIMES} times more in any order changed nothing"
        )


async def _robbed(there: Stage, number: int) -> list[str]:
    async with Crowd(there.bases) as crowd:
        robbed = [await _rob(there, crowd, one) for one in await crowd.arrive(number)]
        await asyncio.sleep(CALM_SECONDS)  # the network's own webhooks about the thief's cents
        for shopper, order_id in robbed:
            order = (await shopper.get(f"/api/orders/{order_id}")).json()
            state = (order["status"], order["payment_status"])
            check(state == ("pending", "pending"), f"a robbed order is {state}")
            check((await shopper.pay(order_id)).status_code == 200, "the customer could not pay")
        return [order_id for _, order_id in robbed]


async def _rob(there: Stage, crowd: Crowd, shopper: Shopper) -> tuple[Shopper, str]:
    """Everything that a thief may try with an order that is not paid."""
    check((await shopper.add(product(PRODUCT))).status_code == 201, "the cart refused")
    order = (await shopper.order()).json()
    made = await shopper.post("/api/payments/create-intent", {"order_id": order["order_id"]})
    about = {"order_id": order["order_id"], "user_id": shopper.user_id}
    network, secret = crowd.clients[0], _secret(there)
    for type_ in ("payment_intent.amount_capturable_updated", "payment_intent.succeeded"):
        lie = _event(type_, made.json()["payment_intent_id"], about)
        refused = await _send(network, lie, "whsec_guessed")
        check(refused.status_code == 400, f"a forged webhook got {refused.status_code}")
        check((await network.post(PATH, content=lie)).status_code == 400, "an unsigned one passed")
        believed = await _send(network, lie, secret)
        check(believed.status_code == 200, f"a signed webhook got {believed.status_code}")
        foreign = _event(type_, "pi_of_somebody_else", about)
        check((await _send(network, foreign, secret)).status_code == 200, "a foreign one failed")
    await _pay_one_cent(there, about)
    return shopper, order["order_id"]


async def _pay_one_cent(there: Stage, about: Mapping[str, str]) -> None:
    """A true payment at the network, in the order's name: its webhooks are true too."""
    with local_shop(there.store, given=there.environment) as shop:
        key = uuid.uuid4().hex
        cent = await shop.payments.create_intent(Money(1, "USD"), key=key, metadata=about)
        await shop.payments.confirm(cent.id, payment_method="pm_card_visa", key=f"{key}:confirm")
        await shop.payments.capture(cent.id, key=f"{key}:capture")
        await shop.payments.refund(cent.id, Money(1, "USD"), key=f"{key}:refund")


async def _sent_again(there: Stage) -> int:
    """Bring every webhook that was delivered again, in other orders; how many there were."""
    bodies, before, secret = _delivered(there), _state(there), _secret(there)
    async with Crowd(there.bases) as crowd:
        for dice in map(random.Random, range(TIMES)):
            dice.shuffle(bodies)
            sent = await crowd.all(bodies, lambda body: _send(crowd.clients[0], body, secret))
            check(all(one.status_code == 200 for one in sent), "a repeated webhook was refused")
    await asyncio.sleep(CALM_SECONDS)
    check(_state(there) == before, "a repeated webhook changed something")
    return len(bodies)


async def _send(network: httpx.AsyncClient, body: bytes, secret: str) -> httpx.Response:
    signature = webhook_signature.sign(body, secret, datetime.now(UTC))
    return await network.post(PATH, content=body, headers={"stripe-signature": signature})


def _event(type_: str, intent_id: str, about: Mapping[str, str]) -> bytes:
    intent = {"object": "payment_intent", "id": intent_id, "amount": 1, "metadata": dict(about)}
    event = {"id": f"evt_{uuid.uuid4().hex}", "type": type_, "data": {"object": intent}}
    return json.dumps(event).encode()


def _secret(there: Stage) -> str:
    """What the network of this stage signs with."""
    environment = there.environment
    fill(environment, there.folder, PORT)
    return card_settings(settings_from(environment), environment).webhook_secret


def _delivered(there: Stage) -> list[bytes]:
    rows = _rows(there, "SELECT body FROM world_records WHERE drawer=?", DELIVERED)
    return [json.loads(body)["body"].encode() for (body,) in rows]


def _state(there: Stage) -> list[Any]:
    """Every document that a payment could change, and how many events there are."""
    documents = [f"SELECT id, version, body FROM {name} ORDER BY pk, id" for name in CONTAINERS]  # noqa: S608
    return [_rows(there, sql) for sql in (*documents, "SELECT count(*) FROM event_log")]


def _rows(there: Stage, sql: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{there.store}?mode=ro", uri=True)) as file:
        return file.execute(sql, values).fetchall()


def main() -> int:
    """In full size."""
    print(f"webhooks: ok, {prove(10)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
