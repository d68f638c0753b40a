"""Short ways to ask the peers, without a socket and without our own end."""

import base64
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tools.carriers_emulator.accounts import (
    CLIENT,
    CRID,
    FEDEX_ACCOUNT,
    MID,
    SECRETS,
    UPS_ACCOUNT,
    USPS_ACCOUNT,
)
from tools.carriers_emulator.service import Emulator
from tools.stripe_emulator.wire import Answer, Request

JSON = {"content-type": "application/json"}
KEY = str(UUID(int=1, version=4))
REFERENCE = "ORDER000000A-S1-0123456789"


def _fedex_party(street: str) -> dict[str, Any]:
    return {
        "contact": {"personName": "Ada Byron", "phoneNumber": "7755550100"},
        "address": {
            "streetLines": [street],
            "city": "Reno",
            "stateOrProvinceCode": "NV",
            "postalCode": "89502",
            "countryCode": "US",
        },
    }


FEDEX: dict[str, Any] = {
    "labelResponseOptions": "LABEL",
    "accountNumber": {"value": FEDEX_ACCOUNT},
    "requestedShipment": {
        "shipper": _fedex_party("1 Warehouse Way"),
        "recipients": [_fedex_party("1 Main St")],
        "shipDatestamp": "2026-01-25",
        "serviceType": "FEDEX_GROUND",
        "packagingType": "YOUR_PACKAGING",
        "pickupType": "USE_SCHEDULED_PICKUP",
        "shippingChargesPayment": {"paymentType": "SENDER"},
        "labelSpecification": {"imageType": "ZPLII", "labelStockType": "STOCK_4X6"},
        "requestedPackageLineItems": [
            {
                "weight": {"units": "LB", "value": 2},
                "dimensions": {"length": 12, "width": 9, "height": 4, "units": "IN"},
                "customerReferences": [
                    {"customerReferenceType": "CUSTOMER_REFERENCE", "value": REFERENCE}
                ],
            }
        ],
    },
}


def _ups_party(street: str) -> dict[str, Any]:
    return {
        "Name": "Ada Byron",
        "Phone": {"Number": "7755550100"},
        "Address": {
            "AddressLine": [street],
            "City": "Reno",
            "StateProvinceCode": "NV",
            "PostalCode": "89502",
            "CountryCode": "US",
        },
    }


UPS: dict[str, Any] = {
    "ShipmentRequest": {
        "Request": {"RequestOption": "nonvalidate"},
        "Shipment": {
            "Shipper": _ups_party("1 Warehouse Way") | {"ShipperNumber": UPS_ACCOUNT},
            "ShipTo": _ups_party("1 Main St"),
            "ShipFrom": _ups_party("1 Warehouse Way"),
            "PaymentInformation": {
                "ShipmentCharge": [{"Type": "01", "BillShipper": {"AccountNumber": UPS_ACCOUNT}}]
            },
            "Service": {"Code": "03"},
            "Package": [
                {
                    "Packaging": {"Code": "02"},
                    "Dimensions": {"Length": "12", "Width": "9", "Height": "4"},
                    "PackageWeight": {"UnitOfMeasurement": {"Code": "LBS"}, "Weight": "2"},
                    "ReferenceNumber": [{"Code": "TN", "Value": REFERENCE}],
                }
            ],
        },
        "LabelSpecification": {
            "LabelImageFormat": {"Code": "ZPL"},
            "LabelStockSize": {"Height": "6", "Width": "4"},
        },
    }
}
_USPS_ADDRESS = {
    "firstName": "Ada",
    "lastName": "Byron",
    "streetAddress": "1 Main St",
    "city": "Reno",
    "state": "NV",
    "ZIPCode": "89502",
}
USPS: dict[str, Any] = {
    "imageInfo": {"imageType": "ZPL203DPI", "labelType": "4X6LABEL"},
    "fromAddress": dict(_USPS_ADDRESS),
    "toAddress": dict(_USPS_ADDRESS),
    "packageDescription": {
        "mailClass": "USPS_GROUND_ADVANTAGE",
        "rateIndicator": "SP",
        "processingCategory": "MACHINABLE",
        "destinationEntryFacilityType": "NONE",
        "mailingDate": "2026-01-25",
        "weightUOM": "lb",
        "weight": 2,
        "dimensionsUOM": "in",
        "length": 12,
        "width": 9,
        "height": 4,
        "customerReference": [{"referenceNumber": REFERENCE}],
    },
}
SALES: dict[str, tuple[str, dict[str, Any]]] = {
    "fedex": ("ship/v1/shipments", FEDEX),
    "ups": ("api/shipments/v2409/ship", UPS),
    "usps": ("labels/v3/label", USPS),
}
ROLES = [
    {
        "roleName": role,
        "CRID": CRID,
        "MID": MID,
        "accountType": "EPS",
        "accountNumber": USPS_ACCOUNT,
    }
    for role in ("PAYER", "LABEL_OWNER")
]


class Time:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_769_342_400.0

    def __call__(self) -> float:
        return self.seconds


class Asker:
    """A client of peers in which nothing has happened."""

    def __init__(self) -> None:
        self.time = Time()
        self.emulator = Emulator(now=self.time, step_seconds=10)

    async def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The whole answer; a body that is no bytes goes as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = ({} if isinstance(body, bytes) else JSON) | dict(headers or {})
        return await self.emulator.answer(
            Request(method, f"/{path}", "", given, b"" if body is None else raw)
        )

    async def token(self, carrier: str, secret: str = SECRETS[0], client: str = CLIENT) -> Answer:
        """What is answered to who asks for a token as each carrier wants it."""
        words = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        match carrier:
            case "fedex":
                return await self.send("POST", "fedex/oauth/token", urlencode(words).encode())
            case "ups":
                pair = base64.b64encode(f"{client}:{secret}".encode()).decode()
                body = b"grant_type=client_credentials"
                basic = {"authorization": f"Basic {pair}"}
                return await self.send("POST", "ups/security/v1/oauth/token", body, basic)
        return await self.send("POST", "usps/oauth2/v3/token", words)

    async def let_in(self, carrier: str) -> dict[str, str]:
        """The headers of somebody who may do everything."""
        token = (await self.token(carrier)).body["access_token"]
        headers = {"authorization": f"Bearer {token}", "transid": "t1", "transactionsrc": "tests"}
        if carrier == "usps":
            path = "usps/payments/v3/payment-authorization"
            paid = await self.send("POST", path, {"roles": ROLES}, headers)
            token = paid.body["paymentAuthorizationToken"]
            headers |= {"x-payment-authorization-token": token, "x-idempotency-key": KEY}
        return headers

    async def buy(self, carrier: str, *change: Any) -> Answer:
        """What is answered to who wants a label; ``change`` is a path in the body and what to put there."""
        path, usual = SALES[carrier]
        body = deepcopy(usual)
        if change:
            *way, last, value = change
            part = body
            for step in way:
                part = part[step]
            part[last] = value
        return await self.send("POST", f"{carrier}/{path}", body, await self.let_in(carrier))

    @property
    def numbers(self) -> list[str]:
        """All tracking numbers, oldest first."""
        return [one.tracking_number for one in self.emulator.yard.parcels()]


def code(answer: Answer) -> str:
    """The code of a refusal, in whichever form."""
    told = answer.body.get("response", answer.body)
    errors = told.get("errors") or told["error"]["errors"]
    return str(errors[0]["code"])
