"""Carries what Schemathesis thinks of to the app and back, without a socket."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import requests
import schemathesis
from schemathesis import Case, Response

from adapters.sqlite.file import SqliteFile
from blueprints._areas import AREAS
from blueprints._openapi import document
from domain.access import Role
from tests.blueprints.clock import MovedClock
from tests.blueprints.goods import ORDER
from tests.blueprints.harness import BASE, Door, Guest, Web, client_of, shop_in
from tests.blueprints.steps import promotes

NOT_CHECKED: Final = (
    "unsupported_method",  # the Functions host answers a wrong method by 404
    "missing_required_header",  # no header is required
    "ignored_auth",  # it asks as nobody; here everybody is somebody
    "positive_data_acceptance",  # a filter or a cursor is more than its JSON Schema can say
    "use_after_free",
    "ensure_resource_availability",
)
CONFIG: Final = {
    "generation": {"mode": "all"},
    "checks": {name: {"enabled": False} for name in NOT_CHECKED},
}


LINKS: Final = (
    ("GET /api/products", "200", "cart_add_item", {"product_id": "$response.body#/items/0/id"}),
    ("POST /api/cart/items", "201", "orders_place_order", ORDER),
    ("POST /api/cart/items", "201", "checkout_apply_promo", {"code": "TEN"}),
    ("POST /api/checkout/promo", "200", "orders_place_order", ORDER),
    ("POST /api/orders", "201", "payments_create_intent", {"order_id": "$response.body#/id"}),
    (
        "POST /api/payments/create-intent",
        "200",
        "payments_confirm",
        {"payment_intent_id": "$response.body#/id", "payment_method": "pm_card_visa"},
    ),
)
"""How a shopper goes on: after which answer, to which operation, with which body."""

ROLES: Final = (
    ("/api/staff", Role.STAFF),
    ("/api/admin", Role.ADMIN),
    ("/api/users", Role.CUSTOMER),
    ("/api/tickets", Role.CUSTOMER),
    ("/api/wishlist", Role.CUSTOMER),
    ("/api/cart/merge", Role.CUSTOMER),
    ("/api/auth/me", Role.CUSTOMER),
)
"""Where a path begins, to who may go on; a guest everywhere else."""


def described() -> Any:
    """The shop's own description of its API, as Schemathesis reads it, with the shopper's way in it."""
    api = document(AREAS, "test")
    for before, status, after, body in LINKS:
        method, _, path = before.partition(" ")
        link = {"operationId": after, "requestBody": body, "x-schemathesis": {"merge_body": False}}
        answer = api["paths"][path][method.lower()]["responses"][status]
        answer.setdefault("links", {})[after] = link
    for after in ("cart_change_item", "cart_remove_item"):
        line = {"id": "$response.body#/items/0/cart_item_id"}
        answer = api["paths"]["/api/cart/items"]["post"]["responses"]["201"]
        answer["links"][after] = {"operationId": after, "parameters": line}
    return schemathesis.openapi.from_dict(api, config=schemathesis.Config.from_dict(CONFIG))


class Wire:
    """A shop of its own, a guest and a member of staff, for calls that are not async."""

    def __init__(self, door: Door, stocked: Path, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._door, self._stocked, self._path = door, stocked, folder / "shop.db"
        self._client = client_of(door.app)
        self.answers: Counter[str] = Counter()
        self._open()

    def start_anew(self) -> None:
        """Another shop with the same goods, and another guest, as if nothing had happened."""
        self._file.close()
        for path in self._path.parent.glob("shop.db*"):
            path.unlink()
        self._open()

    def _open(self) -> None:
        shutil.copy(self._stocked, self._path)
        self._file = SqliteFile(self._path, synchronous="OFF")
        self._shop = shop_in(self._file, MovedClock(), HPH_LIMIT_SCALE="1000000")
        self._web = Web(self._door, self._path, self._file, MovedClock(), self._client)
        self._guest: Guest = self.run(self._web.guest())
        self.run(promotes(self._web, "TEN"))

    def run(self, work: Any) -> Any:
        """Run until it is done, with this shop behind the door."""
        self._door.shop = self._shop
        return self._runner.run(work)

    def send(self, case: Case[Any]) -> Response:
        """Send the case as whoever may do it."""
        prepared = requests.Request(**_plain(case.as_transport_kwargs(base_url=BASE))).prepare()
        answer = self.run(
            self._client.request(
                str(prepared.method),
                str(prepared.url),
                content=_bytes(prepared.body),
                headers=self._headers(case, prepared.headers),
            )
        )
        self.answers[f"{case.method} {case.operation.path} {answer.status_code}"] += 1
        return Response.from_any(answer)

    def close(self) -> None:
        """Let everything go."""
        self.run(self._client.aclose())
        self._file.close()
        self._runner.close()
        self._door.shop = None

    def _headers(
        self, case: Case[Any], given: Mapping[str, str | bytes]
    ) -> list[tuple[bytes, bytes]]:
        """What the case sends, from somebody who may do it; made-up identities are left out."""
        role = next((role for start, role in ROLES if case.path.startswith(start)), None)
        who = self._web.token(role) if role else self._guest.headers
        headers = {name.lower(): value for name, value in given.items()}
        headers.pop("authorization", None)
        is_negative = case.meta is not None and case.meta.generation.mode.is_negative
        for name, value in who.items():
            if not (is_negative and name == "X-CSRF-Token" and name.lower() in headers):
                headers[name.lower()] = value
        return [(name.encode(), _bytes(value)) for name, value in headers.items()]


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    names = ("method", "url", "headers", "files", "data", "params", "json")
    return {name: arguments[name] for name in names if name in arguments}


def _bytes(body: Any) -> Any:
    return body.encode("latin-1", "replace") if isinstance(body, str) else body
