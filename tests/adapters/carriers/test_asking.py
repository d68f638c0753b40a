"""What is asked of each carrier and read of it, beyond what the contract says of all."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest

from adapters.carriers import fedex, ups, usps
from adapters.carriers.call import Answer as Said
from adapters.carriers.carriers import SELLERS
from domain.carrier import CARRIERS, CarrierService, days_of
from domain.label_purchase import LabelPaper
from tests.adapters.carriers.peers import ORDER, Peer
from tests.adapters.carriers_contract import HOME, SERVICES, World, a_label, in_the_end
from tools.stripe_emulator.faults import Fault
from tools.stripe_emulator.wire import Answer, Request
from usecases.ports.carriers import CarrierBusy, NoLabel

GROUND = {
    "FedEx": CarrierService(carrier="FedEx", level="Ground"),
    "UPS": CarrierService(carrier="UPS", level="Ground"),
    "USPS": CarrierService(carrier="USPS", level="Ground Advantage"),
}


async def to(peer: Peer, carrier: str, **address: str) -> str:
    label = await peer.carriers.buy_label(
        f"{ORDER}-S1", HOME | address, service=GROUND[carrier], key=f"{ORDER}:label"
    )
    return label.tracking_number


def test_every_service_of_the_shop_has_a_word_of_its_carrier() -> None:
    levels = {"FedEx": fedex.LEVELS, "UPS": ups.LEVELS, "USPS": usps.LEVELS}

    assert {(name, level) for name in levels for level in levels[name]} == {
        (one.carrier, one.level) for one in SERVICES
    }
    assert set(SELLERS) == CARRIERS


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: f"{one.carrier} {one.level}")
async def test_a_parcel_should_arrive_as_the_shop_has_promised(
    world: World, service: CarrierService
) -> None:
    label = await a_label(world, service)

    assert label.estimated_delivery == world.clock.now() + timedelta(days=days_of(service) or 0)


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_parcel_abroad_would_want_customs_papers(peer: Peer, carrier: str) -> None:
    with pytest.raises(NoLabel, match="customs papers"):
        await to(peer, carrier, country="CA")

    assert list(peer.emulator.log) == []


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_long_address_is_told_in_lines_and_never_cut(peer: Peer, carrier: str) -> None:
    street = "The very long Avenue of the Holiday Peak Mountaineers"
    await to(peer, carrier, line1=street[:50], line2="Apartment 12", name="X" * 20 + " Y")

    with pytest.raises(NoLabel, match="the address is longer than"):
        await peer.carriers.buy_label(
            f"{ORDER}-S1",
            HOME | {"line1": street * 3, "line2": street},
            service=GROUND[carrier],
            key="k",
        )


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_name_of_one_word_and_a_long_postal_code_are_understood(
    peer: Peer, carrier: str
) -> None:
    assert await to(peer, carrier, name="Cher", postal_code="94102-1234", phone="415 555 0100")


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_what_the_carrier_finds_wrong_is_the_reason(peer: Peer, carrier: str) -> None:
    ours = peer.another(given={"CARRIERS_PARCEL_POUNDS": "500"})

    with pytest.raises(NoLabel, match=r"INVALID: .*a number over 0"):
        await ours.buy_label(f"{ORDER}-S1", HOME, service=GROUND[carrier], key=f"{ORDER}:label")

    assert "a number over 0" in (await peer.purchase()).refusal


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_refusal_without_a_reason_is_none(peer: Peer, world: World, carrier: str) -> None:
    peer.emulator.faults.set(Fault("label", 400))
    with pytest.raises(CarrierBusy, match="without a reason"):
        await a_label(world, GROUND[carrier])

    assert await a_label(world, GROUND[carrier])


async def test_a_carrier_without_an_account_sells_nothing_and_saw_nothing(peer: Peer) -> None:
    given = dict.fromkeys(("UPS_API_BASE", "UPS_CLIENT_ID", "UPS_CLIENT_SECRET", "UPS_ACCOUNT"), "")
    ours = peer.another(given=given)

    assert set(ours.names) == {"FedEx", "USPS"}
    assert await ours.track("UPS", "1Z999") == ()
    with pytest.raises(NoLabel, match="UPS has no account"):
        await ours.void_label("UPS", "1Z999", key="k")
    with pytest.raises(NoLabel, match="UPS has no service 'Ground' for this shop"):
        await ours.buy_label(f"{ORDER}-S1", HOME, service=GROUND["UPS"], key="k")


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_our_own_cancellation_is_no_scan_of_the_carrier(
    peer: Peer, world: World, carrier: str
) -> None:
    label = await a_label(world, GROUND[carrier])
    await peer.carriers.void_label(carrier, label.tracking_number, key="v")

    scans = await peer.carriers.track(carrier, label.tracking_number)

    assert [scan.status for scan in scans] == ["label_created"]


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_a_failed_attempt_is_a_parcel_on_its_way(
    peer: Peer, world: World, carrier: str
) -> None:
    label = await a_label(world, GROUND[carrier], postal_code="00002")
    await peer.pick_up(label.tracking_number)
    peer.clock.move(60)

    scans = await peer.carriers.track(carrier, label.tracking_number)

    assert [(scan.status, scan.description) for scan in scans][-2:] == [
        ("in_transit", "Delayed"),
        ("out_for_delivery", "Out for delivery"),
    ]


@pytest.mark.parametrize(
    ("carrier", "body"),
    [
        ("FedEx", {"output": {"completeTrackResults": [{"trackResults": [{"scanEvents": [1]}]}]}}),
        (
            "UPS",
            {"trackResponse": {"shipment": [{"package": [{"activity": [{"status": {}}]}]}]}},
        ),
        ("USPS", [{"trackingEvents": [{"GMTTimestamp": "yesterday"}]}]),
    ],
)
async def test_scans_that_cannot_be_read_are_a_busy_carrier(
    peer: Peer, carrier: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = peer.emulator.answer

    async def answer(request: Request) -> Answer:
        told = await whole(request)
        return told if "access_token" in json.dumps(told.body) else Answer(200, body)

    monkeypatch.setattr(peer.emulator, "answer", answer)

    with pytest.raises(CarrierBusy, match="scans that cannot be read"):
        await peer.carriers.track(carrier, "1Z999")


async def test_times_without_a_zone_are_of_greenwich() -> None:
    event = {"eventTimestamp": "2026-01-25T12:00:00", "eventCode": "03"}
    scan = {"date": "2026-01-25T12:00:00", "eventType": "PU"}

    assert usps._scan(event).occurred_at.isoformat() == "2026-01-25T12:00:00+00:00"
    assert fedex._scan(scan).occurred_at.isoformat() == "2026-01-25T12:00:00+00:00"


async def test_an_answer_that_is_too_long_is_none(
    peer: Peer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_label(world, GROUND["UPS"])
    monkeypatch.setattr("adapters.carriers.api.MOST_BYTES", 10)

    with pytest.raises(CarrierBusy, match="UPS answered 200 something that cannot be read"):
        await a_label(world, GROUND["UPS"], key="another")


async def paper(peer: Peer) -> LabelPaper | None:
    return await peer.store.get(LabelPaper, f"{ORDER}:label:paper", ORDER)


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
async def test_the_label_is_kept_for_the_printer(peer: Peer, world: World, carrier: str) -> None:
    label = await a_label(world, GROUND[carrier])

    kept = await paper(peer)

    assert kept is not None
    assert kept.tracking_number == label.tracking_number
    assert b64decode(kept.content) == f"^XA^FD{label.tracking_number}^FS^XZ".encode()


@pytest.mark.parametrize("carrier", ["UPS", "USPS"])
async def test_a_label_that_had_to_be_looked_for_comes_with_its_paper(
    peer: Peer, world: World, carrier: str
) -> None:
    peer.emulator.faults.set(Fault("label", 500, applied=True))
    label = await in_the_end(world, lambda: a_label(world, GROUND[carrier]))

    kept = await paper(peer)

    assert kept is not None
    assert b64decode(kept.content) == f"^XA^FD{label.tracking_number}^FS^XZ".encode()


async def test_a_paper_that_no_document_holds_is_not_kept(
    peer: Peer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.carriers.buying.MOST_PAPER", 10)

    assert await a_label(world)
    assert await paper(peer) is None


def test_labels_in_a_list_are_read_too() -> None:
    results = [{"LabelImage": {"GraphicImage": "XlhB"}}]
    answer = Said(200, {"LabelRecoveryResponse": {"LabelResults": results}})

    assert ups._recovered_paper(answer) == "XlhB"


class TestPauses:
    """Carriers count the questions: a parcel that rests is asked about seldom."""

    async def test_what_was_seen_is_remembered_for_a_while(self, peer: Peer, world: World) -> None:
        ours = peer.another(given={"CARRIERS_TRACK_SECONDS": "600"})
        label = await a_label(world, GROUND["USPS"])

        first = await ours.track("USPS", label.tracking_number)
        await peer.pick_up(label.tracking_number)
        peer.clock.move(599)
        assert await ours.track("USPS", label.tracking_number) == first
        peer.clock.move(2)

        assert len(await ours.track("USPS", label.tracking_number)) == 4
        assert peer.emulator.asked("track") == 2

    async def test_a_parcel_that_was_not_seen_for_long_is_asked_about_seldom(
        self, peer: Peer, world: World
    ) -> None:
        ours = peer.another(given={"CARRIERS_TRACK_SECONDS": "600"})
        label = await a_label(world, GROUND["USPS"])
        for days, pause in ((0.5, 4_320), (30, 14_400)):
            peer.clock.move(days * 86_400)
            await ours.track("USPS", label.tracking_number)
            asked = peer.emulator.asked("track")
            peer.clock.move(pause - 2)
            await ours.track("USPS", label.tracking_number)
            assert peer.emulator.asked("track") == asked
            peer.clock.move(4)
            await ours.track("USPS", label.tracking_number)
            assert peer.emulator.asked("track") == asked + 1

    async def test_an_unknown_number_is_asked_about_again_soon(self, peer: Peer) -> None:
        ours = peer.another(given={"CARRIERS_TRACK_SECONDS": "600"})
        for _ in range(3):
            assert list(await ours.track("USPS", "9")) == []
            peer.clock.move(601)

        assert peer.emulator.asked("track") == 3
