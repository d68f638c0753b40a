"""The warehouse and the carriers' peer: parcels are handed over there as they are here."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.carriers.carriers import RestCarriers
from domain.carrier import our_own
from local.carrier_peer import PeerYard, peer_yard
from local.carriers import Warehouse
from local.defaults import fill
from local.world import World
from tests.adapters.carriers_contract import HOME
from tests.adapters.embedded.fixtures import StillClock
from tests.local.test_background import Asked
from tools.carriers_emulator.accounts import settings
from tools.carriers_emulator.service import Emulator
from tools.stripe_emulator.http import address_of, serve
from usecases.ports.carriers import CarrierBusy


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def emulator(clock: StillClock) -> Emulator:
    return Emulator(now=lambda: clock.now().timestamp(), step_seconds=10)


@pytest.fixture
async def address(emulator: Emulator) -> AsyncIterator[str]:
    server = await serve(emulator)
    yield address_of(server)
    server.close()
    server.close_clients()


async def test_only_carriers_on_this_machine_have_a_yard_here(address: str) -> None:
    real = {"UPS_API_BASE": "", "FEDEX_API_BASE": "", "USPS_API_BASE": ""}

    assert peer_yard({}) is None
    assert peer_yard(settings(address) | real) is None
    yard = peer_yard(settings(address))
    assert isinstance(yard, PeerYard)
    await yard.close()


async def test_parcels_of_the_peer_are_packed_and_leave(
    emulator: Emulator, address: str, clock: StillClock, tmp_path: Path
) -> None:
    environment = settings(address)
    fill(environment, tmp_path, 7071)
    world = World(str(tmp_path / "shop.db"), environment)
    carriers, asked = world._shop.carriers, Asked()
    assert isinstance(carriers, RestCarriers)
    scope = {"path": "/_local/parcels", "method": "GET", "query_string": b""}

    await carriers.buy_label(
        "ORDER000000A-S1", HOME, service=our_own("standard"), key="ORDER000000A:label"
    )
    yard = peer_yard(environment)
    assert yard is not None

    async def may(shipment_id: str) -> bool:
        return shipment_id == "ORDER000000A-S1"

    await Warehouse(yard, clock, 0, may).work()
    await world.start()
    await world.mounts()["_local"](scope, asked.receive, asked.send)
    await asyncio.sleep(0)
    await world.stop()
    await yard.close()

    clock.move(100)
    assert next(emulator.yard.parcels()).status == "delivered"
    assert asked.statuses == [404]


async def test_real_carriers_pick_up_by_themselves(tmp_path: Path) -> None:
    environment = settings("http://127.0.0.1:9") | {
        "UPS_API_BASE": "",
        "FEDEX_API_BASE": "",
        "USPS_API_BASE": "",
    }
    fill(environment, tmp_path, 7071)
    world = World(str(tmp_path / "shop.db"), environment)

    await world.start()
    await world.stop()

    assert isinstance(world._shop.carriers, RestCarriers)


async def test_a_peer_that_is_gone_is_a_busy_carrier(clock: StillClock) -> None:
    yard = PeerYard("http://127.0.0.1:9")

    with pytest.raises(CarrierBusy, match="the peer: ConnectError"):
        await yard.hand_over("1")

    async def may(_: str) -> bool:
        return True

    await Warehouse(yard, clock, 0, may).work()
    await yard.close()
