"""Webhooks: signed, delivered at least once and in any order, tried again until the answer is 2xx.

https://docs.stripe.com/webhooks#verify-manually (``t=…,v1=…``; one ``v1`` for each secret while one is rolled),
https://docs.stripe.com/webhooks#behaviors ("up to three days with an exponential back off in live mode")
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from tools.stripe_emulator.account import Thing

TRIED_SECONDS: Final = 3 * 24 * 3600
LONGEST_PAUSE_SECONDS: Final = 3600.0
ANSWER_SECONDS: Final = 10.0
AT_ONCE: Final = 16

type Post = Callable[[str, bytes, str], Awaitable[int]]
"""Brings a body and its signature to an address, and answers the status; 0 where there was none."""


@dataclass(slots=True)
class Endpoint:
    """Where events go. Several ``urls`` are the servers behind one address, asked in turn.

    ``secrets`` are two while one is being rolled; ``types`` are all where none is named.
    """

    urls: list[str]
    secrets: list[str]
    types: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class Delivery:
    """An event on its way to an endpoint."""

    event: Thing
    endpoint: Endpoint
    due_at: float
    posted_at: float
    failures: int = 0


@dataclass(slots=True)
class Webhooks:
    """The row of events that wait; ``now`` gives seconds since 1970."""

    now: Callable[[], float]
    first_pause_seconds: float = 0.5
    endpoints: list[Endpoint] = field(default_factory=list)
    waiting: list[Delivery] = field(default_factory=list)
    abandoned: list[Delivery] = field(default_factory=list)
    delivered: int = 0

    def tell(self, event: Thing) -> None:
        """Let the event wait for each endpoint that wants it."""
        now = self.now()
        for endpoint in self.endpoints:
            if not endpoint.types or event["type"] in endpoint.types:
                self.waiting.append(Delivery(event, endpoint, now, now))

    async def run(self, post: Post) -> None:
        """Deliver what is due, over and over, until cancelled."""
        while True:
            if not await self.deliver(post):
                await asyncio.sleep(0.02)

    async def deliver(self, post: Post) -> int:
        """Try what is due now, side by side; how many were tried."""
        due = [one for one in self.waiting if one.due_at <= self.now()][:AT_ONCE]
        await asyncio.gather(*(self._tried(one, post) for one in due))
        return len(due)

    async def _tried(self, delivery: Delivery, post: Post) -> None:
        body = json.dumps(delivery.event, indent=2).encode()
        urls = delivery.endpoint.urls
        url = urls[(self.delivered + delivery.failures) % len(urls)]
        signature = signed(body, delivery.endpoint.secrets, self.now())
        status = await post(url, body, signature)
        if 200 <= status < 300:
            self.waiting.remove(delivery)
            self.delivered += 1
        else:
            self._again(delivery)

    def _again(self, delivery: Delivery) -> None:
        delivery.failures += 1
        pause = self.first_pause_seconds * 2.0 ** min(delivery.failures - 1, 12)
        delivery.due_at = self.now() + min(LONGEST_PAUSE_SECONDS, pause)
        if delivery.due_at - delivery.posted_at > TRIED_SECONDS:
            self.waiting.remove(delivery)
            self.abandoned.append(delivery)


def signed(body: bytes, secrets: list[str], now: float) -> str:
    """The header ``Stripe-Signature``."""
    text = b"%d." % int(now) + body
    digests = [hmac.new(one.encode(), text, sha256).hexdigest() for one in secrets]
    return ",".join([f"t={int(now)}", *(f"v1={one}" for one in digests)])


@asynccontextmanager
async def over_http() -> AsyncIterator[Post]:
    """A ``Post`` with one pool of connections."""
    import httpx  # noqa: PLC0415 - whoever has no endpoints does without

    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:

        async def post(url: str, body: bytes, signature: str) -> int:
            headers = {"content-type": "application/json", "stripe-signature": signature}
            try:
                return (await client.post(url, content=body, headers=headers)).status_code
            except httpx.HTTPError:
                return 0

        yield post
