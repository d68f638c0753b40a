"""USPS: Domestic Labels v3, Payments v3 and Tracking v3r2.

From USPS's examples (github.com/USPS/api-examples: README, domesticlabel-v3-request and -response, their JSON): the
token, ``payment-authorization`` with its two roles, the label request, the answer in parts of which the first is
JSON, ``DELETE`` of a label. Tracking is asked for with an array of at most 35 numbers and answered 200 or 207.

**Look-up.** A label request takes ``X-Idempotency-Key``, a UUID; the same key again sells another label, but
``POST /labels/v3/label-reprint`` with it gives the one that was sold, and
``POST /labels/v3/label-reprint/{number}`` one by its number. That this finds a label within two seconds, and the
codes 160412 (nothing under that key, for a mailing date of the last seven days) and 160979 (was cancelled), is from
a probe in production that another project published in September 2026. A label may be reprinted three times.

USPS takes the postage from the payment account at the sale. It cancels a label of the same day for nothing and
refunds an unused one within 30 days.

Not confirmed: the event codes OF and 09 (01, GX and MA are in a published table), the names of an event's place and
time beyond what clients read, PA as the rate of Priority Mail Express, and which codes a refused parcel comes with
(any code of a 400 or 422 counts as a refusal). The usual quota is 60 requests an hour, of which tracking takes
most.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from adapters.carriers.api import Api
from adapters.carriers.call import TRACKING, Answer, Call, Grant
from adapters.carriers.selling import NotFound, Parcel, Place, Sold, lines_of, sold
from adapters.carriers.settings import Account
from usecases.ports.carriers import CarrierBusy, NoLabel, Scan, ScanStatus

LEVELS: Final = MappingProxyType(
    {
        "Ground Advantage": "USPS_GROUND_ADVANTAGE",
        "Priority Mail Express": "PRIORITY_MAIL_EXPRESS",
    }
)
RATES: Final = MappingProxyType({"PRIORITY_MAIL_EXPRESS": "PA"})
SINGLE_PIECE: Final = "SP"
SEEN: Final[Mapping[str, ScanStatus]] = MappingProxyType(
    {
        "GX": "label_created",
        "MA": "label_created",
        "OF": "out_for_delivery",
        "01": "delivered",
        "09": "failed",
    }
)
"""Event codes; every other is a parcel on its way, a failed attempt too: USPS keeps it for who asks for it."""

NOTHING_SOLD: Final = "160412"
CANCELED: Final = "160979"
GIVEN_BACK: Final = frozenset({"CANCELED", "DISPUTED"})
"""``DISPUTED``: the refund is asked for, since the day's books are closed."""

LABELS: Final = "/labels/v3/label"
REPRINT: Final = "/labels/v3/label-reprint"
PAYMENT: Final = "X-Payment-Authorization-Token"
KEY: Final = "X-Idempotency-Key"
PAYMENT_SECONDS: Final = 7 * 3600
"""USPS lets a payment authorization serve for eight hours."""
PAPER: Final = MappingProxyType(
    {"imageType": "ZPL203DPI", "labelType": "4X6LABEL", "receiptOption": "NONE"}
)
LINE: Final = 50


class Usps:
    """USPS as ``account`` has it."""

    codes = LEVELS

    def __init__(self, account: Account, api: Api) -> None:
        self._api, self._payment = api, {PAYMENT: payment(account)}

    async def buy(self, parcel: Parcel) -> Sold:
        """A label that our payment account pays, for a printer of labels."""
        body = {
            "imageInfo": dict(PAPER),
            "fromAddress": _address(parcel.sender),
            "toAddress": _address(parcel.to),
            "packageDescription": _package(parcel),
        }
        headers = {KEY: key_of(parcel.reference)}
        answer = await self._api.ask(Call("POST", LABELS, body, headers, self._payment))
        label = Sold(answer.text("trackingNumber"), answer.attachment)
        return sold(answer, label, code=_code(answer), message=_message(answer))

    async def find(self, reference: str) -> Sold | NotFound:
        """What was sold under the reference; a label that is cancelled already is none."""
        answer = await self._reprinted(REPRINT, {KEY: key_of(reference)})
        if number := answer.text("trackingNumber"):
            return Sold(number, answer.attachment)
        if _code(answer) in (NOTHING_SOLD, CANCELED):
            return NotFound()
        raise CarrierBusy(f"USPS cannot say what it has sold: {answer.status} {_code(answer)}")

    async def void(self, tracking_number: str) -> None:
        """Cancel the label, or ask for the money."""
        path = f"{LABELS}/{quote(tracking_number, safe='')}"
        answer = await self._api.ask(Call("DELETE", path, tokens=self._payment))
        if answer.text("status") in GIVEN_BACK:
            return
        again = await self._reprinted(f"{REPRINT}/{quote(tracking_number, safe='')}", {})
        if _code(again) != CANCELED:
            raise NoLabel(_code(answer) or "USPS does not take the label back")

    async def track(self, tracking_number: str) -> Sequence[Scan]:
        """Its events; an unknown number answers with an error in the place of them."""
        asked = [{"trackingNumber": tracking_number}]
        answer = await self._api.ask(Call("POST", "/tracking/v3r2/tracking", asked, desk=TRACKING))
        return [_scan(event) for event in answer.at(0, "trackingEvents") or ()]

    async def _reprinted(self, path: str, headers: Mapping[str, str]) -> Answer:
        body = {"imageInfo": dict(PAPER)}
        return await self._api.ask(Call("POST", path, body, headers, self._payment))


def grant(account: Account) -> Grant:
    """The token: id and secret as JSON."""

    def request(secret: str) -> tuple[Call, Mapping[str, str]]:
        body = {
            "grant_type": "client_credentials",
            "client_id": account.ids["CLIENT_ID"],
            "client_secret": secret,
        }
        return Call("POST", "/oauth2/v3/token", body), {}

    return Grant("usps", request, secret_name=account.secret_name, seconds=8 * 3600)


def payment(account: Account) -> Grant:
    """The authorization to pay from our account, for labels of our own."""

    def request(bearer: str) -> tuple[Call, Mapping[str, str]]:
        ids = account.ids
        whose = {
            "CRID": ids["CRID"],
            "MID": ids["MID"],
            "manifestMID": ids["MID"],
            "accountType": "EPS",
            "accountNumber": ids["ACCOUNT"],
        }
        roles = [{"roleName": role, **whose} for role in ("PAYER", "LABEL_OWNER")]
        call = Call("POST", "/payments/v3/payment-authorization", {"roles": roles})
        return call, {"authorization": f"Bearer {bearer}"}

    return Grant(
        "usps-payment", request, field="paymentAuthorizationToken", seconds=PAYMENT_SECONDS
    )


def key_of(reference: str) -> str:
    """The reference as the UUID that USPS wants: always the same one."""
    return str(UUID(bytes=sha256(reference.encode()).digest()[:16], version=4))


def _address(place: Place) -> dict[str, str]:
    """USPS has one line for the street and one for the rest, and names of two parts or a firm."""
    street, *rest = lines_of(place, width=LINE, most=2)
    first, _, last = place["name"].rpartition(" ")
    who = {"firstName": first, "lastName": last} if first else {"firm": last}
    code, _, plus = place["postal_code"].partition("-")
    return {
        **who,
        "streetAddress": street,
        "secondaryAddress": rest[0] if rest else "",
        "city": place["city"],
        "state": place["state"],
        "ZIPCode": code,
        **({"ZIPPlus4": plus} if plus else {}),
    }


def _package(parcel: Parcel) -> dict[str, Any]:
    length, width, height = parcel.box.inches
    return {
        "mailClass": parcel.code,
        "rateIndicator": RATES.get(parcel.code, SINGLE_PIECE),
        "processingCategory": "MACHINABLE",
        "destinationEntryFacilityType": "NONE",
        "mailingDate": parcel.day.isoformat(),
        "weightUOM": "lb",
        "weight": parcel.box.pounds,
        "dimensionsUOM": "in",
        "length": length,
        "width": width,
        "height": height,
        "customerReference": [{"referenceNumber": parcel.reference}],
    }


def _code(answer: Answer) -> str:
    return answer.text("error", "errors", 0, "code") or answer.text("error", "code")


def _message(answer: Answer) -> str:
    return answer.text("error", "errors", 0, "detail") or answer.text("error", "message")


def _scan(event: Mapping[str, Any]) -> Scan:
    at = datetime.fromisoformat(event.get("GMTTimestamp") or event["eventTimestamp"])
    parts = (event.get("eventCity"), event.get("eventState"))
    return Scan(
        status=SEEN.get(event.get("eventCode") or "", "in_transit"),
        location=", ".join(part for part in parts if part),
        occurred_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        description=event.get("eventType") or "",
    )
