"""FedEx: Ship API v1 and Basic Integrated Visibility (Track API v1).

From FedEx's published pages (developer.fedex.com/api/en-us/catalog/{authorization,ship,track}) and clients that were
written after its OpenAPI documents: paths, ``requestedShipment`` and what is required in it,
``transactionShipments[0].masterTrackingNumber`` with ``encodedLabel`` in its first piece, ``cancelledShipment`` and
the codes below, ``scanEvents``. Event types: OC, PU, OD, DL, DE, SE, CA and RS are named there; AE and AO in the
change log of October 2021.

**No look-up.** Ship has none; Track finds a reference number only for a range of days, when FedEx has indexed it
(its own message speaks of up to 24 hours), so that "not found" proves nothing. FedEx bills a label when the parcel
is tendered: one that nobody printed costs nothing.

Not confirmed: that one project may hold both APIs; which codes a refused parcel comes with (any code of a 400 or
422 counts as a refusal); alert 8159 of a repeated cancellation.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

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
from usecases.ports.carriers import NoLabel, Scan, ScanStatus

LEVELS: Final = MappingProxyType(
    {
        "Ground": "FEDEX_GROUND",
        "2Day": "FEDEX_2_DAY",
        "Priority Overnight": "PRIORITY_OVERNIGHT",
    }
)
SEEN: Final[Mapping[str, ScanStatus]] = MappingProxyType(
    {"OC": "label_created", "OD": "out_for_delivery", "DL": "delivered", "RS": "failed"}
)
"""Event types; every other is a parcel on its way, a failed attempt (DE) too: FedEx tries again."""
NO_SCAN: Final = frozenset({"CA"})
"""Our own cancellation."""
VOID_ALREADY: Final = frozenset(
    {
        "CANCELSHIPMENT.TRACKINGNUMBER.DELETED",
        "MASTERTRACKINGID.TRACKINGNUMBER.CANCELLED",
        "SHIPMENT.ALREADY.CANCELLED",
        "SHIPMENT.CANCELEDWITHOUTPICKUP.SUCCESS",
        "8159",
    }
)
LINE: Final = 35


class FedEx:
    """FedEx as ``account`` has it."""

    codes = LEVELS

    def __init__(self, account: Account, api: Api) -> None:
        self._account, self._api = account, api

    async def buy(self, parcel: Parcel) -> Sold:
        """A label of our own account, for a printer of labels."""
        shipment = {
            "shipper": _party(parcel.sender, parcel.sender),
            "recipients": [_party(parcel.to, parcel.sender)],
            "shipDatestamp": parcel.day.isoformat(),
            "serviceType": parcel.code,
            "packagingType": "YOUR_PACKAGING",
            "pickupType": "USE_SCHEDULED_PICKUP",
            "shippingChargesPayment": {"paymentType": "SENDER"},
            "labelSpecification": {"imageType": "ZPLII", "labelStockType": "STOCK_4X6"},
            "requestedPackageLineItems": [_package(parcel)],
        }
        body = {
            "labelResponseOptions": "LABEL",
            "accountNumber": self._number,
            "requestedShipment": shipment,
        }
        answer = await self._api.ask(Call("POST", "/ship/v1/shipments", body))
        sale = ("output", "transactionShipments", 0)
        paper = ("pieceResponses", 0, "packageDocuments", 0, "encodedLabel")
        label = Sold(answer.text(*sale, "masterTrackingNumber"), answer.text(*sale, *paper))
        return sold(answer, label, code=_code(answer), message=answer.text("errors", 0, "message"))

    async def find(self, reference: str) -> NotFound:
        """FedEx cannot be asked."""
        return NotFound(is_sure=False)

    async def void(self, tracking_number: str) -> None:
        """Cancel the shipment of that number."""
        body = {
            "accountNumber": self._number,
            "deletionControl": "DELETE_ALL_PACKAGES",
            "trackingNumber": tracking_number,
        }
        answer = await self._api.ask(Call("PUT", "/ship/v1/shipments/cancel", body))
        code = _code(answer)
        is_void = answer.at("output", "cancelledShipment") is True or code in VOID_ALREADY
        if not is_void:
            raise NoLabel(code or "FedEx does not take the label back")

    async def track(self, tracking_number: str) -> Sequence[Scan]:
        """Its scans; an unknown number answers with an error in the place of them."""
        asked = {"trackingNumberInfo": {"trackingNumber": tracking_number}}
        body = {"includeDetailedScans": True, "trackingInfo": [asked]}
        answer = await self._api.ask(Call("POST", "/track/v1/trackingnumbers", body, desk=TRACKING))
        scans = answer.at("output", "completeTrackResults", 0, "trackResults", 0, "scanEvents")
        return [_scan(one) for one in scans or () if one.get("eventType") not in NO_SCAN]

    @property
    def _number(self) -> dict[str, str]:
        return {"value": self._account.ids["ACCOUNT"]}


def grant(account: Account) -> Grant:
    """The token: id and secret in the form."""

    def request(secret: str) -> tuple[Call, Mapping[str, str]]:
        form = {
            "grant_type": "client_credentials",
            "client_id": account.ids["CLIENT_ID"],
            "client_secret": secret,
        }
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return Call("POST", "/oauth/token", urlencode(form).encode()), kind

    return Grant("fedex", request, secret_name=account.secret_name, seconds=3600)


def _party(place: Place, sender: Place) -> dict[str, Any]:
    contact = {"personName": name_of(place, 70), "phoneNumber": phone_of(place, sender)}
    address = {
        "streetLines": lines_of(place, width=LINE, most=3),
        "city": place["city"],
        "stateOrProvinceCode": place["state"],
        "postalCode": place["postal_code"],
        "countryCode": place["country"],
    }
    return {"contact": contact, "address": address}


def _package(parcel: Parcel) -> dict[str, Any]:
    length, width, height = map(ceil, parcel.box.inches)  # FedEx takes whole inches only
    return {
        "weight": {"units": "LB", "value": parcel.box.pounds},
        "dimensions": {"length": length, "width": width, "height": height, "units": "IN"},
        "customerReferences": [
            {"customerReferenceType": "CUSTOMER_REFERENCE", "value": parcel.reference}
        ],
    }


def _code(answer: Answer) -> str:
    return answer.text("errors", 0, "code") or answer.text("output", "alerts", 0, "code")


def _scan(event: Mapping[str, Any]) -> Scan:
    place = event.get("scanLocation") or {}
    parts = (place.get("city"), place.get("stateOrProvinceCode"))
    at = datetime.fromisoformat(event["date"])
    return Scan(
        status=SEEN.get(event.get("eventType", ""), "in_transit"),
        location=", ".join(part for part in parts if part),
        occurred_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        description=event.get("eventDescription") or "",
    )
