"""Whom the tests of the Cosmos end talk to.

By default the emulator of ``tools/cosmos_emulator``, on a socket of its own and with the clock of the test.
``COSMOS_TEST_ENDPOINT`` and ``COSMOS_TEST_KEY`` name another one instead: Microsoft's emulator, or an
account that may be written to (the tests use the database ``holiday-peak-hub-test`` and empty its container
``Orders``). What only our own peer can do, moving time and failing on demand, is then skipped.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters.cosmos.database import CosmosDatabase, CosmosSettings
from adapters.cosmos.store import CosmosStore
from adapters.names import CONTAINERS
from tests.adapters.store_kinds import AUDIT_KEY
from tools.cosmos_containers import create
from tools.cosmos_emulator.auth import KEY
from tools.cosmos_emulator.http import port_of, serve
from tools.cosmos_emulator.service import Emulator
from usecases.ports.clock import Clock

ENDPOINT = os.environ.get("COSMOS_TEST_ENDPOINT", "")
ORDERS = [container for container in CONTAINERS if container.name == "Orders"]

ours_only = pytest.mark.skipif(bool(ENDPOINT), reason="only our own peer can be told to do that")


@dataclass
class Peer:
    """A database with containers, and the emulator where it is ours."""

    settings: CosmosSettings
    database: CosmosDatabase
    clock: Clock
    own: Emulator | None

    @property
    def emulator(self) -> Emulator:
        assert self.own is not None
        return self.own

    @property
    def store(self) -> CosmosStore:
        return CosmosStore(self.database, self.clock, audit_key=AUDIT_KEY)


@asynccontextmanager
async def opened(clock: Clock, containers: object = None) -> AsyncIterator[Peer]:
    """A peer whose containers (``Orders`` unless told otherwise) are empty."""
    if ENDPOINT:
        async with _given(clock) as peer:
            yield peer
        return
    emulator = Emulator(now=lambda: clock.now().timestamp(), lags=True)
    server = await serve(emulator)
    settings = CosmosSettings(f"http://127.0.0.1:{port_of(server)}/", "test", KEY)
    await create(settings, CONTAINERS if containers else ORDERS)
    database = CosmosDatabase(settings)
    try:
        yield Peer(settings, database, clock, emulator)
    finally:
        await database.close()
        server.close()


@asynccontextmanager
async def _given(clock: Clock) -> AsyncIterator[Peer]:
    key = os.environ["COSMOS_TEST_KEY"]
    settings = CosmosSettings(ENDPOINT, "holiday-peak-hub-test", key, discovers=False)
    await create(settings, ORDERS)
    database = CosmosDatabase(settings)
    container = await database.container("Orders")
    async for row in container.query_items("SELECT * FROM c"):
        await container.delete_item(row["id"], row["user_id"])
    try:
        yield Peer(settings, database, clock, None)
    finally:
        await database.close()
