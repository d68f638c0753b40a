"""Events on their way to the shop."""

import asyncio
import json

import pytest
from stripe import SignatureVerificationError, WebhookSignature

from tests.tools.stripe_emulator.asking import Asker
from tools.stripe_emulator.webhooks import TRIED_SECONDS, Endpoint, over_http

SHOP = "http://shop/webhook"


class Shop:
    """Keeps what it is brought, and answers the statuses given, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.brought: list[tuple[str, bytes, str]] = []

    async def __call__(self, url: str, body: bytes, signature: str) -> int:
        self.brought.append((url, body, signature))
        return self.statuses.pop(0) if self.statuses else 200

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body, _ in self.brought]


def endpoint(asker: Asker, *types: str, secrets: tuple[str, ...] = ("whsec_1",)) -> Endpoint:
    made = Endpoint([SHOP], list(secrets), frozenset(types))
    asker.emulator.webhooks.endpoints.append(made)
    return made


async def test_an_event_is_signed_with_every_secret_in_force(asker: Asker) -> None:
    asker.time.seconds = 4_000_000_000
    endpoint(asker, secrets=("whsec_new", "whsec_old"))
    await asker.intent()
    shop = Shop()

    await asker.emulator.webhooks.deliver(shop)

    _, body, signature = shop.brought[0]
    for secret in ("whsec_new", "whsec_old"):
        assert WebhookSignature.verify_header(body, signature, secret, 300)
    with pytest.raises(SignatureVerificationError):
        WebhookSignature.verify_header(body, signature, "whsec_other", 300)


async def test_only_the_types_that_are_wanted_come(asker: Asker) -> None:
    endpoint(asker, "payment_intent.succeeded")
    await asker.taken()
    shop = Shop()

    assert await asker.emulator.webhooks.deliver(shop) == 1

    assert shop.types == ["payment_intent.succeeded"]


async def test_what_is_refused_comes_again_after_pauses_that_double(asker: Asker) -> None:
    webhooks = asker.emulator.webhooks
    endpoint(asker)
    await asker.intent()
    shop = Shop(500, 0)

    tried = []
    for _ in range(6):
        tried.append(await webhooks.deliver(shop))
        asker.time.seconds += 0.5

    assert tried == [1, 1, 0, 1, 0, 0]
    assert (webhooks.waiting, webhooks.delivered) == ([], 1)


async def test_after_three_days_nobody_tries_any_more(asker: Asker) -> None:
    webhooks = asker.emulator.webhooks
    endpoint(asker)
    await asker.intent()
    asker.time.seconds += TRIED_SECONDS

    await webhooks.deliver(Shop(500))

    assert (webhooks.waiting, len(webhooks.abandoned)) == ([], 1)


async def test_the_servers_behind_one_address_take_turns(asker: Asker) -> None:
    endpoint(asker).urls.append("http://other/webhook")
    await asker.intent()
    shop = Shop(500)

    await asker.emulator.webhooks.deliver(shop)
    asker.time.seconds += 1
    await asker.emulator.webhooks.deliver(shop)

    assert [url for url, _, _ in shop.brought] == [SHOP, "http://other/webhook"]


async def test_they_are_brought_over_http_while_the_peer_runs(asker: Asker) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    endpoint(asker).urls[:] = [f"http://127.0.0.1:{port}/webhook"]
    async with over_http() as post:
        assert await post("http://127.0.0.1:9/", b"", "") == 0
        running = asyncio.create_task(asker.emulator.webhooks.run(post))
        await asker.intent()
        while asker.emulator.webhooks.waiting:
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    server.close()

    assert b"stripe-signature: t=" in heard[0]
