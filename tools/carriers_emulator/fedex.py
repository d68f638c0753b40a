"""FedEx: authorization, shipments and scans, in its own JSON."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import parse_qs

from adapters.carriers.fedex import LEVELS
from adapters.embedded.parcels import Parcel
from tools.carriers_emulator.accounts import FEDEX_ACCOUNT
from tools.carriers_emulator.desk import Desk
from tools.carriers_emulator.refusal import Fields, Refusal
from tools.carriers_emulator.yard import Wish, paper
from tools.stripe_emulator.wire import Answer, Request

NAME: Final = "FedEx"
MOST_POUNDS: Final = 150.0
MOST_INCHES: Final = 119.0
CODES: Final = {"label_created": "OC", "out_for_delivery": "OD", "delivered": "DL", "failed": "RS"}
ON_THE_WAY: Final = {"Picked up": "PU", "Delayed": "DE"}
CENTRAL: Final = timezone(timedelta(hours=-6))


def answer(desk: Desk, request: Request) -> Answer:
    """What FedEx answers. Raises ``Refusal``."""
    if request.segments[1:] == ("oauth", "token"):
        return _token(desk, request)
    desk.tokens.check_bearer(NAME, request)
    fields = desk.json(request)
    match (request.method, *request.segments[1:]):
        case ("POST", "ship", "v1", "shipments"):
            return _shipped(desk, fields)
        case ("PUT", "ship", "v1", "shipments", "cancel"):
            return _cancelled(desk, fields)
        case ("POST", "track", "v1", "trackingnumbers"):
            return _tracked(desk, fields)
    raise Refusal("NOT.FOUND.ERROR", "The resource is not available.", 404)


def error(refusal: Refusal) -> Any:
    """FedEx's form."""
    return {"errors": [{"code": refusal.code, "message": refusal.message}]}


def _token(desk: Desk, request: Request) -> Answer:
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    desk.check_client(form.get("client_id"), form.get("client_secret"), form.get("grant_type"))
    token = desk.tokens.give(NAME)
    return Answer(200, {"access_token": token, "expires_in": desk.tokens.seconds, "scope": "CXS"})


def _shipped(desk: Desk, fields: Fields) -> Answer:
    fields.must_be(FEDEX_ACCOUNT, "accountNumber", "value")
    fields.must_be("LABEL", "labelResponseOptions")
    shipment = fields.at("requestedShipment")
    to = shipment.at("recipients", 0)
    for party in (shipment.at("shipper"), to):
        _check_party(party)
    for name in ("packagingType", "pickupType", "shipDatestamp"):
        shipment.text(name)
    shipment.must_be("SENDER", "shippingChargesPayment", "paymentType")
    shipment.must_be("ZPLII", "labelSpecification", "imageType")
    shipment.must_be("STOCK_4X6", "labelSpecification", "labelStockType")
    package = shipment.at("requestedPackageLineItems", 0)
    package.must_be("LB", "weight", "units")
    package.number("weight", "value", most=MOST_POUNDS)
    for side in ("length", "width", "height"):
        if package.number("dimensions", side, most=MOST_INCHES) % 1:
            raise Refusal("PACKAGEDIMENSION.TYPE.ERROR", f"{side} is no whole number")
    reference = package.text("customerReferences", 0, "value", most=30)
    parcel = desk.yard.sell(
        Wish(
            carrier=NAME,
            level=desk.level(LEVELS, shipment.text("serviceType"), "SERVICE.TYPE.INVALID"),
            reference=reference,
            handle=reference,
            postal_code=to.text("address", "postalCode"),
            destination=f"{to.text('address', 'city')}, {to.text('address', 'stateOrProvinceCode')}",
        )
    )
    sold = {
        "masterTrackingNumber": parcel.tracking_number,
        "pieceResponses": [
            {
                "trackingNumber": parcel.tracking_number,
                "packageDocuments": [{"encodedLabel": paper(parcel)}],
            }
        ],
    }
    return Answer(200, {"output": {"transactionShipments": [sold]}})


def _check_party(party: Fields) -> None:
    party.text("contact", "personName", most=70)
    party.text("contact", "phoneNumber", most=15)
    for number in range(len(party.at("address", "streetLines").body)):
        party.text("address", "streetLines", number, most=35)
    party.text("address", "streetLines", 0)
    party.text("address", "city")
    party.text("address", "stateOrProvinceCode", most=2)
    party.must_be("US", "address", "countryCode")


def _cancelled(desk: Desk, fields: Fields) -> Answer:
    fields.must_be(FEDEX_ACCOUNT, "accountNumber", "value")
    fields.must_be("DELETE_ALL_PACKAGES", "deletionControl")
    number = fields.text("trackingNumber")
    parcel = desk.yard.found(NAME, number)
    if parcel is None:
        raise Refusal("TRACKING.TRACKINGNUMBER.NOTFOUND", "unknown tracking number", 404)
    if parcel.voided_at is not None:
        raise Refusal("CANCELSHIPMENT.TRACKINGNUMBER.DELETED", "already deleted")
    if parcel.handed_over_at is not None:
        raise Refusal("TRACKINGIDS.TRACKINGNUMBER.CLOSED", "it is on its way")
    desk.yard.void(number)
    return Answer(200, {"output": {"cancelledShipment": True}})


def _tracked(desk: Desk, fields: Fields) -> Answer:
    fields.must_be(True, "includeDetailedScans")
    number = fields.text("trackingInfo", 0, "trackingNumberInfo", "trackingNumber")
    parcel = desk.yard.found(NAME, number)
    result: Any = {"error": {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND"}}
    if parcel is not None:
        result = {"scanEvents": _events(parcel)}
    results = [{"trackingNumber": number, "trackResults": [result]}]
    return Answer(200, {"output": {"completeTrackResults": results}})


def _events(parcel: Parcel) -> list[Any]:
    cancelled = [{"date": _date(parcel.voided_at), "eventType": "CA"}] if parcel.voided_at else []
    seen = [
        {
            "date": _date(scan["at"]),
            "eventType": CODES.get(scan["status"]) or ON_THE_WAY.get(scan["description"], "IT"),
            "eventDescription": scan["description"],
            "scanLocation": dict(
                zip(("city", "stateOrProvinceCode"), scan["location"].split(", "), strict=False)
            ),
        }
        for scan in reversed(parcel.scans)
    ]
    return cancelled + seen


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(CENTRAL).isoformat()
