"""UPS: Shipping v2409, Label Recovery v1 and Tracking v1.

From UPS's OpenAPI documents (github.com/UPS-API/api-documentation: OAuthClientCredentials, Shipping, Tracking):
paths, ``ShipmentRequest`` and what is required in it, ``ShipmentResults``, ``trackResponse``, the headers ``transId``
and ``transactionSrc``. The letters of ``status.type`` are of the Tracking developer guide (D delivered, I in transit,
M billing information received, MV voided, O out for delivery, P pickup, RS returned to shipper, X exception).

**Look-up.** Label Recovery finds a label by our reference number and our account, which the documents say, and,
as a probe published by another project in September 2026 measured in production, within a second of the sale;
9801031 is "not found", 9801040 "has been voided". A reference has at most 35 characters.

UPS bills a label at the end of its day unless the account is billed by scans, and gives it back for 90 days.

Not confirmed: that Label Recovery gives ZPL (the probe took a GIF); that a package's reference is found for every
service; which codes a refused parcel comes with (any code of a 400 or 422 counts as a refusal).
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from adapters.carriers.api import Api
from adapters.carriers.call import TRACKING, Answer, Call, Grant
from adapters.carriers.selling import (
    NotFound,
    Parcel,
    Place,
    Sold,
    lines_of,
    name_of,
    phone_of,
    sold,
)
from adapters.carriers.settings import Account
from usecases.ports.carriers import CarrierBusy, NoLabel, Scan, ScanStatus

LEVELS: Final = MappingProxyType({"Next Day Air": "01", "2nd Day Air": "02", "Ground": "03"})
SEEN: Final[Mapping[str, ScanStatus]] = MappingProxyType(
    {"M": "label_created", "O": "out_for_delivery", "D": "delivered", "RS": "failed"}
)
"""Types of activity; every other is a parcel on its way, an exception (X) too: UPS tries again."""
NO_SCAN: Final = frozenset({"MV", "NA"})
"""Our own cancellation, and nothing at all."""

NOT_FOUND: Final = "9801031"
VOIDED: Final = "9801040"
OF_THE_SHIPPER: Final = "TN"
"""The kind of a reference number: a transaction's."""
LINE: Final = 35
PAPER: Final = MappingProxyType(
    {"LabelImageFormat": {"Code": "ZPL"}, "LabelStockSize": {"Height": "6", "Width": "4"}}
)


class Ups:
    """UPS as ``account`` has it."""

    codes = LEVELS

    def __init__(self, account: Account, api: Api) -> None:
        self._account, self._api = account, api

    async def buy(self, parcel: Parcel) -> Sold:
        """A label that our account pays, for a printer of labels."""
        number = self._account.ids["ACCOUNT"]
        charge = {"Type": "01", "BillShipper": {"AccountNumber": number}}
        shipment = {
            "Shipper": _party(parcel.sender, parcel.sender) | {"ShipperNumber": number},
            "ShipTo": _party(parcel.to, parcel.sender),
            "ShipFrom": _party(parcel.sender, parcel.sender),
            "PaymentInformation": {"ShipmentCharge": [charge]},
            "Service": {"Code": parcel.code},
            "Package": [_package(parcel)],
        }
        body = {
            "ShipmentRequest": {
                "Request": {"RequestOption": "nonvalidate"},
                "Shipment": shipment,
                "LabelSpecification": dict(PAPER),
            }
        }
        answer = await self._api.ask(
            _call("POST", "/api/shipments/v2409/ship", parcel.reference, body)
        )
        package = ("ShipmentResponse", "ShipmentResults", "PackageResults", 0)
        label = Sold(
            answer.text(*package, "TrackingNumber"),
            answer.text(*package, "ShippingLabel", "GraphicImage"),
        )
        return sold(answer, label, code=_code(answer), message=_message(answer))

    async def find(self, reference: str) -> Sold | NotFound:
        """What Label Recovery has under the reference; a label that is void already is none."""
        whose = {
            "ReferenceNumber": {"Value": reference},
            "ShipperNumber": self._account.ids["ACCOUNT"],
        }
        answer = await self._recovered({"ReferenceValues": whose}, reference)
        number = answer.text("LabelRecoveryResponse", "ShipmentIdentificationNumber")
        if number:
            return Sold(number, _recovered_paper(answer))
        if _code(answer) in (NOT_FOUND, VOIDED):
            return NotFound()
        raise CarrierBusy(f"UPS cannot say what it has sold: {answer.status} {_code(answer)}")

    async def void(self, tracking_number: str) -> None:
        """Void the shipment of one package, whose number is the package's."""
        path = f"/api/shipments/v2409/void/cancel/{quote(tracking_number, safe='')}"
        answer = await self._api.ask(_call("DELETE", path, tracking_number))
        if answer.is_yes or await self._is_void(tracking_number):
            return
        raise NoLabel(_code(answer) or "UPS does not take the label back")

    async def track(self, tracking_number: str) -> Sequence[Scan]:
        """Its activities; 404 for an unknown number."""
        path = f"/api/track/v1/details/{quote(tracking_number, safe='')}"
        call = replace(_call("GET", path, tracking_number), desk=TRACKING)
        answer = await self._api.ask(call)
        found = answer.at("trackResponse", "shipment", 0, "package", 0, "activity")
        return [_scan(one) for one in found or () if one["status"].get("type") not in NO_SCAN]

    async def _is_void(self, tracking_number: str) -> bool:
        answer = await self._recovered({"TrackingNumber": tracking_number}, tracking_number)
        return _code(answer) == VOIDED

    async def _recovered(self, what: Mapping[str, Any], about: str) -> Answer:
        request = {"LabelSpecification": dict(PAPER), **what}
        body = {"LabelRecoveryRequest": request}
        return await self._api.ask(_call("POST", "/api/labels/v1/recovery", about, body))


def _recovered_paper(answer: Answer) -> str:
    """The label of the only package; one is told by itself, and not in a list."""
    results = answer.at("LabelRecoveryResponse", "LabelResults")
    one = (0,) if isinstance(results, list) else ()
    return answer.text("LabelRecoveryResponse", "LabelResults", *one, "LabelImage", "GraphicImage")


def grant(account: Account) -> Grant:
    """The token: id and secret as HTTP Basic."""

    def request(secret: str) -> tuple[Call, Mapping[str, str]]:
        pair = f"{account.ids['CLIENT_ID']}:{secret}".encode()
        headers = {
            "authorization": f"Basic {b64encode(pair).decode()}",
            "content-type": "application/x-www-form-urlencoded",
        }
        body = b"grant_type=client_credentials"
        return Call("POST", "/security/v1/oauth/token", body), headers

    return Grant("ups", request, secret_name=account.secret_name, seconds=3600)


def _call(method: str, path: str, about: str, body: Any = None) -> Call:
    """A call with the two headers that UPS asks for; ``transId`` has at most 32 characters."""
    return Call(
        method, path, body, headers={"transId": about[:32], "transactionSrc": "holiday-peak"}
    )


def _party(place: Place, sender: Place) -> dict[str, Any]:
    name = name_of(place, 35)
    return {
        "Name": name,
        "AttentionName": name,
        "Phone": {"Number": phone_of(place, sender)},
        "Address": {
            "AddressLine": lines_of(place, width=LINE, most=3),
            "City": place["city"],
            "StateProvinceCode": place["state"],
            "PostalCode": place["postal_code"].replace("-", ""),
            "CountryCode": place["country"],
        },
    }


def _package(parcel: Parcel) -> dict[str, Any]:
    length, width, height = map(_text, parcel.box.inches)
    return {
        "Packaging": {"Code": "02"},
        "Dimensions": {
            "UnitOfMeasurement": {"Code": "IN"},
            "Length": length,
            "Width": width,
            "Height": height,
        },
        "PackageWeight": {
            "UnitOfMeasurement": {"Code": "LBS"},
            "Weight": _text(parcel.box.pounds),
        },
        "ReferenceNumber": [{"Code": OF_THE_SHIPPER, "Value": parcel.reference}],
    }


def _text(number: float) -> str:
    return f"{number:g}"


def _code(answer: Answer) -> str:
    """Errors come without the capital letters of the answers, and at one of two places."""
    return answer.text("response", "errors", 0, "code") or answer.text("errors", 0, "code")


def _message(answer: Answer) -> str:
    return answer.text("response", "errors", 0, "message") or answer.text("errors", 0, "message")


def _scan(activity: Mapping[str, Any]) -> Scan:
    """UPS tells the time of the place and how far that is from Greenwich."""
    status, address = activity["status"], (activity.get("location") or {}).get("address") or {}
    offset = activity.get("gmtOffset") or "+00:00"
    at = datetime.strptime(f"{activity['date']}{activity['time']}{offset}", "%Y%m%d%H%M%S%z")
    parts = (address.get("city"), address.get("stateProvince"))
    return Scan(
        status=SEEN.get(status.get("type", ""), "in_transit"),
        location=", ".join(part for part in parts if part),
        occurred_at=at,
        description=status.get("description") or "",
    )
