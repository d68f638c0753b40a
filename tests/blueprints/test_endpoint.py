"""What the wrapper makes of faults, and the one line that it writes for a request."""

import json
import logging

import pytest

from blueprints._area import Area
from blueprints._endpoint import endpoint
from tests.blueprints.goods import ADDRESS, CANDLE, EMAIL, ORDER
from tests.blueprints.harness import Web, code
from tests.blueprints.test_keys import BrokenStore
from usecases.ports.store import StoreBusy, VersionConflict


async def test_a_bug_is_told_without_its_trace(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    guest = await web.guest()
    web.change(store=BrokenStore(web, RuntimeError("secret detail")))

    answer = await guest.send("GET", "/api/cart", **{"X-Request-Id": "r-1"})

    assert code(answer) == (500, "INTERNAL_SERVER_ERROR")
    assert answer.json()["error"]["request_id"] == "r-1"
    assert answer.json()["error"]["details"] == {}
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    (logged,) = [one for one in caplog.records if one.message == "unexpected"]
    assert logged.exc_info is not None


async def test_a_port_that_is_away_asks_to_come_back(web: Web) -> None:
    guest = await web.guest()
    web.change(store=BrokenStore(web, StoreBusy("away")))

    answer = await guest.send("GET", "/api/cart")

    assert code(answer) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "2"
    assert "away" not in answer.text


async def test_a_change_that_somebody_else_overtook_is_a_conflict(web: Web) -> None:
    guest = await web.guest()
    web.change(store=BrokenStore(web, VersionConflict("changed")))

    assert code(await guest.send("GET", "/api/cart")) == (409, "CONFLICT")


async def test_the_envelope_of_an_error_is_the_plans(web: Web) -> None:
    answer = await web.get("/api/products/nothing", **{"X-Request-Id": "r-1"})

    error = answer.json()["error"]
    assert list(answer.json()) == ["error"]
    assert list(error) == ["code", "message", "details", "timestamp", "request_id"]
    assert error["timestamp"].endswith("Z")
    assert error["details"] == {"product_id": "nothing"}
    assert answer.headers["content-type"] == "application/json"


async def test_a_request_is_one_line_of_the_log_without_anything_personal(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    guest = await web.guest()
    await guest.send("POST", "/api/cart/items", {"product_id": CANDLE})
    caplog.clear()
    caplog.set_level(logging.INFO, "shop")

    path = f"/api/orders?email={EMAIL}"
    answer = await guest.send("POST", path, ORDER, **{"X-Request-Id": "r", "X-Correlation-Id": "c"})

    (line,) = [one for one in caplog.records if one.name == "shop.request"]
    told = {name: value for name, value in vars(line).items() if name in FIELDS}
    assert told == {
        "function": "orders_place_order",
        "method": "POST",
        "route": "api/orders",
        "status": 201,
        "role": "guest",
        "request_id": "r",
        "correlation_id": "c",
        "operations": int(answer.headers["x-store-operations"]),
    }
    assert line.__dict__["milliseconds"] > 0
    everything = json.dumps([vars(one) for one in caplog.records], default=str)
    for secret in (EMAIL, ADDRESS["name"], ADDRESS["line1"], guest.cookie, guest.csrf_token):
        assert secret not in everything


FIELDS = (
    "function",
    "method",
    "route",
    "status",
    "role",
    "request_id",
    "correlation_id",
    "operations",
)


@pytest.mark.parametrize(
    ("path", "status", "role"),
    [("/api/cart", 401, "anonymous"), ("/api/products?limit=0", 400, "anonymous")],
)
async def test_a_refused_request_is_one_line_too(
    web: Web, caplog: pytest.LogCaptureFixture, path: str, status: int, role: str
) -> None:
    caplog.set_level(logging.INFO, "shop")

    await web.get(path)

    (line,) = [vars(one) for one in caplog.records if one.name == "shop.request"]
    assert (line["status"], line["role"], line["operations"]) == (status, role, 0)


def test_a_permission_that_is_not_in_the_table_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="there is no permission 'cart:eat'"):
        endpoint(Area("odd"), "GET", "api/odd", may="cart:eat")
