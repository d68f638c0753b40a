"""Shared by the tests of the Cosmos end."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.cosmos.peers import Peer, opened
from tests.adapters.store_kinds import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def peer(clock: StillClock) -> AsyncIterator[Peer]:
    async with opened(clock) as peer:
        yield peer
