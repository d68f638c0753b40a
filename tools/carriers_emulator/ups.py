"""UPS: tokens, shipments, recovery and activities, in its own JSON."""

import base64
import binascii
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from adapters.carriers.ups import LEVELS
from adapters.embedded.parcels import Parcel
from tools.carriers_emulator.accounts import UPS_ACCOUNT
from tools.carriers_emulator.desk import Desk
from tools.carriers_emulator.refusal import Fields, Refusal
from tools.carriers_emulator.yard import Wish, paper
from tools.stripe_emulator.wire import Answer, Request

NAME: Final = "UPS"
MOST_POUNDS: Final = 150.0
MOST_INCHES: Final = 108.0
TYPES: Final = {"label_created": "M", "out_for_delivery": "O", "delivered": "D", "failed": "RS"}
ON_THE_WAY: Final = {"Picked up": "P", "Delayed": "X"}
EASTERN: Final = timezone(timedelta(hours=-5))


def answer(desk: Desk, request: Request) -> Answer:
    """What UPS answers. Raises ``Refusal``."""
    if request.segments[1:] == ("security", "v1", "oauth", "token"):
        return _token(desk, request)
    desk.tokens.check_bearer(NAME, request)
    for header in ("transid", "transactionsrc"):
        if not 0 < len(request.headers.get(header, "")) <= 32:
            raise Refusal("9380210", f"the header {header} is missing or too long")
    match (request.method, *request.segments[1:]):
        case ("POST", "api", "shipments", "v2409", "ship"):
            return _shipped(desk, desk.json(request).at("ShipmentRequest"))
        case ("DELETE", "api", "shipments", "v2409", "void", "cancel", number):
            return _voided(desk, number)
        case ("POST", "api", "labels", "v1", "recovery"):
            return _recovered(desk, desk.json(request).at("LabelRecoveryRequest"))
        case ("GET", "api", "track", "v1", "details", number):
            return _tracked(desk, number)
    raise Refusal("250002", "The resource is not available.", 404)


def error(refusal: Refusal) -> Any:
    """UPS's form."""
    return {"response": {"errors": [{"code": refusal.code, "message": refusal.message}]}}


def _token(desk: Desk, request: Request) -> Answer:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        client, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client = secret = ""
    given = request.body.decode().partition("grant_type=")[2]
    desk.check_client(client if scheme == "Basic" else "", secret, given)
    token = desk.tokens.give(NAME)
    return Answer(200, {"access_token": token, "expires_in": str(desk.tokens.seconds)})


def _shipped(desk: Desk, fields: Fields) -> Answer:
    shipment = fields.at("Shipment")
    fields.text("Request", "RequestOption")
    shipment.must_be(UPS_ACCOUNT, "Shipper", "ShipperNumber")
    charge = shipment.at("PaymentInformation", "ShipmentCharge", 0)
    charge.must_be("01", "Type")
    charge.must_be(UPS_ACCOUNT, "BillShipper", "AccountNumber")
    for party in ("Shipper", "ShipTo", "ShipFrom"):
        _check_party(shipment.at(party))
    fields.must_be("ZPL", "LabelSpecification", "LabelImageFormat", "Code")
    fields.text("LabelSpecification", "LabelStockSize", "Height")
    package = shipment.at("Package", 0)
    package.must_be("02", "Packaging", "Code")
    package.must_be("LBS", "PackageWeight", "UnitOfMeasurement", "Code")
    package.number("PackageWeight", "Weight", most=MOST_POUNDS)
    for side in ("Length", "Width", "Height"):
        package.number("Dimensions", side, most=MOST_INCHES)
    reference = package.text("ReferenceNumber", 0, "Value", most=35)
    to = shipment.at("ShipTo", "Address")
    parcel = desk.yard.sell(
        Wish(
            carrier=NAME,
            level=desk.level(LEVELS, shipment.text("Service", "Code"), "120100"),
            reference=reference,
            handle=reference,
            postal_code=to.text("PostalCode"),
            destination=f"{to.text('City')}, {to.text('StateProvinceCode')}",
        )
    )
    results = {
        "ShipmentIdentificationNumber": parcel.tracking_number,
        "PackageResults": [
            {
                "TrackingNumber": parcel.tracking_number,
                "ShippingLabel": {"GraphicImage": paper(parcel)},
            }
        ],
    }
    return Answer(200, {"ShipmentResponse": {"ShipmentResults": results}})


def _check_party(party: Fields) -> None:
    party.text("Name", most=35)
    party.text("Phone", "Number", most=15)
    for number in range(len(party.at("Address", "AddressLine").body)):
        party.text("Address", "AddressLine", number, most=35)
    party.text("Address", "AddressLine", 0)
    party.text("Address", "City", most=30)
    party.text("Address", "StateProvinceCode", most=5)
    party.text("Address", "PostalCode", most=9)
    party.must_be("US", "Address", "CountryCode")


def _voided(desk: Desk, number: str) -> Answer:
    parcel = desk.yard.found(NAME, number)
    if parcel is None or parcel.voided_at is not None:
        raise Refusal("190102", "No shipment found within the allowed void period")
    if parcel.handed_over_at is not None:
        raise Refusal("190101", "The shipment is on its way")
    desk.yard.void(number)
    status = {"Code": "1", "Description": "Voided"}
    return Answer(200, {"VoidShipmentResponse": {"SummaryResult": {"Status": status}}})


def _recovered(desk: Desk, fields: Fields) -> Answer:
    fields.text("LabelSpecification", "LabelImageFormat", "Code")
    if "TrackingNumber" in fields.body:
        parcel = desk.yard.found(NAME, fields.text("TrackingNumber"))
    else:
        values = fields.at("ReferenceValues")
        values.must_be(UPS_ACCOUNT, "ShipperNumber")
        parcel = desk.yard.sold_as(NAME, values.text("ReferenceNumber", "Value", most=35))
    if parcel is None:
        raise Refusal("9801031", "The shipment could not be found.")
    if parcel.voided_at is not None:
        raise Refusal("9801040", "The shipment has been voided.")
    found = {
        "ShipmentIdentificationNumber": parcel.tracking_number,
        "LabelResults": {
            "TrackingNumber": parcel.tracking_number,
            "LabelImage": {"GraphicImage": paper(parcel)},
        },
    }
    return Answer(200, {"LabelRecoveryResponse": found})


def _tracked(desk: Desk, number: str) -> Answer:
    parcel = desk.yard.found(NAME, number)
    if parcel is None:
        raise Refusal("TV1002", "Tracking Information Not Found", 404)
    package = {"trackingNumber": number, "activity": _activities(parcel)}
    return Answer(200, {"trackResponse": {"shipment": [{"package": [package]}]}})


def _activities(parcel: Parcel) -> list[Any]:
    voided = [_when(parcel.voided_at) | {"status": {"type": "MV"}}] if parcel.voided_at else []
    seen = [
        {
            **_when(scan["at"]),
            "status": {
                "type": TYPES.get(scan["status"]) or ON_THE_WAY.get(scan["description"], "I"),
                "description": scan["description"],
            },
            "location": {
                "address": dict(
                    zip(("city", "stateProvince"), scan["location"].split(", "), strict=False)
                )
            },
        }
        for scan in reversed(parcel.scans)
    ]
    return voided + seen


def _when(at: float) -> dict[str, Any]:
    there = datetime.fromtimestamp(at, UTC).astimezone(EASTERN)
    return {
        "date": there.strftime("%Y%m%d"),
        "time": there.strftime("%H%M%S"),
        "gmtOffset": "-05:00",
    }
