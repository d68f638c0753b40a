from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.parcels import Fate
from adapters.embedded.world import MemoryVault, Vault
from domain.carrier import our_own
from domain.shipping import ShippingMethod
from tests.adapters.embedded.fixtures import NOON, AwayVault, StillClock, finish
from usecases.ports.carriers import CarrierBusy, Label, NoLabel, Scan
from usecases.ports.idempotency import IdempotencyMisuse

HOME = {"postal_code": "94102", "city": "San Francisco", "state": "CA"}
STEP = 10.0


@pytest.fixture
def carriers(vault: Vault, clock: StillClock) -> EmbeddedCarriers:
    return EmbeddedCarriers(vault, clock, CarrierSettings(STEP))


async def a_label(
    carriers: EmbeddedCarriers, method: ShippingMethod = "standard", postal_code: str = "94102"
) -> Label:
    address = HOME | {"postal_code": postal_code}
    service = our_own(method)
    return await carriers.buy_label("o1-S1", address, service=service, key="o1:label")


def seen(scans: tuple[Scan, ...] | list[Scan]) -> list[tuple[str, str, float]]:
    return [(s.status, s.description, (s.occurred_at - NOON).total_seconds()) for s in scans]


async def course(carriers: EmbeddedCarriers, label: Label) -> list[tuple[str, str, float]]:
    return seen(list(await carriers.track(label.carrier, label.tracking_number)))


@pytest.mark.parametrize(
    ("method", "carrier", "level", "length"),
    [
        ("standard", "USPS", "Ground Advantage", 22),
        ("express", "FedEx", "2Day", 12),
        ("overnight", "UPS", "Next Day Air", 18),
    ],
)
async def test_our_own_service_of_each_method_is_sold_with_numbers_of_its_carrier(
    carriers: EmbeddedCarriers, method: ShippingMethod, carrier: str, level: str, length: int
) -> None:
    label = await a_label(carriers, method)

    assert (label.carrier, label.service_level) == (carrier, level)
    assert len(label.tracking_number) == length
    assert label.estimated_delivery == NOON + timedelta(seconds=4 * STEP)


async def test_the_same_key_buys_one_label(carriers: EmbeddedCarriers, clock: StillClock) -> None:
    first = await a_label(carriers)
    clock.move(60)

    assert await a_label(carriers) == first
    assert len(await carriers.parcels()) == 1
    with pytest.raises(IdempotencyMisuse):
        await a_label(carriers, "express")


async def test_another_key_buys_another_label(carriers: EmbeddedCarriers) -> None:
    first = await a_label(carriers)

    second = await carriers.buy_label("o1-S1", HOME, service=our_own("standard"), key="o1:label:2")

    assert second.tracking_number != first.tracking_number
    assert [p.tracking_number for p in await carriers.parcels()] == [
        second.tracking_number,
        first.tracking_number,
    ]


async def test_a_label_whose_answer_is_lost_is_bought_and_answers_under_the_same_key(
    carriers: EmbeddedCarriers,
) -> None:
    with pytest.raises(CarrierBusy, match="the label was not"):
        await a_label(carriers, postal_code="00003")

    label = await a_label(carriers, postal_code="00003")

    assert [p.tracking_number for p in await carriers.parcels()] == [label.tracking_number]


async def test_nothing_moves_before_the_parcel_was_handed_over(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers)
    clock.move(1_000)

    assert await course(carriers, label) == [("label_created", "Label created", 0)]
    assert await carriers.advance(clock.now()) == []


async def test_a_parcel_is_seen_step_by_step_until_it_is_delivered(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers)
    clock.move(5)
    await carriers.hand_over(label.tracking_number)

    clock.move(STEP - 1)
    assert [status for status, _, _ in await course(carriers, label)] == ["label_created"]
    clock.move(1)
    assert [status for status, _, _ in await course(carriers, label)][1:] == ["in_transit"]
    clock.move(1_000)

    scans = await carriers.track("USPS", label.tracking_number)
    assert seen(list(scans)) == [
        ("label_created", "Label created", 0),
        ("in_transit", "Picked up", 15),
        ("out_for_delivery", "Out for delivery", 25),
        ("delivered", "Delivered", 35),
    ]
    assert [scan.location for scan in scans][1:] == [
        "Kansas City, KS",
        "San Francisco, CA",
        "San Francisco, CA",
    ]


async def test_handing_over_again_changes_nothing(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers)
    await carriers.hand_over(label.tracking_number)
    clock.move(STEP)

    await carriers.hand_over(label.tracking_number)

    assert (await course(carriers, label))[1] == ("in_transit", "Picked up", STEP)


async def test_a_lost_parcel_is_picked_up_and_fails(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers, postal_code="00001")
    await carriers.hand_over(label.tracking_number)
    clock.move(1_000)

    assert (await course(carriers, label))[1:] == [
        ("in_transit", "Picked up", 10),
        ("failed", "Lost in transit", 30),
    ]


async def test_a_delayed_parcel_says_so_and_arrives_later_than_estimated(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers, "express", postal_code="00002")
    await carriers.hand_over(label.tracking_number)
    clock.move(1_000)

    scans = await course(carriers, label)
    assert scans[1:] == [
        ("in_transit", "Picked up", 10),
        ("in_transit", "Delayed", 50),
        ("out_for_delivery", "Out for delivery", 60),
        ("delivered", "Delivered", 70),
    ]
    assert NOON + timedelta(seconds=70) > label.estimated_delivery


async def test_a_fate_set_on_the_way_changes_only_what_follows(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers)
    await carriers.hand_over(label.tracking_number)
    clock.move(20)

    await carriers.set_fate(label.tracking_number, "lost")
    clock.move(1_000)

    assert [status for status, _, _ in await course(carriers, label)] == [
        "label_created",
        "in_transit",
        "out_for_delivery",
        "failed",
    ]


async def test_a_void_label_is_not_packed_but_may_be_handed_over_unasked(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers)
    await carriers.void_label(label.carrier, label.tracking_number, key="o1:void")
    await carriers.void_label(label.carrier, label.tracking_number, key="o1:void")
    await carriers.void_label(label.carrier, label.tracking_number, key="again")
    clock.move(60)

    assert await carriers.waiting(0) == []
    (parcel,) = await carriers.parcels()
    assert parcel.voided_at == NOON.timestamp()
    await carriers.hand_over(label.tracking_number)
    clock.move(STEP)
    assert (await course(carriers, label))[-1] == ("in_transit", "Picked up", 70)


async def test_a_label_waits_to_be_packed_until_it_is_handed_over(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers)

    clock.move(1)
    assert await carriers.waiting(2) == []
    clock.move(1)
    (parcel,) = await carriers.waiting(2)
    assert parcel.tracking_number == label.tracking_number

    await carriers.hand_over(label.tracking_number)
    assert await carriers.waiting(2) == []


async def test_advancing_tells_each_scan_once(
    carriers: EmbeddedCarriers, clock: StillClock
) -> None:
    label = await a_label(carriers)
    await carriers.hand_over(label.tracking_number)

    told = []
    for _ in range(5):
        clock.move(STEP)
        told += await carriers.advance(clock.now())

    assert [(number, scan.status) for number, scan in told] == [
        (label.tracking_number, "in_transit"),
        (label.tracking_number, "out_for_delivery"),
        (label.tracking_number, "delivered"),
    ]


async def test_an_unknown_number_is_refused_and_has_no_scans(carriers: EmbeddedCarriers) -> None:
    label = await a_label(carriers)

    for call in (
        carriers.hand_over("1Z"),
        carriers.set_fate("1Z", "lost"),
        carriers.void_label("UPS", "1Z", key="k"),
    ):
        with pytest.raises(NoLabel, match="unknown tracking number"):
            await call
    assert await carriers.track("USPS", "1Z") == ()
    assert await carriers.track("UPS", label.tracking_number) == ()
    assert await carriers.find("1Z") is None


async def test_a_number_that_is_taken_is_not_given_twice(
    carriers: EmbeddedCarriers, vault: Vault, clock: StillClock
) -> None:
    first = await a_label(carriers)
    twin = EmbeddedCarriers(vault, clock, CarrierSettings(STEP))

    second = await twin.buy_label("o1-S1", HOME, service=our_own("standard"), key="another")

    assert int(second.tracking_number[:21]) == int(first.tracking_number[:21]) + 1


async def test_a_vault_that_is_away_is_a_busy_carrier(clock: StillClock) -> None:
    carriers = EmbeddedCarriers(AwayVault(), clock, CarrierSettings())

    for call in (
        a_label(carriers),
        carriers.void_label("UPS", "1Z", key="k"),
        carriers.track("UPS", "1Z"),
        carriers.parcels(),
        carriers.hand_over("1Z"),
        carriers.waiting(0),
        carriers.set_fate("1Z", "lost"),
        carriers.advance(NOON),
    ):
        with pytest.raises(CarrierBusy, match="locked"):
            await call


@given(
    fate=st.sampled_from(["normal", "delayed", "lost"]),
    steps=st.lists(st.floats(0, 30), max_size=12),
)
def test_every_parcel_handed_over_comes_to_an_end_however_often_it_is_looked_at(
    fate: Fate, steps: list[float]
) -> None:
    """Looking or advancing at any times never changes what was seen, nor how the parcel ends."""
    clock = StillClock()
    carriers = EmbeddedCarriers(MemoryVault(), clock, CarrierSettings(STEP))
    label = finish(a_label(carriers))
    finish(carriers.set_fate(label.tracking_number, fate))
    finish(carriers.hand_over(label.tracking_number))

    before: tuple[Scan, ...] = ()
    for step in steps:
        clock.move(step)
        scans = tuple(finish(carriers.track("USPS", label.tracking_number)))
        assert scans[: len(before)] == before
        finish(carriers.advance(clock.now()))
        before = scans
    clock.move(1_000)

    last = finish(carriers.track("USPS", label.tracking_number))[-1]
    assert last.status == ("failed" if fate == "lost" else "delivered")
