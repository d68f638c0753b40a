"""The peers are as strict as the carriers are said to be, and no more helpful."""

from typing import Any

import pytest

from tests.tools.carriers_emulator.asking import KEY, REFERENCE, ROLES, SALES, Asker, code
from tools.stripe_emulator.faults import Fault
from tools.stripe_emulator.wire import ConnectionDropped

CARRIERS = sorted(SALES)
UPS_SHIPMENT = ("ShipmentRequest", "Shipment")
FEDEX_PACKAGE = ("requestedShipment", "requestedPackageLineItems", 0)


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_label_is_sold_for_each_request_that_is_whole(carrier: str) -> None:
    there = Asker()

    for _ in range(2):
        assert (await there.buy(carrier)).status == 200

    assert len(set(there.numbers)) == 2
    (first, second) = there.emulator.yard.parcels()
    assert (first.shipment_id, second.fate) == ("ORDER000000A-S1", "normal")


@pytest.mark.parametrize(
    ("carrier", "change", "told"),
    [
        ("fedex", ("accountNumber", {"value": "1"}), "INVALID"),
        ("fedex", ("requestedShipment", "serviceType", "TELEPORT"), "SERVICE.TYPE.INVALID"),
        ("fedex", ("requestedShipment", "shippingChargesPayment", {}), "MISSING"),
        ("fedex", (*FEDEX_PACKAGE, "weight", {"units": "LB", "value": 200}), "INVALID"),
        ("fedex", (*FEDEX_PACKAGE, "weight", {"units": "LB", "value": "x"}), "INVALID"),
        ("fedex", (*FEDEX_PACKAGE, "dimensions", "length", 1.5), "PACKAGEDIMENSION.TYPE.ERROR"),
        ("fedex", ("requestedShipment", "recipients", []), "MISSING"),
        (
            "fedex",
            ("requestedShipment", "shipper", "address", "streetLines", ["x" * 36]),
            "INVALID",
        ),
        ("ups", (*UPS_SHIPMENT, "Shipper", "ShipperNumber", "X"), "INVALID"),
        ("ups", (*UPS_SHIPMENT, "Service", {"Code": "99"}), "120100"),
        ("ups", (*UPS_SHIPMENT, "ShipTo", "Name", "x" * 36), "INVALID"),
        ("ups", (*UPS_SHIPMENT, "ShipTo", "Address", "CountryCode", "CA"), "INVALID"),
        ("ups", (*UPS_SHIPMENT, "Package", 0, "PackageWeight", "Weight", "0"), "INVALID"),
        ("ups", ("ShipmentRequest", "LabelSpecification", {}), "MISSING"),
        ("usps", ("packageDescription", "mailClass", "PIGEON"), "160001"),
        ("usps", ("packageDescription", "rateIndicator", "PA"), "INVALID"),
        ("usps", ("packageDescription", "weight", 71), "INVALID"),
        ("usps", ("toAddress", "ZIPCode", "8950A"), "160105"),
        ("usps", ("toAddress", "state", "Nevada"), "INVALID"),
        ("usps", ("toAddress", {"firm": "F"}), "MISSING"),
        ("usps", ("fromAddress", "firstName", ""), "INVALID"),
    ],
    ids=str,
)
async def test_a_request_that_is_not_whole_sells_nothing_and_is_told_why(
    carrier: str, change: tuple[Any, ...], told: str
) -> None:
    there = Asker()

    answer = await there.buy(carrier, *change)

    assert (answer.status, code(answer)) == (400, told)
    assert there.numbers == []


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_only_the_one_client_gets_a_token(carrier: str) -> None:
    there = Asker()

    assert (await there.token(carrier)).status == 200
    assert (await there.token(carrier, secret="wrong")).status == 401
    assert (await there.token(carrier, client="somebody")).status == 401
    assert there.emulator.desk.tokens.given == 1


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_another_grant_is_none(carrier: str) -> None:
    there = Asker()
    paths = {"fedex": "oauth/token", "ups": "security/v1/oauth/token", "usps": "oauth2/v3/token"}
    body: Any = {"grant_type": "password"} if carrier == "usps" else b"grant_type=password"

    answer = await there.send("POST", f"{carrier}/{paths[carrier]}", body)

    assert (answer.status, code(answer)) == (400, "BAD.REQUEST")


async def test_no_basic_credentials_are_nobodys() -> None:
    there = Asker()

    for header in ("", "Basic %%%", "Bearer x"):
        answer = await there.send(
            "POST",
            "ups/security/v1/oauth/token",
            b"grant_type=client_credentials",
            {"authorization": header},
        )
        assert answer.status == 401


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_token_serves_its_carrier_and_its_time(carrier: str) -> None:
    there = Asker()
    path, body = SALES[carrier]
    headers = await there.let_in(carrier)
    others = [await there.let_in(other) for other in CARRIERS if other != carrier]

    for wrong in ({}, *others):
        assert (await there.send("POST", f"{carrier}/{path}", body, wrong)).status == 401
    there.time.seconds += there.emulator.desk.tokens.seconds
    assert (await there.send("POST", f"{carrier}/{path}", body, headers)).status == 401
    assert there.numbers == []


async def test_usps_sells_nothing_that_nobody_has_authorized_to_pay() -> None:
    there = Asker()
    headers = await there.let_in("usps")
    unpaid = headers | {"x-payment-authorization-token": "other"}
    roles = [ROLES[0], ROLES[1] | {"accountNumber": "1"}]

    sale = await there.send("POST", "usps/labels/v3/label", SALES["usps"][1], unpaid)
    wrong = await there.send(
        "POST", "usps/payments/v3/payment-authorization", {"roles": roles}, headers
    )

    assert (sale.status, wrong.status, there.numbers) == (401, 400, [])


async def test_usps_wants_a_key_of_one_form() -> None:
    there = Asker()
    headers = await there.let_in("usps") | {"x-idempotency-key": "order-1"}

    answer = await there.send("POST", "usps/labels/v3/label", SALES["usps"][1], headers)

    assert code(answer) == "160400"


async def test_ups_wants_to_know_who_asks() -> None:
    there = Asker()
    headers = await there.let_in("ups") | {"transid": "x" * 33}

    answer = await there.send("POST", "ups/api/shipments/v2409/ship", SALES["ups"][1], headers)

    assert code(answer) == "9380210"


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_body_is_json_and_a_path_is_known(carrier: str) -> None:
    there = Asker()
    path, _ = SALES[carrier]
    headers = await there.let_in(carrier)
    json_headers = headers | {"content-type": "application/json"}

    assert (await there.send("POST", f"{carrier}/{path}", b"{}", headers)).status == 415
    assert (await there.send("POST", f"{carrier}/{path}", b"{", json_headers)).status == 400
    assert (await there.send("POST", f"{carrier}/nowhere", {}, headers)).status == 404
    assert (await there.send("GET", "dhl/track", None, headers)).status == 404
    assert (await there.send("GET", "", None, headers)).status == 404


async def test_what_was_sold_is_found_by_what_it_was_asked_with() -> None:
    there = Asker()
    await there.buy("ups")
    await there.buy("usps")
    ups, usps = await there.let_in("ups"), await there.let_in("usps")

    def recovery(reference: str) -> dict[str, Any]:
        return {
            "LabelRecoveryRequest": {
                "LabelSpecification": {"LabelImageFormat": {"Code": "GIF"}},
                "ReferenceValues": {
                    "ReferenceNumber": {"Value": reference},
                    "ShipperNumber": "A1B2C3",
                },
            }
        }

    path = "ups/api/labels/v1/recovery"
    found = await there.send("POST", path, recovery(REFERENCE), ups)
    assert found.body["LabelRecoveryResponse"]["ShipmentIdentificationNumber"] == there.numbers[0]
    assert code(await there.send("POST", path, recovery("other"), ups)) == "9801031"
    there.emulator.yard.void(there.numbers[0])
    assert code(await there.send("POST", path, recovery(REFERENCE), ups)) == "9801040"

    path = "usps/labels/v3/label-reprint"
    assert there.numbers[1] in (await there.send("POST", path, {}, usps)).body
    other = usps | {"x-idempotency-key": KEY.replace("1", "2")}
    assert code(await there.send("POST", path, {}, other)) == "160412"
    assert code(await there.send("POST", f"{path}/9", {}, usps)) == "160378"
    there.emulator.yard.void(there.numbers[1])
    assert code(await there.send("POST", path, {}, usps)) == "160979"


async def test_a_switch_befalls_the_request_that_it_names_and_the_log_tells_it() -> None:
    there = Asker()
    faults = [{"on": "label", "status": 500, "applied": True}, {"on": "label", "drops": True}]
    await there.send("POST", "_emulator/faults", faults)
    there.emulator.faults.set(Fault("track", delay_seconds=0.001))

    assert (await there.buy("fedex")).status == 500
    with pytest.raises(ConnectionDropped):
        await there.buy("fedex")
    assert (await there.buy("fedex")).status == 200

    assert len(there.numbers) == 2
    assert [(one.sort, one.status) for one in there.emulator.log if one.sort == "label"] == [
        ("label", 500),
        ("label", 0),
        ("label", 200),
    ]
    assert there.emulator.asked("token") == 3


async def test_parcels_wait_and_are_picked_up_by_hand() -> None:
    there = Asker()
    await there.buy("fedex")
    (number,) = there.numbers

    assert (await there.send("GET", "_emulator/waiting/5")).body == []
    there.time.seconds += 5
    (waiting,) = (await there.send("GET", "_emulator/waiting/5")).body
    assert waiting["tracking_number"] == number
    assert (await there.send("POST", f"_emulator/picked-up/{number}")).status == 200
    assert (await there.send("POST", "_emulator/picked-up/1")).status == 404
    assert (await there.send("GET", "_emulator/nothing")).status == 404

    assert (await there.send("GET", "_emulator/waiting/5")).body == []
    there.time.seconds += 30
    assert next(there.emulator.yard.parcels()).status == "delivered"


async def test_of_two_labels_for_a_parcel_the_newer_one_is_packed() -> None:
    there = Asker()
    await there.buy("fedex")
    await there.buy("fedex")

    (waiting,) = there.emulator.yard.waiting(0)

    assert waiting.tracking_number == there.numbers[1]
