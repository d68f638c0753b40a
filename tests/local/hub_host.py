"""A namespace of our own for the tests of hosts that read one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.embedded.clock import SystemClock
from adapters.eventhubs.account import Account
from adapters.eventhubs.clients import Clients
from adapters.eventhubs.events import EventHubsEvents
from adapters.sqlite.file import SqliteFile
from local.faults import Faults
from local.hub_checkpoints import HubCheckpoints, create_tables
from local.hub_triggers import HubTriggers, Manner
from tests.local.conftest import ScriptedWorker
from tools.eventhubs_emulator.hubs import Hub, Namespace
from tools.eventhubs_emulator.server import Emulator


@asynccontextmanager
async def namespace() -> AsyncIterator[Emulator]:
    """One hub with two partitions and two groups."""
    hub = Hub("order-events", 2, ("views", "payment"))
    async with Emulator(Namespace([hub]), port=0) as served:
        yield served


@asynccontextmanager
async def publisher(emulator: Emulator) -> AsyncIterator[EventHubsEvents]:
    """The shop's own end."""
    account = Account(connection_string=emulator.connection_string)
    end = EventHubsEvents(Clients(account), SystemClock(), groups={"order-events": ("views",)})
    yield end
    await end.close()


def triggers(
    emulator: Emulator, worker: ScriptedWorker, folder: Path, faults: Faults | None = None
) -> tuple[HubTriggers, SqliteFile]:
    """A host's readers over the namespace, and the file that holds their checkpoints."""
    file, clock = SqliteFile(folder / "shop.db", synchronous="OFF"), SystemClock()
    create_tables(file)
    reading = HubTriggers(
        worker,
        Clients(Account(connection_string=emulator.connection_string)),
        lambda place: HubCheckpoints(file, clock, place),
        manner=Manner(most_in_a_batch=10, lease_seconds=0.9, faults=faults or Faults()),
        ended=lambda _: None,
    )
    for function in worker.functions:
        reading.add(function, {})
    return reading, file
