"""Carries the card network's webhooks to the shop over HTTP: at least once, in any order, until it says 2xx.

Several hosts share the work through the claims of ``Webhooks``; each attempt is signed anew.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from adapters import webhook_signature
from adapters.embedded.webhooks import DELIVERY_SECONDS, Webhook, Webhooks
from adapters.embedded.world import WorldAway
from local.faults import Faults
from usecases.ports.clock import Clock

WEBHOOK_PATH = "/api/payments/webhook"
PAUSE_SECONDS = 0.1
"""How long the courier rests when nothing is due."""

type Deliver = Callable[[bytes, str], Awaitable[int]]
"""Brings a body and its signature to the shop, and answers the status; 0 where there was none."""


class Courier:
    """Delivers what waits, over and over."""

    def __init__(self, webhooks: Webhooks, clock: Clock, secret: str, deliver: Deliver) -> None:
        self._webhooks, self._clock, self._secret = webhooks, clock, secret
        self._deliver = deliver

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            if not await self.work():
                await self._clock.sleep(PAUSE_SECONDS)

    async def work(self) -> int:
        """Try to deliver what is due now, side by side, and say how many were tried."""
        try:
            due = await self._webhooks.claim(self._clock.now())
            await asyncio.gather(*map(self._bring, due))
        except WorldAway:
            return 0  # whatever was delivered is delivered again when its lease is over
        return len(due)

    async def _bring(self, webhook: Webhook) -> None:
        signature = webhook_signature.sign(webhook.payload, self._secret, self._clock.now())
        status = await self._deliver(webhook.payload, signature)
        accepted = 200 <= status < 300
        await self._webhooks.settle(webhook, self._clock.now(), accepted=accepted)


def losing(deliver: Deliver, faults: Faults) -> Deliver:
    """A ``Deliver`` that loses some for good: the network is told that the shop took them."""

    async def deliver_some(payload: bytes, signature: str) -> int:
        return 200 if faults.loses(payload) else await deliver(payload, signature)

    return deliver_some


@asynccontextmanager
async def over_http(base_url: str) -> AsyncIterator[Deliver]:
    """A ``Deliver`` that posts to the shop at ``base_url``, with one connection pool."""
    import httpx  # noqa: PLC0415 - 60 ms that the first answer of the shop need not wait for

    async with httpx.AsyncClient(timeout=DELIVERY_SECONDS) as client:

        async def deliver(payload: bytes, signature: str) -> int:
            headers = {"content-type": "application/json", "stripe-signature": signature}
            try:
                answer = await client.post(
                    base_url + WEBHOOK_PATH, content=payload, headers=headers
                )
            except httpx.HTTPError:
                return 0
            return answer.status_code

        yield deliver
