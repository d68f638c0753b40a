"""The Cosmos end under the store's contract, through the official SDK over a real socket."""

import pytest

from tests.adapters.cosmos.peers import ENDPOINT, Peer
from tests.adapters.store_contract import StoreContract
from tests.adapters.store_kinds import Crate
from usecases.meter import begin
from usecases.ports.store import Query, Store


class TestCosmosStore(StoreContract):
    """The contract."""

    @pytest.fixture
    def store(self, peer: Peer, request: pytest.FixtureRequest) -> Store:
        if ENDPOINT and request.function.__qualname__.startswith("Expiry."):
            pytest.skip("time is moved, which only our own peer lets us do")
        return peer.store


async def test_what_cannot_be_there_is_not_asked_for(peer: Peer) -> None:
    meter = begin()

    assert await peer.store.get(Crate, "a/b", "u-1") is None
    assert await peer.store.get(Crate, "a", "u" * 2_049) is None
    assert (await peer.store.find(Crate, Query("u" * 2_049))).items == ()
    assert meter.request_units == 0

    assert await peer.store.get(Crate, "a", "u-1") is None
    assert meter.request_units > 0
