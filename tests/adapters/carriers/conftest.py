from collections.abc import AsyncIterator

import pytest

from adapters.memory import MemoryStore
from tests.adapters.carriers.peers import Peer, opened
from tests.adapters.carriers_contract import World
from tests.adapters.embedded.fixtures import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def peer(clock: StillClock) -> AsyncIterator[Peer]:
    async with opened(clock, MemoryStore(clock)) as peer:
        yield peer


@pytest.fixture
def world(peer: Peer) -> World:
    return World(peer.carriers, peer.clock, peer.good_labels, peer.pick_up)
