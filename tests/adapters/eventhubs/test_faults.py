"""Each fault of the hubs while a few hundred events pass: none is lost, none is applied twice.

From the relay's own code over the end, through the official SDK on a socket, to a consumer that drops what
it has applied by ``event_id``, as the shop's inbox does.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from azure.eventhub import EventData

from adapters.circuit import Limits
from adapters.embedded.clock import SystemClock
from adapters.eventhubs.account import Account
from adapters.eventhubs.clients import Clients
from adapters.eventhubs.events import EventHubsEvents, Patience
from adapters.memory import MemoryStore
from domain.companions import Outbox, beside
from domain.events import Event
from domain.setting import Setting
from tests.adapters.events_contract import HUB, created
from tests.brisk_sdk import LEAKS, collect_leaks
from tests.tools.eventhubs_emulator.clients import receiving, until
from tests.usecases.catalog_shop import STAFF, open_shop
from tools.eventhubs_emulator.faults import Switch
from tools.eventhubs_emulator.server import Emulator
from usecases.ports.store import Change, Scan
from usecases.relaying import UNSENT, relay, sweep
from usecases.shop import Shop

KEYS = tuple(f"o-{number}" for number in range(15))
EACH = 16
"""Events a key; 240 in all."""

pytestmark = LEAKS


@pytest.fixture(autouse=True, scope="module")
def leaks() -> Iterator[None]:
    """Collect what the SDK leaves behind."""
    yield
    collect_leaks()


class Inbox:
    """A consumer that applies each event once and checkpoints what it has read."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.applied: dict[str, list[int]] = {key: [] for key in KEYS}
        self.deliveries = 0

    async def apply(self, context: Any, events: list[EventData]) -> None:
        """Drop what was applied, apply the rest."""
        for event in events:
            envelope = json.loads(event.body_as_str())
            self.deliveries += 1
            if envelope["event_id"] not in self.seen:
                self.seen.add(envelope["event_id"])
                self.applied[envelope["subject"]].append(envelope["data"]["number"])
        await context.update_checkpoint(events[-1])

    @property
    def is_full(self) -> bool:
        """Whether everything that was published was applied."""
        return len(self.seen) == len(KEYS) * EACH


@asynccontextmanager
async def shop(emulator: Emulator) -> AsyncIterator[Shop]:
    """A shop whose events go to the namespace, with a patience that fits a test."""
    account, clock = Account(connection_string=emulator.connection_string), SystemClock()
    patience = Patience(first_pause_seconds=0.01, timeout_seconds=3.0, circuit=Limits(3.0, 8, 0.1))
    events = EventHubsEvents(Clients(account), clock, patience=patience)
    store = MemoryStore(clock)
    yield replace(open_shop(relay_after_seconds=0), store=store, clock=clock, events=events)
    await events.close()


async def sold(shop: Shop, key: str, events: int = EACH) -> None:
    """Commit a document of the key again and again, two events each time, and relay what follows."""
    document = Setting(id=key, scope=key, value="")
    for first in range(1, events, 2):
        pair = tuple(numbered(key, number) for number in (first, first + 1))
        change = Change(by=STAFF, puts=(document.but(value=str(first)),), events=pair)
        done = await shop.store.commit(change)
        (document,) = done.entities
        await relay(shop, STAFF, done)


def numbered(key: str, number: int) -> Event:
    """The event of that number of a key, counted from 1."""
    return created(key, number, sequence=number)


async def swept(shop: Shop) -> None:
    """Sweep until nothing lies unsent."""
    async with asyncio.timeout(30):
        while (await shop.store.find(beside(Outbox, "Settings"), Scan(where=(UNSENT,)))).items:
            await sweep(shop, STAFF)


async def run(emulator: Emulator, *, trouble: Callable[[], None] = lambda: None) -> Inbox:
    """Sell everything while a consumer reads; ``trouble`` is made now and then meanwhile."""
    inbox = Inbox()
    async with (
        shop(emulator) as opened,
        receiving(emulator.connection_string, handler=inbox.apply),
    ):
        selling = asyncio.gather(*(sold(opened, key) for key in KEYS))
        while not selling.done():
            await asyncio.sleep(0.05)
            trouble()
        await selling
        await swept(opened)
        await until(lambda: inbox.is_full, 20)
    return inbox


def assert_whole(inbox: Inbox) -> None:
    """Lost 0, applied twice 0, and each key's in order."""
    assert inbox.applied == {key: list(range(1, EACH + 1)) for key in KEYS}


@pytest.mark.parametrize(
    ("switch", "rate"),
    [
        ("lost_acks", 0.1),
        ("busy", 0.3),
        ("refused_tokens", 0.3),
        ("redelivered", 0.3),
        ("dropped", 0.03),
    ],
)
async def test_nothing_is_lost_or_applied_twice(
    emulator: Emulator, switch: str, rate: float
) -> None:
    strikes: Switch = getattr(emulator.faults, switch)
    strikes.rate = rate

    inbox = await run(emulator)

    assert strikes.struck
    assert_whole(inbox)


async def test_a_held_hub_gives_everything_when_it_is_released(emulator: Emulator) -> None:
    emulator.hold(HUB)
    inbox = Inbox()

    async with (
        shop(emulator) as opened,
        receiving(emulator.connection_string, handler=inbox.apply),
    ):
        await asyncio.gather(*(sold(opened, key) for key in KEYS))
        while_held = inbox.deliveries
        emulator.release(HUB)
        await until(lambda: inbox.is_full, 20)

    assert while_held == 0
    assert_whole(inbox)


async def test_connections_that_are_cut_again_and_again_lose_nothing(emulator: Emulator) -> None:
    cuts = 0

    def cut() -> None:
        nonlocal cuts
        cuts += 1
        if cuts % 8 == 0:
            emulator.drop_connections()

    emulator.faults.busy.rate = 0.4  # so that it takes a while
    assert_whole(await run(emulator, trouble=cut))


async def test_what_retention_took_is_gone_and_the_rest_goes_on(emulator: Emulator) -> None:
    inbox = Inbox()
    async with shop(emulator) as opened:
        await sold(opened, KEYS[0])
        emulator.trim(HUB, 3)
        async with receiving(emulator.connection_string, handler=inbox.apply):
            await until(lambda: len(inbox.seen) == 3)
            await opened.events.publish(HUB, KEYS[0], [numbered(KEYS[0], EACH + 1)])
            await until(lambda: len(inbox.seen) == 4)

    assert inbox.applied[KEYS[0]] == [14, 15, 16, 17]
