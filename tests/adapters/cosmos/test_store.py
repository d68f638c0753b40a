"""The Cosmos end under the store's contract, through the official SDK over a real socket."""

import pytest

from tests.adapters.cosmos.peers import ENDPOINT, Peer
from tests.adapters.store_contract import StoreContract
from usecases.ports.store import Store


class TestCosmosStore(StoreContract):
    """The contract."""

    @pytest.fixture
    def store(self, peer: Peer, request: pytest.FixtureRequest) -> Store:
        if ENDPOINT and request.function.__qualname__.startswith("Expiry."):
            pytest.skip("time is moved, which only our own peer lets us do")
        return peer.store
