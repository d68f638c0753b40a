"""USPS: tokens, payment authorizations, labels, reprints and events, in its own JSON."""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from adapters.carriers.usps import LEVELS
from adapters.embedded.parcels import Parcel
from tools.carriers_emulator.accounts import CRID, MID, USPS_ACCOUNT
from tools.carriers_emulator.desk import Desk
from tools.carriers_emulator.refusal import Fields, Refusal
from tools.carriers_emulator.yard import Wish, paper
from tools.stripe_emulator.wire import Answer, Request

NAME: Final = "USPS"
PAYMENT: Final = "USPS payment"
MOST_POUNDS: Final = 70.0
MOST_INCHES: Final = 108.0
CODES: Final = {"label_created": "GX", "out_for_delivery": "OF", "delivered": "01", "failed": "09"}
ON_THE_WAY: Final = {"Picked up": "03", "Delayed": "02"}
RATES: Final = {"PRIORITY_MAIL_EXPRESS": "PA"}
BOUNDARY: Final = "label-parts"


def answer(desk: Desk, request: Request) -> Answer:
    """What USPS answers. Raises ``Refusal``."""
    if request.segments[1:] == ("oauth2", "v3", "token"):
        return _token(desk, request)
    desk.tokens.check_bearer(NAME, request)
    match (request.method, *request.segments[1:]):
        case ("POST", "payments", "v3", "payment-authorization"):
            return _authorized(desk, desk.json(request))
        case ("POST", "tracking", "v3r2", "tracking"):
            return _tracked(desk, desk.json(request))
    desk.tokens.check(PAYMENT, request.headers.get("x-payment-authorization-token", ""))
    match (request.method, *request.segments[1:]):
        case ("POST", "labels", "v3", "label"):
            return _labelled(desk, request)
        case ("DELETE", "labels", "v3", "label", number):
            return _cancelled(desk, number)
        case ("POST", "labels", "v3", "label-reprint"):
            return _reprinted(desk.yard.sold_as(NAME, _key(request)), "160412")
        case ("POST", "labels", "v3", "label-reprint", number):
            return _reprinted(desk.yard.found(NAME, number), "160378")
    raise Refusal("404", "Not found", 404)


def error(refusal: Refusal) -> Any:
    """USPS's form."""
    told = {"code": refusal.code, "detail": refusal.message}
    return {"error": {"code": str(refusal.status), "message": "Refused", "errors": [told]}}


def _token(desk: Desk, request: Request) -> Answer:
    given = desk.json(request).body
    desk.check_client(*map(given.get, ("client_id", "client_secret", "grant_type")))
    token = desk.tokens.give(NAME)
    return Answer(200, {"access_token": token, "expires_in": str(desk.tokens.seconds)})


def _authorized(desk: Desk, fields: Fields) -> Answer:
    for number, role in enumerate(("PAYER", "LABEL_OWNER")):
        whose = fields.at("roles", number)
        whose.must_be(role, "roleName")
        whose.must_be(CRID, "CRID")
        whose.must_be(MID, "MID")
        whose.must_be("EPS", "accountType")
        whose.must_be(USPS_ACCOUNT, "accountNumber")
    return Answer(200, {"paymentAuthorizationToken": desk.tokens.give(PAYMENT)})


def _labelled(desk: Desk, request: Request) -> Answer:
    fields, key = desk.json(request), _key(request)
    fields.text("imageInfo", "imageType")
    fields.must_be("4X6LABEL", "imageInfo", "labelType")
    for party in ("fromAddress", "toAddress"):
        _check_address(fields.at(party))
    package = fields.at("packageDescription")
    code = package.text("mailClass")
    package.must_be(RATES.get(code, "SP"), "rateIndicator")
    package.must_be("lb", "weightUOM")
    package.must_be("in", "dimensionsUOM")
    package.number("weight", most=MOST_POUNDS)
    for side in ("length", "width", "height"):
        package.number(side, most=MOST_INCHES)
    for name in ("processingCategory", "destinationEntryFacilityType", "mailingDate"):
        package.text(name)
    to = fields.at("toAddress")
    parcel = desk.yard.sell(
        Wish(
            carrier=NAME,
            level=desk.level(LEVELS, code, "160001"),
            reference=package.text("customerReference", 0, "referenceNumber", most=30),
            handle=key,
            postal_code=to.text("ZIPCode"),
            destination=f"{to.text('city')}, {to.text('state')}",
        )
    )
    return _parts(parcel)


def _check_address(address: Fields) -> None:
    if "firm" not in address.body:
        address.text("firstName", most=50)
        address.text("lastName", most=50)
    address.text("streetAddress", most=50)
    address.text("city", most=28)
    address.text("state", most=2)
    code = address.text("ZIPCode", most=5)
    if not (code.isdigit() and len(code) == 5):
        raise Refusal("160105", "ZIPCode has five digits")


def _key(request: Request) -> str:
    given = request.headers.get("x-idempotency-key", "")
    try:
        return str(UUID(given))
    except ValueError:
        raise Refusal("160400", "X-Idempotency-Key is a UUID") from None


def _parts(parcel: Parcel) -> Answer:
    """The label as USPS sends it: the facts and the picture, one after the other."""
    facts = json.dumps({"trackingNumber": parcel.tracking_number, "postage": 7.64})
    lines = [
        f"--{BOUNDARY}",
        "Content-Type: application/json",
        'Content-Disposition: form-data; name="labelMetadata"',
        "",
        facts,
        f"--{BOUNDARY}",
        "Content-Type: application/zpl",
        'Content-Disposition: form-data; filename="labelImage.zpl"; name="labelImage"',
        "",
        paper(parcel),
        f"--{BOUNDARY}--",
        "",
    ]
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return Answer(200, "\r\n".join(lines), kind)


def _reprinted(parcel: Parcel | None, unknown: str) -> Answer:
    if parcel is None:
        raise Refusal(unknown, "nothing was sold under that")
    if parcel.voided_at is not None:
        raise Refusal("160979", "Canceled labels are unavailable for reprint")
    return _parts(parcel)


def _cancelled(desk: Desk, number: str) -> Answer:
    parcel = desk.yard.found(NAME, number)
    if parcel is None:
        raise Refusal("160378", "unknown tracking number")
    if parcel.voided_at is not None:
        raise Refusal("160980", "one refund a day")
    if parcel.handed_over_at is not None:
        raise Refusal("160981", "it is on its way")
    desk.yard.void(number)
    return Answer(200, {"trackingNumber": number, "status": "CANCELED"})


def _tracked(desk: Desk, fields: Fields) -> Answer:
    number = fields.text(0, "trackingNumber")
    parcel = desk.yard.found(NAME, number)
    if parcel is None:
        return Answer(207, [{"trackingNumber": number, "error": {"message": "not found"}}])
    events = [
        {
            "eventCode": CODES.get(scan["status"]) or ON_THE_WAY.get(scan["description"], "10"),
            "eventType": scan["description"],
            "GMTTimestamp": datetime.fromtimestamp(scan["at"], UTC).isoformat(),
            **dict(zip(("eventCity", "eventState"), scan["location"].split(", "), strict=False)),
        }
        for scan in reversed(parcel.scans)
    ]
    return Answer(200, [{"trackingNumber": number, "trackingEvents": events}])
