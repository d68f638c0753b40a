"""A namespace of our own and the end that publishes to it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

import tools.eventhubs_emulator as package
from adapters.eventhubs.account import Account
from adapters.eventhubs.clients import Clients
from adapters.eventhubs.events import EventHubsEvents
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.events_contract import Kept
from tests.brisk_sdk import brisk_sdk
from tools.eventhubs_emulator import message
from tools.eventhubs_emulator.config import read_namespace
from tools.eventhubs_emulator.hubs import Namespace
from tools.eventhubs_emulator.server import Emulator
from tools.eventhubs_emulator.values import text

CONFIG = Path(package.__file__).with_name("Config.json")


@pytest.fixture(autouse=True)
def brisk() -> Iterator[None]:
    """An SDK without its long naps."""
    with brisk_sdk():
        yield


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A namespace with our hubs and nothing in them."""
    async with Emulator(read_namespace(CONFIG), port=0) as served:
        yield served


@pytest.fixture
def clock() -> StillClock:
    """A clock that notes how long was slept, and does not wait."""
    return StillClock()


@pytest.fixture
async def events(emulator: Emulator, clock: StillClock) -> AsyncIterator[EventHubsEvents]:
    """The end, connected to the namespace when it is first used."""
    account = Account(connection_string=emulator.connection_string)
    end = EventHubsEvents(Clients(account), clock)
    yield end
    await end.close()


def kept(namespace: Namespace) -> Sequence[Kept]:
    """All that lies in the hubs, straight from their partitions."""
    return [
        _kept(hub.name, partition.id, event.message)
        for hub in namespace.hubs
        for partition in hub.partitions
        for event in partition.events
    ]


def _kept(hub: str, partition: str, body: bytes) -> Kept:
    properties = message.section(body, message.APPLICATION_PROPERTIES)
    return Kept(
        hub,
        partition,
        message.partition_key(body) or "",
        message.section(body, message.DATA).decode(),
        {text(name): text(value) for name, value in properties.items()},
    )
