"""The contract of the carriers: one suite, passed by every end.

To add an end, write a test module with a subclass of ``CarriersContract`` named ``Test…`` that has a fixture ``world``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from domain.carrier import CARRIERS, CarrierService, keeping, our_own
from domain.shipping import DAYS, ShippingMethod
from tests.adapters.embedded.fixtures import StillClock
from usecases.ports.carriers import CarrierBusy, Carriers, Label, NoLabel, Scan
from usecases.ports.idempotency import IdempotencyMisuse

HOME = {
    "name": "Ada Byron",
    "line1": "1 Main St",
    "line2": "",
    "city": "San Francisco",
    "state": "CA",
    "postal_code": "94102",
    "country": "US",
    "phone": "",
}
STEP = 10.0
PATIENCE_SECONDS = 120.0
"""A call whose outcome is not known is answered after that at the latest."""
SERVICES = [service for method in DAYS for service in keeping(method)]


@dataclass
class World:
    """An end, its time, and what only the carriers know: good labels, and who picks parcels up."""

    carriers: Carriers
    clock: StillClock
    good_labels: Callable[[], Awaitable[Sequence[str]]]
    pick_up: Callable[[str], Awaitable[None]]


async def a_label(
    world: World,
    service: CarrierService | None = None,
    *,
    postal_code: str = "94102",
    key: str = "ORDER000000A:label",
) -> Label:
    address = HOME | {"postal_code": postal_code}
    service = service or our_own("standard")
    return await world.carriers.buy_label("ORDER000000A-S1", address, service=service, key=key)


async def in_the_end[T](world: World, call: Callable[[], Awaitable[T]]) -> T:
    """Repeat it as the saga does, under the same key."""
    until = world.clock.now() + timedelta(seconds=PATIENCE_SECONDS)
    while world.clock.now() < until:
        try:
            return await call()
        except CarrierBusy:
            world.clock.move(1)
    raise AssertionError("no answer")


async def statuses(world: World, label: Label) -> list[str]:
    scans: Sequence[Scan] = await world.carriers.track(label.carrier, label.tracking_number)
    return [scan.status for scan in scans]


class CarriersContract:
    """What every end does. A subclass brings the fixture ``world``."""

    def test_all_three_sell_labels_here(self, world: World) -> None:
        assert set(world.carriers.names) == CARRIERS

    @pytest.mark.parametrize("service", SERVICES, ids=lambda one: f"{one.carrier} {one.level}")
    async def test_every_service_that_the_shop_knows_is_sold(
        self, world: World, service: CarrierService
    ) -> None:
        label = await a_label(world, service)

        assert (label.carrier, label.service_level) == (service.carrier, service.level)
        assert await world.good_labels() == [label.tracking_number]
        assert label.estimated_delivery > world.clock.now()
        assert await statuses(world, label) == ["label_created"]

    @pytest.mark.parametrize("carrier", sorted(CARRIERS))
    async def test_a_key_buys_one_label_however_often_it_is_used(
        self, world: World, carrier: str
    ) -> None:
        service = next(one for one in SERVICES if one.carrier == carrier)
        first = await a_label(world, service)
        world.clock.move(60)

        assert await a_label(world, service) == first
        assert await world.good_labels() == [first.tracking_number]

    async def test_a_key_for_another_label_is_a_fault_of_ours(self, world: World) -> None:
        await a_label(world)

        with pytest.raises(IdempotencyMisuse):
            await a_label(world, our_own("express"))

        assert len(await world.good_labels()) == 1

    async def test_another_key_buys_another_label(self, world: World) -> None:
        first = await a_label(world)

        second = await a_label(world, key="ORDER000000A:label:1")

        assert await world.good_labels() == [first.tracking_number, second.tracking_number]

    async def test_a_refusal_is_the_answer_of_its_key_for_good(self, world: World) -> None:
        for _ in range(2):
            with pytest.raises(NoLabel, match="no carrier delivers there"):
                await a_label(world, postal_code="00000")

        assert await world.good_labels() == []

    @pytest.mark.parametrize("method", ["express", "overnight"])
    async def test_a_post_office_box_is_served_by_the_post_alone(
        self, world: World, method: ShippingMethod
    ) -> None:
        with pytest.raises(NoLabel, match="does not deliver there"):
            await a_label(world, our_own(method), postal_code="00004")

        assert (await a_label(world, postal_code="00004", key="k")).carrier == "USPS"

    async def test_a_service_that_nobody_has_gets_no_label(self, world: World) -> None:
        for carrier in ("UPS", "Pigeon Post"):
            unknown = CarrierService(carrier=carrier, level="Teleport")
            with pytest.raises(NoLabel, match="Teleport"):
                await a_label(world, unknown, key=carrier)

    async def test_a_label_whose_answer_is_lost_is_the_answer_in_the_end(
        self, world: World
    ) -> None:
        with pytest.raises(CarrierBusy):
            await a_label(world, postal_code="00003")

        label = await in_the_end(world, lambda: a_label(world, postal_code="00003"))

        assert await world.good_labels() == [label.tracking_number]

    @pytest.mark.parametrize("carrier", sorted(CARRIERS))
    async def test_a_label_is_given_back_and_again_without_harm(
        self, world: World, carrier: str
    ) -> None:
        service = next(one for one in SERVICES if one.carrier == carrier)
        label = await a_label(world, service)

        for key in ("void", "void", "another"):
            await world.carriers.void_label(carrier, label.tracking_number, key=key)

        assert await world.good_labels() == []

    @pytest.mark.parametrize("carrier", sorted(CARRIERS))
    async def test_what_the_carrier_does_not_know_is_not_given_back_and_was_not_seen(
        self, world: World, carrier: str
    ) -> None:
        with pytest.raises(NoLabel):
            await world.carriers.void_label(carrier, "1Z999", key="k")

        assert list(await world.carriers.track(carrier, "1Z999")) == []

    async def test_a_label_of_another_carrier_is_not_its(self, world: World) -> None:
        label = await a_label(world)

        with pytest.raises(NoLabel):
            await world.carriers.void_label("UPS", label.tracking_number, key="k")

        assert list(await world.carriers.track("UPS", label.tracking_number)) == []
        assert await world.good_labels() == [label.tracking_number]

    @pytest.mark.parametrize("carrier", sorted(CARRIERS))
    async def test_a_parcel_that_is_picked_up_arrives(self, world: World, carrier: str) -> None:
        service = next(one for one in SERVICES if one.carrier == carrier)
        label = await a_label(world, service)
        bought_at = world.clock.now()
        await world.pick_up(label.tracking_number)
        world.clock.move(100)

        scans = await world.carriers.track(carrier, label.tracking_number)

        assert [(scan.status, scan.description) for scan in scans] == [
            ("label_created", "Label created"),
            ("in_transit", "Picked up"),
            ("out_for_delivery", "Out for delivery"),
            ("delivered", "Delivered"),
        ]
        seconds = [(scan.occurred_at - bought_at).total_seconds() for scan in scans]
        assert seconds == [0, STEP, 2 * STEP, 3 * STEP]
        assert scans[-1].location == "San Francisco, CA"

    @pytest.mark.parametrize("carrier", sorted(CARRIERS))
    async def test_a_lost_parcel_fails(self, world: World, carrier: str) -> None:
        service = next(one for one in SERVICES if one.carrier == carrier)
        label = await a_label(world, service, postal_code="00001")
        await world.pick_up(label.tracking_number)
        world.clock.move(100)

        assert await statuses(world, label) == ["label_created", "in_transit", "failed"]
