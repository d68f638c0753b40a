"""Two hosts count into one file, and one of them flushes: no view is lost when they stop, and none is doubled."""

import shutil
from pathlib import Path

import httpx

from adapters.environment import settings_from
from adapters.sqlite.file import SqliteFile
from adapters.wiring import close, shop_over
from domain.traffic import Traffic
from tests.blueprints.goods import CANDLE
from tests.blueprints.harness import somebody
from tools.instance import Instance
from usecases.flushing import flush
from usecases.ports.store import Scan

VIEWS_EACH = 150


async def test_every_view_of_two_hosts_is_in_the_figures_when_they_have_stopped(
    stocked: Path, tmp_path: Path
) -> None:
    shutil.copy(stocked, tmp_path / "shop.db")
    hosts = [Instance(tmp_path, {"COUNTERS_SCHEDULE": "* * * * * *"}) for _ in range(2)]
    for host in hosts:
        host.start()
    clients = [httpx.Client(base_url=host.base) for host in hosts]
    statuses = set()
    for _ in range(VIEWS_EACH):
        statuses |= {each.get(f"/api/products/{CANDLE}").status_code for each in clients}
    for client in clients:
        client.close()
    ended = [host.stop() for host in hosts]

    assert (statuses, ended) == ({200}, [0, 0])
    assert await _views(tmp_path / "shop.db") == {CANDLE: 2 * VIEWS_EACH, "": 2 * VIEWS_EACH}


async def _views(path: Path) -> dict[str, int]:
    """All views by product, after a last flush; whatever day they were on."""
    environment = {"HPH_SECRET_KEY": "k" * 32, "HPH_LOCAL": "true"}
    file = SqliteFile(path)
    shop = shop_over(file, settings_from(environment), environment)
    await flush(shop, somebody())
    found = await shop.store.find(Traffic, Scan())
    await close(shop)
    file.close()
    views: dict[str, int] = {}
    for each in found.items:
        views[each.product_id] = views.get(each.product_id, 0) + each.views
    return views
