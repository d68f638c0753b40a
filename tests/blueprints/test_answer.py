"""What every answer carries, and when a browser is told that it has it already."""

import pytest

from tests.blueprints.goods import ADDRESS, CANDLE, EMAIL, ORDER
from tests.blueprints.harness import Web

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "cross-origin-resource-policy": "same-site",
}
PUBLIC = "public, max-age=60"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/api/products", 200),
        ("GET", "/api/products?limit=0", 400),
        ("GET", "/api/cart", 401),
        ("GET", "/api/products/nothing", 404),
        ("POST", "/api/auth/guest", 201),
    ],
)
async def test_every_answer_carries_the_security_headers(
    web: Web, method: str, path: str, status: int
) -> None:
    answer = await web.send(method, path)

    assert answer.status_code == status
    assert {name: answer.headers[name] for name in SECURITY} == SECURITY


async def test_a_plain_request_id_is_kept_and_begins_the_correlation(web: Web) -> None:
    answer = await web.get("/health/live", **{"X-Request-Id": "shop-1.a_b"})

    assert answer.headers["x-request-id"] == "shop-1.a_b"
    assert answer.headers["x-correlation-id"] == "shop-1.a_b"


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "<script>", "a\u00e9"])
async def test_a_request_id_that_is_no_plain_word_is_replaced(web: Web, given: str) -> None:
    answer = await web.get("/health/live", **{"X-Request-Id": given})

    made = answer.headers["x-request-id"]
    assert made != given
    assert len(made) == 36
    assert answer.headers["x-correlation-id"] == made


async def test_a_correlation_is_carried_on_beside_the_request_id(web: Web) -> None:
    answer = await web.get("/health/live", **{"X-Request-Id": "r", "X-Correlation-Id": "c"})

    assert (answer.headers["x-request-id"], answer.headers["x-correlation-id"]) == ("r", "c")


async def test_an_error_names_the_request_that_it_answers(web: Web) -> None:
    answer = await web.get("/api/cart", **{"X-Request-Id": "r-9"})

    assert answer.json()["error"]["request_id"] == "r-9"


async def test_the_trace_of_a_request_reaches_the_events_that_follow_from_it(web: Web) -> None:
    guest = await web.guest()
    await guest.send("POST", "/api/cart/items", {"product_id": CANDLE})
    trace = {"traceparent": TRACEPARENT, "X-Request-Id": "r-1", "X-Correlation-Id": "c-1"}
    before = len(await web.events())

    await guest.send("POST", "/api/orders", ORDER, **trace)

    (created,) = (await web.events())[before:]
    assert created.properties["event_type"] == "OrderCreated"
    assert created.properties["traceparent"] == TRACEPARENT
    assert created.properties["correlation_id"] == "c-1"
    assert created.properties["causation_id"] == "r-1"


async def test_what_is_no_traceparent_is_not_carried_on(web: Web) -> None:
    guest = await web.guest()
    await guest.send("POST", "/api/cart/items", {"product_id": CANDLE})

    await guest.send("POST", "/api/orders", ORDER, traceparent="00-zz-01")

    assert "traceparent" not in (await web.events())[-1].properties


@pytest.mark.parametrize(
    "path",
    [
        "/api/products",
        "/api/products/featured",
        "/api/products/search?q=candle",
        "/api/products/filters",
        "/api/products/pine-candle",
        "/api/products/pine-candle/related",
        "/api/categories",
        "/api/categories/home",
        "/api/banners/active",
        "/api/openapi.json",
        "/api/docs",
    ],
)
async def test_what_belongs_to_nobody_may_be_kept_for_a_minute(web: Web, path: str) -> None:
    assert (await web.get(path)).headers["cache-control"] == PUBLIC


@pytest.mark.parametrize(
    "path", ["/health", "/api/recommendations", "/api/products/pine-candle/inventory"]
)
async def test_what_changes_or_is_personal_is_never_kept(web: Web, path: str) -> None:
    assert (await web.get(path)).headers["cache-control"] == "no-store"


async def test_an_error_of_a_public_page_is_never_kept(web: Web) -> None:
    assert (await web.get("/api/products/nothing")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "given", ["{tag}", "W/{tag}", '"other", {tag}', '"other",W/{tag} , "more"', "*"]
)
async def test_who_has_the_answer_already_is_told_so_without_a_body(web: Web, given: str) -> None:
    first = await web.get("/api/products/pine-candle")
    tag = first.headers["etag"]

    again = await web.get(
        "/api/products/pine-candle", **{"If-None-Match": given.replace("{tag}", tag)}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["cache-control"] == PUBLIC


@pytest.mark.parametrize("given", ['"other"', "", "{bare}", '"a*", "*"', '"{bare}'])
async def test_another_tag_brings_the_whole_answer(web: Web, given: str) -> None:
    first = await web.get("/api/products/pine-candle")
    bare = first.headers["etag"].strip('"')

    again = await web.get(
        "/api/products/pine-candle", **{"If-None-Match": given.replace("{bare}", bare)}
    )

    assert (again.status_code, again.content) == (200, first.content)


async def test_an_order_that_has_not_moved_is_not_sent_again(web: Web) -> None:
    guest = await web.guest()
    await guest.send("POST", "/api/cart/items", {"product_id": CANDLE})
    order = {"shipping_address": ADDRESS, "email": EMAIL}
    path = f"/api/orders/{(await guest.send('POST', '/api/orders', order)).json()['id']}"
    tag = (await guest.send("GET", path)).headers["etag"]

    still = await guest.send("GET", path, **{"If-None-Match": tag})
    await guest.send("POST", f"{path}/cancel")
    moved = await guest.send("GET", path, **{"If-None-Match": tag})

    assert (still.status_code, still.headers["cache-control"]) == (304, "no-store")
    assert (moved.status_code, moved.json()["status"]) == (200, "cancelling")


async def test_a_write_has_no_entity_tag(web: Web) -> None:
    assert "etag" not in (await web.send("POST", "/api/auth/guest")).headers


async def test_the_operation_count_is_told_on_a_developers_machine_only(web: Web) -> None:
    here = await web.get("/api/products/pine-candle/inventory")
    web.set(local=False)
    there = await web.get("/api/products/pine-candle/inventory")

    assert here.headers["x-store-operations"] == "3"
    assert "x-store-operations" not in there.headers
