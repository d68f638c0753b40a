"""The app behind its front, loaded once, and a fresh shop behind it for every test that asks."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.closing import closed
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from domain.events import Event
from tests.blueprints.clock import MovedClock
from tests.blueprints.goods import lines
from tests.blueprints.harness import Door, Web, client_of, open_door, shop_in, somebody
from tests.issuer_desk import welcome
from tools.contracts.check import faults as broken_promises
from usecases.importing import import_catalogue
from usecases.relaying import sweep
from usecases.shop import Shop


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("HPH_")}


FIRST_SETTINGS = _settings()
MOST_TOLD = 10_000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """No test leaves a setting behind: the next one would run another shop than it says."""
    yield
    left = {name for name, value in _settings().items() if FIRST_SETTINGS.get(name) != value}
    for name in left:
        del os.environ[name]
    assert not left, f"the test left {left} in the environment"


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    """The app, loaded by the official worker library."""
    opened = asyncio.run(open_door())
    yield opened
    opened.worker.close()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data file with the small catalogue in it, and nothing left to be told."""
    path = tmp_path_factory.mktemp("stocked") / "shop.db"
    file = SqliteFile(path, synchronous="OFF")
    asyncio.run(_stock(shop_in(file, MovedClock(), HPH_RELAY_AFTER_SECONDS="0")))
    asyncio.run(welcome(shop_in(file, MovedClock()), "customer", "customer2", "staff", "admin"))
    file.close()
    return path


async def _stock(shop: Shop) -> None:
    report = await import_catalogue(shop, somebody(), lines())
    assert (report.created, report.refused) == (6, [])
    while await sweep(shop, somebody()):
        pass


@pytest.fixture(scope="session")
def kept_promises() -> set[str]:
    """The ids of events that were found to say what their type promises."""
    return set()


@pytest.fixture
async def web(
    door: Door, stocked: Path, tmp_path: Path, kept_promises: set[str]
) -> AsyncIterator[Web]:
    """A shop of this test's own, with the small catalogue, behind the shared app.

    Whatever it tells in the test is what its events promise.
    """
    path = tmp_path / "shop.db"
    shutil.copy(stocked, path)
    file, clock = SqliteFile(path, synchronous="OFF"), MovedClock()
    door.shop = shop_in(file, clock)
    counters = door.shop.counters
    async with client_of(door.app) as client:
        yield Web(door, path, file, clock, client)
    await closed(counters)
    told = [
        Event.model_validate_json(record.body)
        for record in await EventLog(file, clock).read_after(0, MOST_TOLD)
    ]
    file.close()
    door.shop = None
    for event in told:
        if event.event_id not in kept_promises:
            assert list(broken_promises(event)) == []
            kept_promises.add(event.event_id)
