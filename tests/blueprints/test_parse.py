"""What does not parse is refused, every field named, and nothing is changed."""

import json
from typing import Any

import httpx
import pytest

from local.protos import RpcHttp, TypedData
from tests.blueprints.goods import ADDRESS, CANDLE, ORDER
from tests.blueprints.harness import Guest, Web, code

JSON = {"Content-Type": "application/json"}
MEBIBYTE = 1024 * 1024


def fields(answer: httpx.Response) -> list[str]:
    """The names of the fields that are at fault."""
    assert code(answer) == (400, "INVALID_REQUEST")
    return [fault["field"] for fault in answer.json()["error"]["details"]["fields"]]


@pytest.fixture
async def guest(web: Web) -> Guest:
    return await web.guest()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"product_id": "x",}',
        b'{"product_id": "\xff\xfe"}',
        b'{"product_id": "\\ud800"}',
        b'{"product_id": NaN}',
        b"[" * 100_000,
        b'{"quantity": ' + b"9" * 10_000 + b"}",
        b"null",
        b"[]",
        b'"text"',
        b"7",
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(
    web: Web, guest: Guest, body: bytes
) -> None:
    with web.unchanged():
        answer = await guest.send("POST", "/api/cart/items", body, **JSON)

    assert fields(answer)


@pytest.mark.parametrize(
    ("change", "at_fault"),
    [
        ({"product_id": 7}, ["product_id"]),
        ({"product_id": None}, ["product_id"]),
        ({"product_id": ""}, ["product_id"]),
        ({"product_id": "   "}, ["product_id"]),
        ({"product_id": "x" * 101}, ["product_id"]),
        ({"quantity": 0}, ["quantity"]),
        ({"quantity": -1}, ["quantity"]),
        ({"quantity": 1000}, ["quantity"]),
        ({"quantity": 10**30}, ["quantity"]),
        ({"quantity": 1.5}, ["quantity"]),
        ({"quantity": "1"}, ["quantity"]),
        ({"quantity": True}, ["quantity"]),
        ({"quantity": [1]}, ["quantity"]),
        ({"variant_id": 7}, ["variant_id"]),
        ({"surprise": 1}, ["surprise"]),
        ({"quantity": 0, "surprise": 1, "product_id": 7}, ["product_id", "quantity", "surprise"]),
    ],
)
async def test_each_field_at_fault_is_named(
    web: Web, guest: Guest, change: dict[str, Any], at_fault: list[str]
) -> None:
    with web.unchanged():
        answer = await guest.send("POST", "/api/cart/items", {"product_id": CANDLE} | change)

    assert sorted(fields(answer)) == at_fault


async def test_an_empty_body_lacks_what_is_required(web: Web, guest: Guest) -> None:
    assert fields(await guest.send("POST", "/api/cart/items")) == ["product_id"]


async def test_fields_inside_others_are_named_by_their_path(web: Web, guest: Guest) -> None:
    body = ORDER | {"shipping_address": ADDRESS | {"line1": "", "planet": "Mars"}}

    found = fields(await guest.send("POST", "/api/orders", body))

    assert sorted(found) == ["shipping_address.line1", "shipping_address.planet"]


async def test_a_number_as_text_is_no_number(web: Web, guest: Guest) -> None:
    answer = await guest.send("POST", "/api/orders", ORDER | {"expected_total": "12.50"})

    assert fields(answer) == ["expected_total"]


async def test_at_most_fifty_faults_are_told(web: Web, guest: Guest) -> None:
    body = {f"field_{number}": 1 for number in range(200)}

    assert len(fields(await guest.send("POST", "/api/cart/items", body))) == 50


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml"])
async def test_another_kind_of_body_is_refused(web: Web, guest: Guest, kind: str) -> None:
    body = json.dumps({"product_id": CANDLE}).encode()

    with web.unchanged():
        answer = await guest.send("POST", "/api/cart/items", body, **{"Content-Type": kind})

    assert code(answer) == (400, "INVALID_REQUEST")
    assert answer.json()["error"]["message"] == "Send the body as application/json."


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/merge-patch+json"]
)
async def test_json_by_its_other_names_is_read(web: Web, guest: Guest, kind: str) -> None:
    body = json.dumps({"product_id": CANDLE}).encode()

    answer = await guest.send("POST", "/api/cart/items", body, **{"Content-Type": kind})

    assert answer.status_code == 201


async def test_the_host_lets_no_large_body_in(web: Web, guest: Guest) -> None:
    with web.unchanged():
        answer = await guest.send("POST", "/api/cart/items", b"x" * (MEBIBYTE + 1), **JSON)

    assert answer.status_code == 413


async def _past_the_host(web: Web, headers: dict[str, str], body: bytes) -> tuple[int, str]:
    """What the app itself says to a body that Azure's host would let through."""
    request = RpcHttp(
        method="POST",
        url="http://localhost/api/cart/items",
        headers={name.lower(): value for name, value in headers.items()},
        params={},
        query={},
        body=TypedData(bytes=body) if body else TypedData(),
    )
    worker, function = web.door.worker, web.door.function("cart_add_item")
    returned = await worker.invoke(function, TypedData(http=request), {})
    assert returned is not None
    return int(returned.http.status_code), json.loads(returned.http.body.bytes)["error"]["code"]


async def test_the_app_reads_no_large_body_either(web: Web, guest: Guest) -> None:
    found = await _past_the_host(web, guest.headers, b" " * (MEBIBYTE + 1))

    assert found == (413, "PAYLOAD_TOO_LARGE")


async def test_a_chunked_body_is_asked_for_its_length(web: Web, guest: Guest) -> None:
    async def chunks() -> Any:
        yield b"{}"

    chunked = guest.headers | {"Transfer-Encoding": "chunked"}
    by_host = await web.client.post("/api/cart/items", content=chunks(), headers=guest.headers)

    assert code(by_host) == (411, "LENGTH_REQUIRED")
    assert await _past_the_host(web, chunked, b"") == (411, "LENGTH_REQUIRED")


@pytest.mark.parametrize(
    ("path", "at_fault"),
    [
        ("/api/products?limit=0", ["limit"]),
        ("/api/products?limit=101", ["limit"]),
        ("/api/products?limit=-1", ["limit"]),
        ("/api/products?limit=ten", ["limit"]),
        ("/api/products?limit=1.5", ["limit"]),
        ("/api/products?limit=1&limit=2", ["limit"]),
        ("/api/products?limit=99999999999999999999999", ["limit"]),
        ("/api/products?page=0", ["page"]),
        ("/api/products?sort=luck", ["sort"]),
        ("/api/products?order=up", ["order"]),
        ("/api/products?category=No%20Slug", ["category"]),
        ("/api/products?category=%00", ["category"]),
        ("/api/products?colour=red", ["colour"]),
        ("/api/products?limit=0&colour=red", ["colour", "limit"]),
        ("/api/products/search", ["q"]),
        ("/api/products/search?q=", ["q"]),
        ("/api/products/search?q=%20%20", ["q"]),
        ("/api/products/search?q=" + "x" * 201, ["q"]),
        ("/api/categories?offset=-1", ["offset"]),
        ("/api/categories?offset=1000", ["offset"]),
        ("/api/products/pine-candle/delivery-estimate?country=usa", ["country"]),
        ("/api/products/pine-candle/delivery-estimate?quantity=1000", ["quantity"]),
        ("/api/orders/0?email=" + "x" * 255, ["email"]),
    ],
)
async def test_each_query_parameter_at_fault_is_named(
    web: Web, path: str, at_fault: list[str]
) -> None:
    assert sorted(fields(await web.get(path))) == at_fault


async def test_an_empty_query_value_is_as_good_as_none(web: Web) -> None:
    answer = await web.get("/api/products?limit=&category=&cursor=&filters=")

    assert (answer.status_code, answer.json()["limit"]) == (200, 20)
