import asyncio
import json
from urllib.parse import urlencode

import pytest

from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.world import MemoryVault
from domain.carrier import our_own
from local.carriers import ParcelPages, Warehouse
from tests.adapters.embedded.fixtures import AwayVault, StillClock
from usecases.ports.carriers import Label

PATH = "/_local/parcels"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def carriers(clock: StillClock) -> EmbeddedCarriers:
    return EmbeddedCarriers(MemoryVault(), clock, CarrierSettings(10))


async def shipped(shipment_id: str) -> bool:
    """The shop ships everything."""
    return True


async def a_label(carriers: EmbeddedCarriers) -> Label:
    address = {"postal_code": "94102", "city": "<b>", "state": "CA"}
    return await carriers.buy_label("o1-S1", address, service=our_own("express"), key="k")


async def post(pages: ParcelPages, action: str, number: str) -> int:
    form = urlencode({"action": action, "tracking_number": number}).encode()
    return (await pages(PATH, {}, form))[0]


async def status(carriers: EmbeddedCarriers) -> str:
    (parcel,) = await carriers.parcels()
    return parcel.status


async def test_the_warehouse_packs_and_the_parcel_arrives(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    await a_label(carriers)
    warehouse = Warehouse(carriers, clock, 5, shipped)

    clock.move(4)
    await warehouse.work()
    clock.move(100)
    assert await status(carriers) == "label_created"
    await warehouse.work()
    clock.move(100)
    await warehouse.work()

    assert await status(carriers) == "delivered"


async def test_what_the_shop_does_not_ship_stays_in_the_warehouse(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    await a_label(carriers)
    asked = []

    async def cancelled(shipment_id: str) -> bool:
        asked.append(shipment_id)
        return False

    await Warehouse(carriers, clock, 0, cancelled).work()
    clock.move(100)

    assert asked == ["o1-S1"]
    assert await status(carriers) == "label_created"


class OneRound(StillClock):
    """Time that ends after the first pause."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        raise asyncio.CancelledError


async def test_the_warehouse_works_until_it_is_cancelled(carriers: EmbeddedCarriers) -> None:
    await a_label(carriers)
    clock = OneRound()

    with pytest.raises(asyncio.CancelledError):
        await Warehouse(carriers, clock, 0, shipped).run()

    assert clock.slept == [0.25]
    assert (await carriers.parcels())[0].handed_over_at is not None


async def test_the_page_shows_parcels_escaped_and_their_voids(carriers: EmbeddedCarriers) -> None:
    label = await a_label(carriers)
    await carriers.void_label(label.carrier, label.tracking_number, key="v")

    code, _, body = await ParcelPages(carriers)(f"{PATH}/", {}, b"")

    assert code == 200
    assert label.tracking_number.encode() in body
    assert b"&lt;b&gt;, CA" in body
    assert b"label_created (void)" in body
    assert body.count(b"<form") == 4


async def test_the_page_comes_as_json_too(carriers: EmbeddedCarriers) -> None:
    label = await a_label(carriers)

    _, _, body = await ParcelPages(carriers)(PATH, {"format": "json"}, b"")

    (parcel,) = json.loads(body)
    assert parcel["tracking_number"] == label.tracking_number
    assert [scan["status"] for scan in parcel["scans"]] == ["label_created"]


async def test_its_buttons_hand_over_and_decide_the_parcels_fate(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    number = (await a_label(carriers)).tracking_number
    pages = ParcelPages(carriers)

    assert await post(pages, "hand_over", number) == 200
    for action, fate in (("delay", "delayed"), ("mend", "normal"), ("lose", "lost")):
        assert await post(pages, action, number) == 200
        assert (await carriers.parcels())[0].fate == fate
    clock.move(100)

    assert await status(carriers) == "failed"


async def test_what_is_not_there_is_404(carriers: EmbeddedCarriers) -> None:
    pages = ParcelPages(carriers)

    assert await post(pages, "lose", "1Z") == 404
    assert (await pages(f"{PATH}/other", {}, b""))[0] == 404


async def test_a_busy_carrier_is_503_and_the_warehouse_tries_again_later(
    clock: StillClock,
) -> None:
    carriers = EmbeddedCarriers(AwayVault(), clock, CarrierSettings())

    assert (await ParcelPages(carriers)(PATH, {}, b""))[0] == 503
    await Warehouse(carriers, clock, 0, shipped).work()
