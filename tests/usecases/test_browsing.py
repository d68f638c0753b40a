"""Lists, facets, categories and banners."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.banner import Banner
from domain.cursor import BadCursor
from domain.errors import Invalid
from domain.listing import BadFilter
from tests.usecases.catalog_shop import STAFF, VISITOR, filled, open_shop, row, slugs
from usecases import meter
from usecases.browsing import (
    CategoryNotFound,
    ListProducts,
    OfCategory,
    Paged,
    active_banners,
    categories,
    category,
    facets,
    featured_products,
    list_products,
)
from usecases.importing import import_catalogue
from usecases.ports.store import Change
from usecases.shop import Shop


def priced(slug: str, amount: str, **fields: Any) -> str:
    variant = {"prices": {"USD": amount}, "stock": fields.pop("stock", 5)}
    return row(slug, variants=[variant], **fields)


CUPS = (
    priced("amber-cup", "30", brand="Oxbellow", attributes={"Color": "Amber"}, rating=4.5),
    priced("blue-cup", "10", brand="Emberfold", attributes={"Color": "Blue"}, popularity=9),
    priced("cyan-cup", "20", brand="Emberfold", attributes={"Color": "Blue"}, stock=0, rating=3),
    priced("dune-vase", "40", category=["Garden"], created_at="2020-01-01T00:00:00Z", rating=4),
)


async def listed(shop: Shop, **query: Any) -> list[str]:
    return slugs(await list_products(shop, VISITOR, ListProducts(**query)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["blue-cup"]),
        ({"sort": "price"}, ["blue-cup", "cyan-cup", "amber-cup", "dune-vase"]),
        ({"sort": "price", "order": "desc", "limit": 2}, ["dune-vase", "amber-cup"]),
        ({"sort": "name", "order": "desc", "limit": 1}, ["dune-vase"]),
        ({"sort": "rating", "limit": 2}, ["amber-cup", "dune-vase"]),
        ({"sort": "created_at", "order": "asc", "limit": 1}, ["dune-vase"]),
        ({"category": "garden", "sort": "name"}, ["dune-vase"]),
        ({"category": "home", "sort": "name"}, ["amber-cup", "blue-cup", "cyan-cup"]),
        ({"filters": '{"brand": ["EMBERFOLD"]}', "sort": "name"}, ["blue-cup", "cyan-cup"]),
        ({"filters": '{"brand": ["Emberfold"], "in_stock": true}'}, ["blue-cup"]),
        ({"filters": '{"attributes": {"color": ["blue", "amber"]}}', "sort": "name"},
         ["amber-cup", "blue-cup", "cyan-cup"]),
        ({"filters": '{"price": {"min": 20, "max": 30}}', "sort": "name"},
         ["amber-cup", "cyan-cup"]),
        ({"filters": '{"rating": {"min": 4}}', "sort": "name"}, ["amber-cup", "dune-vase"]),
        ({"filters": '{"in_stock": false}'}, ["cyan-cup"]),
        ({"filters": '{"brand": ["Nobody"]}'}, []),
    ],
)  # fmt: skip
async def test_a_list_is_filtered_and_in_order(query: dict[str, Any], found: list[str]) -> None:
    shop = await filled(*CUPS)

    assert (await listed(shop, **query))[: len(found) or 9] == found


async def test_cursors_lead_through_every_product_once() -> None:
    shop = await filled(*(priced(f"cup-{n:02d}", "10") for n in range(17)))

    seen, cursor, pages = list[str](), "", 0
    while pages == 0 or cursor:
        query = ListProducts(sort="price", limit=5, cursor=cursor)
        served = await list_products(shop, VISITOR, query)
        seen += slugs(served)
        cursor = json.loads(served.body)["next_cursor"]
        pages += 1

    assert sorted(seen) == [f"cup-{n:02d}" for n in range(17)]
    assert pages == 4


async def test_a_cursor_belongs_to_its_list() -> None:
    shop = await filled(*CUPS)
    served = await list_products(shop, VISITOR, ListProducts(sort="price", limit=1))
    cursor = json.loads(served.body)["next_cursor"]

    for foreign in (
        {"sort": "name"},
        {"sort": "price", "order": "desc"},
        {"sort": "price", "category": "home"},
        {"sort": "price", "filters": '{"in_stock": true}'},
    ):
        with pytest.raises(BadCursor):
            await listed(shop, cursor=cursor, **foreign)
    assert await listed(shop, sort="price", limit=2, cursor=cursor) == ["cyan-cup", "amber-cup"]


async def test_pages_are_numbered_up_to_a_limit() -> None:
    shop = await filled(*(priced(f"cup-{n:03d}", "10") for n in range(130)))

    assert await listed(shop, sort="name", limit=10, page=13) == [
        f"cup-{n:03d}" for n in range(120, 130)
    ]
    assert await listed(shop, sort="name", limit=10, page=20) == []
    with pytest.raises(Invalid) as refusal:
        await listed(shop, limit=100, page=11)
    assert refusal.value.facts["fields"][0]["field"] == "page"


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_is_bounded(limit: int) -> None:
    with pytest.raises(ValidationError):
        ListProducts(limit=limit)


async def test_bad_filters_and_unknown_categories_are_refused() -> None:
    shop = await filled(*CUPS)

    with pytest.raises(BadFilter):
        await listed(shop, filters="{")
    with pytest.raises(CategoryNotFound):
        await listed(shop, category="cellar")
    assert await listed(shop, category="garden", filters='{"brand": ["None"]}') == []


async def test_a_list_costs_one_query_and_then_nothing() -> None:
    shop = await filled(*CUPS)
    counted = meter.begin()

    first = await list_products(shop, VISITOR, ListProducts(category="home"))
    assert counted.operations == 1
    second = await list_products(shop, VISITOR, ListProducts(category="home"))

    assert counted.operations == 1
    assert first == second
    assert first.etag.startswith('"')
    assert first.etag != (await list_products(shop, VISITOR, ListProducts())).etag


async def test_a_long_query_is_kept_under_a_short_key() -> None:
    shop = await filled(*CUPS)
    filters = json.dumps({"brand": [f"brand {n}" for n in range(20)]})

    assert await listed(shop, filters=filters) == []
    counted = meter.begin()
    assert await listed(shop, filters=filters) == []
    assert counted.operations == 0


async def test_featured_products_have_a_shelf_of_their_own() -> None:
    shop = await filled(
        row("a", featured=True), row("b", featured=True, popularity=5), row("c", popularity=9)
    )

    assert slugs(await featured_products(shop, VISITOR, Paged())) == ["b", "a"]
    assert slugs(await featured_products(shop, VISITOR, Paged(limit=1, offset=1))) == ["a"]


async def test_facets_are_told_for_a_category_and_for_all() -> None:
    shop = await filled(*CUPS)
    counted = meter.begin()

    home = json.loads((await facets(shop, VISITOR, OfCategory(category="home"))).body)
    assert counted.operations == 1
    whole = json.loads((await facets(shop, VISITOR, OfCategory())).body)

    assert (home["category"], home["total"], home["in_stock"]) == ("home", 3, 2)
    assert (whole["category"], whole["total"]) == ("", 4)
    assert home["brands"] == [
        {"value": "emberfold", "label": "Emberfold", "count": 2},
        {"value": "oxbellow", "label": "Oxbellow", "count": 1},
    ]


async def test_an_empty_shop_has_no_facets_and_no_categories() -> None:
    shop = open_shop()

    whole = json.loads((await facets(shop, VISITOR, OfCategory())).body)
    assert (whole["total"], whole["currency"], whole["brands"]) == (0, "USD", [])
    with pytest.raises(CategoryNotFound):
        await facets(shop, VISITOR, OfCategory(category="home"))
    with pytest.raises(CategoryNotFound):
        await category(shop, VISITOR, "home/..")
    assert json.loads((await categories(shop, VISITOR, Paged())).body)["items"] == []


async def test_categories_are_listed_and_know_their_children() -> None:
    shop = await filled(*CUPS)

    found = json.loads((await categories(shop, VISITOR, Paged(limit=2, offset=1))).body)
    home = json.loads((await category(shop, VISITOR, "home")).body)

    assert [one["slug"] for one in found["items"]] == ["home", "home-kitchen"]
    assert (found["limit"], found["offset"]) == (2, 1)
    assert home == {
        "slug": "home",
        "name": "Home",
        "path": ["Home"],
        "parent": "",
        "level": 1,
        "description": "",
        "image_url": "",
        "revision": 1,
        "children": ["home-kitchen"],
    }


async def test_banners_are_shown_within_their_window_in_order() -> None:
    shop = open_shop()
    now, hour = shop.clock.now(), timedelta(hours=1)
    banners = [
        Banner(id="late", title="Late", order=2, starts_at=now, ends_at=now + hour),
        Banner(id="early", title="Early", order=1, starts_at=now, ends_at=now + hour),
        Banner(id="over", title="Over", starts_at=now - hour, ends_at=now),
    ]
    await shop.store.commit(Change(by=STAFF, puts=tuple(banners)))

    found = json.loads((await active_banners(shop, VISITOR)).body)

    assert [one["id"] for one in found["items"]] == ["early", "late"]
    assert set(found["items"][0]) == {"id", "title", "text", "image_url", "link", "revision"}


async def test_new_products_are_listed_when_the_cache_forgets() -> None:
    shop = await filled(row("a"))
    assert await listed(shop) == ["a"]

    await import_catalogue(shop, STAFF, [row("b")])
    assert await listed(shop) == ["a"]
    await shop.clock.sleep(301)

    assert sorted(await listed(shop)) == ["a", "b"]


async def test_a_long_list_of_categories_is_read_in_parts() -> None:
    shop = await filled(*(row(f"a-{n}", category=[f"Aisle {n:03d}"]) for n in range(130)))

    found = json.loads((await categories(shop, VISITOR, Paged(limit=20, offset=100))).body)

    assert [one["name"] for one in found["items"]] == [f"Aisle {n:03d}" for n in range(100, 120)]
