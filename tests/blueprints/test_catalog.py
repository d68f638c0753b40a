"""The catalogue over HTTP: through the host, the worker library and the real wrapper."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.product import product_id
from tests.usecases.catalog_shop import row
from tools.instance import Instance
from tools.seed import main

ROWS = (
    row("copper-mug", brand="Emberfold", popularity=9, featured=True, description="For cider."),
    row("tin-cup", brand="Oxbellow", category=["Outdoors"]),
    row("zinc-tray", brand="Oxbellow", variants=[{"prices": {"USD": "3"}}]),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("catalog")
    (folder / "rows.jsonl").write_text("\n".join(ROWS), "utf-8")
    assert main([str(folder / "rows.jsonl"), "--store", str(folder / "shop.db")]) == 0
    instance = Instance(folder)
    instance.start()
    with httpx.Client(base_url=instance.base) as client:
        yield client
    instance.stop()


def slugs(answer: httpx.Response) -> list[str]:
    return [item["slug"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/api/products?sort=name", ["copper-mug", "tin-cup", "zinc-tray"]),
        ("/api/products?category=home&sort=price", ["zinc-tray", "copper-mug"]),
        ("/api/products?sort=name&limit=1&page=2", ["tin-cup"]),
        ("/api/products/featured", ["copper-mug"]),
        ("/api/products/search?q=CIDER", ["copper-mug"]),
        ("/api/products/search?q=oxb&sort=name", ["tin-cup", "zinc-tray"]),
        ("/api/recommendations?limit=1", ["copper-mug"]),
    ],
)
def test_lists_are_served(shop: httpx.Client, path: str, found: list[str]) -> None:
    answer = shop.get(path)

    assert (answer.status_code, slugs(answer)) == (200, found)


def test_filters_are_json_in_the_query(shop: httpx.Client) -> None:
    filters = json.dumps({"brand": ["oxbellow"], "price": {"max": 5}})

    answer = shop.get("/api/products", params={"filters": filters})

    assert slugs(answer) == ["zinc-tray"]


def test_fixed_words_are_no_product_ids(shop: httpx.Client) -> None:
    """The host takes the first function by name: ``{id}`` must not shadow its neighbours."""
    for word in ("featured", "filters", "search?q=mug"):
        assert shop.get(f"/api/products/{word}").status_code == 200


def test_a_product_is_served_by_id_and_slug_with_what_the_agent_adds(shop: httpx.Client) -> None:
    by_slug = shop.get("/api/products/copper-mug")
    by_id = shop.get(f"/api/products/{product_id('copper-mug')}")

    assert by_slug.json() == by_id.json()
    assert by_id.json()["price"] == {
        "currency": "USD",
        "amount": 10.0,
        "compare_at": None,
        "tax_rate": 0.0,
    }


def test_the_rest_of_the_catalogue_is_served(shop: httpx.Client) -> None:
    inventory = shop.get("/api/products/copper-mug/inventory").json()
    related = shop.get("/api/products/copper-mug/related")
    estimate = shop.get("/api/products/copper-mug/delivery-estimate?country=DE").json()
    facets = shop.get("/api/products/filters?category=home").json()
    categories = shop.get("/api/categories?limit=2").json()
    category = shop.get("/api/categories/home").json()
    banners = shop.get("/api/banners/active").json()

    assert inventory["variants"][0]["available"] == 5
    assert related.status_code == 200
    assert [one["method"] for one in estimate["options"]] == ["standard", "express"]
    assert (facets["total"], facets["in_stock"]) == (2, 1)
    assert [one["slug"] for one in categories["items"]] == ["home", "home-kitchen"]
    assert category["children"] == ["home-kitchen"]
    assert banners == {"items": []}


def test_what_the_caller_has_already_is_not_sent_again(shop: httpx.Client) -> None:
    first = shop.get("/api/products")

    again = shop.get("/api/products", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert shop.get("/api/recommendations").headers["Cache-Control"] == "no-store"


def test_a_list_costs_one_operation_and_then_none(shop: httpx.Client) -> None:
    path = "/api/products?category=outdoors&limit=7"

    costs = [shop.get(path).headers["X-Store-Operations"] for _ in range(2)]

    assert costs == ["1", "0"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/products?filters=%7B", 400, "INVALID_FILTER"),
        ("/api/products?cursor=nonsense", 400, "INVALID_CURSOR"),
        ("/api/products?sort=weight", 400, "INVALID_REQUEST"),
        ("/api/products?limit=0", 400, "INVALID_REQUEST"),
        ("/api/products?page=1000&limit=100", 400, "INVALID_REQUEST"),
        ("/api/products?surprise=1", 400, "INVALID_REQUEST"),
        ("/api/products?category=cellar", 404, "CATEGORY_NOT_FOUND"),
        ("/api/products/search", 400, "INVALID_REQUEST"),
        ("/api/products/filters?category=cellar", 404, "CATEGORY_NOT_FOUND"),
        ("/api/products/gone", 404, "PRODUCT_NOT_FOUND"),
        ("/api/products/gone/inventory", 404, "PRODUCT_NOT_FOUND"),
        ("/api/products/gone/related", 404, "PRODUCT_NOT_FOUND"),
        ("/api/products/copper-mug/delivery-estimate?country=X", 400, "INVALID_REQUEST"),
        ("/api/categories/cellar", 404, "CATEGORY_NOT_FOUND"),
        ("/api/categories?offset=1000", 400, "INVALID_REQUEST"),
    ],
)
def test_what_cannot_be_is_refused_in_the_envelope(
    shop: httpx.Client, path: str, status: int, code: str
) -> None:
    answer = shop.get(path)

    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    if status == 400:
        assert error["details"]["fields"][0]["field"]
