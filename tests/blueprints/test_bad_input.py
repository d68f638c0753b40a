"""Cursors, filters and names that nobody gave out: each a clear refusal, and nothing is changed."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.blueprints.harness import Web, code

LISTS = ("/api/products?", "/api/products/search?q=candle&")
NAMES = (
    "absent",
    "00000000-0000-0000-0000-000000000000",
    "~slug:pine-candle",
    "%00",
    "pine-candle%00",
    "pine-candle%20",
    "..%2F..%2Fetc%2Fpasswd",
    "\u00fcber-\U0001f384",
    "%ff%fe",
    "'%20OR%201=1%20--",
    "x" * 3000,
)


async def cursor_of(web: Web, path: str) -> str:
    """The cursor of a list's second page."""
    cursor: str = (await web.get(path)).json()["next_cursor"]
    return cursor


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor", ["x", "AAAA" * 20, "%00", "\u00fc", "A" * 2001, "bnVsbA", "..", "%22"]
)
async def test_a_cursor_that_nobody_gave_out_is_refused(web: Web, path: str, cursor: str) -> None:
    with web.unchanged():
        answer = await web.get(f"{path}cursor={quote(cursor, safe='%')}")

    assert code(answer) == (400, "INVALID_CURSOR")


async def test_a_cursor_is_good_for_its_own_list_only(web: Web) -> None:
    cursor = await cursor_of(web, "/api/products?limit=1&sort=name")

    own = await web.get(f"/api/products?limit=1&sort=name&cursor={cursor}")
    others = (
        f"/api/products?limit=1&sort=price&cursor={cursor}",
        f"/api/products?limit=1&sort=name&order=desc&cursor={cursor}",
        f"/api/products?limit=1&sort=name&category=home&cursor={cursor}",
        f'/api/products?limit=1&sort=name&filters={{"in_stock":true}}&cursor={cursor}',
        f"/api/products/search?q=candle&cursor={cursor}",
    )

    assert own.status_code == 200
    for path in others:
        assert code(await web.get(path)) == (400, "INVALID_CURSOR")


async def test_a_changed_cursor_is_refused(web: Web) -> None:
    path = "/api/products?limit=1&sort=name"
    cursor = await cursor_of(web, path)

    for place in range(0, len(cursor) - 2, 7):
        other = "A" if cursor[place] != "A" else "B"
        changed = cursor[:place] + other + cursor[place + 1 :]
        assert code(await web.get(f"{path}&cursor={changed}")) == (400, "INVALID_CURSOR")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "filters",
    [
        "{",
        "[]",
        "7",
        '"brand"',
        "null",
        '{"colour": ["red"]}',
        '{"brand": "Emberfold"}',
        '{"brand": [7]}',
        '{"brand": [""]}',
        '{"price": {"min": -1}}',
        '{"price": {"min": 50, "max": 10}}',
        '{"price": {"min": NaN}}',
        '{"price": {"max": 1e400}}',
        '{"price": {"least": 1}}',
        '{"in_stock": "perhaps"}',
        '{"attributes": {"color": "red"}}',
        '{"attributes": {"": ["red"]}}',
        '{"brand": [' + ",".join(f'"b{n}"' for n in range(21)) + "]}",
        '{"brand": ["' + "x" * 101 + '"]}',
        '{"brand": ["' + "x" * 5000 + '"]}',
        "[" * 2000,
    ],
)
async def test_filters_that_nobody_can_mean_are_refused(web: Web, path: str, filters: str) -> None:
    with web.unchanged():
        answer = await web.get(f"{path}filters={quote(filters)}")

    assert code(answer) == (400, "INVALID_FILTER")
    assert answer.json()["error"]["details"]["fields"][0]["field"].startswith("filters")


@pytest.mark.parametrize(
    "filters", [{"brand": ["\u0000"]}, {"brand": ["' OR 1=1"]}, {"brand": ["\U0001f384"]}]
)
async def test_odd_values_of_filters_find_nothing(web: Web, filters: dict[str, Any]) -> None:
    answer = await web.get(f"/api/products?filters={quote(json.dumps(filters))}")

    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize("name", NAMES)
async def test_a_product_that_is_not_there_is_not_found(web: Web, name: str) -> None:
    with web.unchanged():
        for tail in ("", "/inventory", "/related", "/delivery-estimate"):
            answer = await web.get(f"/api/products/{name}{tail}")
            assert code(answer) == (404, "PRODUCT_NOT_FOUND")


async def test_a_draft_is_not_there(web: Web) -> None:
    assert code(await web.get("/api/products/old-sled")) == (404, "PRODUCT_NOT_FOUND")
    found = (await web.get("/api/products/search?q=sled")).json()
    assert found["items"] == []


@pytest.mark.parametrize("name", NAMES)
async def test_a_category_that_is_not_there_is_not_found(web: Web, name: str) -> None:
    assert code(await web.get(f"/api/categories/{name}")) == (404, "CATEGORY_NOT_FOUND")


@pytest.mark.parametrize("path", ["/api/products", "/api/products/filters"])
async def test_a_list_of_a_category_that_is_not_there_is_not_found(web: Web, path: str) -> None:
    with web.unchanged():
        answer = await web.get(f"{path}?category=cellar")

    assert code(answer) == (404, "CATEGORY_NOT_FOUND")


@pytest.mark.parametrize(
    "q", ["%00", "\u202e", "'", '"', "%25", "*", "(", "\U0001f384", "\u0130", "a" * 200]
)
async def test_any_words_may_be_searched_for(web: Web, q: str) -> None:
    with web.unchanged():
        answer = await web.get(f"/api/products/search?q={q}")

    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize("path", ["/api/products?page=11&limit=100", "/api/products?page=1000"])
async def test_pages_reach_to_the_thousandth_item(web: Web, path: str) -> None:
    assert code(await web.get(path)) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/api/products"),
        ("POST", "/api/products"),
        ("DELETE", "/api/orders/x"),
        ("GET", "/api/nothing"),
        ("GET", "/"),
        ("HEAD", "/api/products"),
        ("GET", "/api/products/pine-candle/price"),
    ],
)
async def test_what_is_no_endpoint_is_not_found(web: Web, method: str, path: str) -> None:
    with web.unchanged():
        assert (await web.send(method, path)).status_code == 404
