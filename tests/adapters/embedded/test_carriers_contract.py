"""The embedded carriers keep the contract."""

import pytest

from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.world import Vault
from tests.adapters.carriers_contract import STEP, CarriersContract, World
from tests.adapters.embedded.fixtures import StillClock


class TestCarriers(CarriersContract):
    """The contract, over both vaults."""

    @pytest.fixture
    def world(self, vault: Vault, clock: StillClock) -> World:
        carriers = EmbeddedCarriers(vault, clock, CarrierSettings(STEP))

        async def good_labels() -> list[str]:
            found = reversed(await carriers.parcels())
            return [one.tracking_number for one in found if one.voided_at is None]

        return World(carriers, clock, good_labels, carriers.hand_over)
