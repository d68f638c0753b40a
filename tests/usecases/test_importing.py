"""Importing catalogues: idempotent, row by row, and whole after any crash."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from domain.facets import FACETS_ID, FacetSummary
from domain.listing import ListingCard
from domain.product import Product, ProductPointer, pointer_id, product_id
from domain.stock import STOCK_ID, Stock
from tests.usecases.catalog_shop import (
    KINDS,
    STAFF,
    VISITOR,
    events,
    everything,
    filled,
    open_shop,
    row,
    slugs,
)
from usecases.browsing import ListProducts, list_products
from usecases.importing import import_catalogue
from usecases.ports.store import Change, Committed, Scan, Store, StoreBusy
from usecases.products import find_product
from usecases.shop import Shop

CONTAINERS = ("Products", "Categories", "SearchIndex", "Inventory")
REAL = Path(__file__).parents[3] / "shared" / "data" / "catalogue.jsonl"


async def contents(shop: Shop) -> list[dict[str, Any]]:
    return [one for container in CONTAINERS for one in await everything(shop, container)]


async def stock_of(shop: Shop, sku: str) -> Stock:
    stock = await shop.store.get(Stock, STOCK_ID, sku)
    assert stock is not None
    return stock


async def test_a_row_becomes_a_product_that_is_found_everywhere() -> None:
    shop = await filled(row("copper-mug"))

    id = product_id("copper-mug")
    found = await everything(shop, "Products")
    assert [(one["category_slug"], one["id"]) for one in found] == [
        ("home", f"card:{id}"),
        ("home", "facets"),
        ("home-kitchen", id),
        ("home-kitchen", f"card:{id}"),
        ("home-kitchen", "facets"),
        (f"~{id}", f"~{id}"),
        ("~all", f"card:{id}"),
        ("~all", "facets"),
        ("~slug:copper-mug", "~slug:copper-mug"),
    ]
    assert [one["id"] for one in await everything(shop, "Categories")] == ["home", "home-kitchen"]
    assert (await stock_of(shop, "copper-mug-sku")).available == 5


async def test_what_was_created_is_told_once() -> None:
    shop = await filled(row("copper-mug"), row("tin-cup", variants=[{"prices": {"USD": 3}}]))

    products, stock = await events(shop, "Products"), await events(shop, "Inventory")

    assert sorted((e.event_type, e.data["sku"], e.sequence) for e in products) == [
        ("ProductCreated", "copper-mug-sku", 1),
        ("ProductCreated", "tin-cup-1", 1),
    ]
    assert [(e.event_type, e.subject, e.data["delta"], e.data["cause"]) for e in stock] == [
        ("StockLevelChanged", "copper-mug-sku", 5, "adjustment")
    ]


async def test_importing_twice_is_importing_once() -> None:
    rows = [row("copper-mug"), row("tin-cup", category=["Home"], featured=True)]
    shop = await filled(*rows)
    before = await contents(shop)

    report = await import_catalogue(shop, STAFF, rows)

    assert (report.created, report.changed, report.unchanged) == (0, 0, 2)
    assert await contents(shop) == before
    assert len(await events(shop, "Products")) == 2


async def test_sold_stock_is_not_set_again() -> None:
    shop = await filled(row("copper-mug"))
    stock = await stock_of(shop, "copper-mug-sku")
    sold = stock.adjusted(-5, shop.clock.now())
    await shop.store.commit(Change(by=STAFF, puts=(sold,)))

    await import_catalogue(shop, STAFF, [row("copper-mug", name="Copper Beaker")])

    assert (await stock_of(shop, "copper-mug-sku")).on_hand == 0
    card = await shop.store.get(ListingCard, f"card:{product_id('copper-mug')}", "~all")
    assert card is not None
    assert (card.name, card.in_stock) == ("Copper Beaker", False)


async def test_a_changed_row_changes_everything_that_follows_from_it() -> None:
    shop = await filled(row("copper-mug", brand="Emberfold"), row("tin-cup"))

    changed = row("copper-mug", brand="Oxbellow", featured=True, popularity=99)
    report = await import_catalogue(shop, STAFF, [changed, row("tin-cup")])

    assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
    fresh = await filled(changed, row("tin-cup"))
    assert await _without_counts(shop) == await _without_counts(fresh)
    told = [e for e in await events(shop, "Products") if e.event_type == "ProductUpdated"]
    assert [(e.sequence, e.data["changed"]) for e in told] == [(2, ["brand", "featured"])]


async def test_what_does_not_follow_from_a_change_is_not_written_again() -> None:
    shop = await filled(row("copper-mug"))
    before = [one for one in await contents(shop) if one["kind"] != "product"]

    report = await import_catalogue(shop, STAFF, [row("copper-mug", long_description="Long.")])

    assert report.changed == 1
    assert [one for one in await contents(shop) if one["kind"] != "product"] == before


async def _without_counts(shop: Shop) -> list[dict[str, Any]]:
    """Everything but what the shop counts itself, versions of the audit and the growing lexicons."""
    own = {"sequence", "audit_head", "popularity", "rank", "seen"}
    found = [one for one in await contents(shop) if one["kind"] != "lexicon"]
    return [{key: value for key, value in one.items() if key not in own} for one in found]


async def test_a_product_that_is_no_longer_sold_leaves_every_shelf() -> None:
    shop = await filled(row("copper-mug"), row("tin-cup"))

    await import_catalogue(shop, STAFF, [row("copper-mug", status="retired")])

    assert slugs(await list_products(shop, VISITOR, ListProducts())) == ["tin-cup"]
    summary = await shop.store.get(FacetSummary, FACETS_ID, "home")
    assert summary is not None
    assert summary.total == 1
    found = await everything(shop, "SearchIndex")
    assert [one["token"] for one in found if one["kind"] == "posting"] == [
        "cup", "home", "kitchen", "tin",
    ]  # fmt: skip


async def test_a_product_can_move_to_another_category() -> None:
    shop = await filled(row("copper-mug"))

    moved = row("copper-mug", category=["Outdoors"])
    await import_catalogue(shop, STAFF, [moved])

    left = [one for one in await contents(shop) if one.get("category_slug", "").startswith("home")]
    assert [(one["kind"], one["total"]) for one in left] == [("facets", 0), ("facets", 0)]
    fresh = await filled(moved)
    kinds = ("product", "card", "pointer", "posting", "stock")
    assert [one for one in await _without_counts(shop) if one["kind"] in kinds] == [
        one for one in await _without_counts(fresh) if one["kind"] in kinds
    ]
    stayed = await find_product(shop, "copper-mug")
    assert stayed is not None
    assert (stayed.category_slug, stayed.sequence) == ("outdoors", 2)


async def test_each_bad_row_is_refused_alone_with_its_reason() -> None:
    shop = await filled(row("old", variants=[{"sku": "TAKEN", "prices": {"USD": 1}}]))
    rows = [
        "{",
        row("copper-mug"),
        row("copper-mug", name="Again"),
        row("no-price", variants=[{"prices": {"PLN": 1}}]),
        row("thief", variants=[{"sku": "TAKEN", "prices": {"USD": 1}}]),
    ]

    report = await import_catalogue(shop, STAFF, rows)

    assert (report.created, len(report.refused)) == (1, 4)
    numbers = [one.number for one in report.refused]
    assert numbers == [1, 3, 4, 5]
    reasons = " ".join(one.reason for one in report.refused)
    assert "slug copper-mug" in reasons
    assert "no price in USD" in reasons
    assert "Another product has this SKU" in reasons
    assert await find_product(shop, "thief") is None


async def test_a_quiet_import_tells_nobody() -> None:
    shop = open_shop()

    report = await import_catalogue(shop, STAFF, [row("copper-mug"), row("cup")], quietly=True)

    assert report.created == 2
    assert await events(shop, "Products") == await events(shop, "Inventory") == []
    loud = await filled(row("copper-mug"), row("cup"))
    assert await contents(shop) == await contents(loud)


async def test_many_rows_of_one_shelf_fit_in_bounded_commits() -> None:
    rows = [row(f"mug-{n:03d}", attributes={"Color": f"c{n % 7}"}) for n in range(130)]

    shop = await filled(*rows)

    summary = await shop.store.get(FacetSummary, FACETS_ID, "~all")
    assert summary is not None
    assert (summary.total, summary.tokens["color=c0"].count) == (130, 19)


async def test_a_changed_product_is_forgotten_by_the_cache() -> None:
    shop = await filled(row("copper-mug"))
    await find_product(shop, "copper-mug")

    await import_catalogue(shop, STAFF, [row("copper-mug", name="Copper Beaker")])

    product = await find_product(shop, "copper-mug")
    assert product is not None
    assert product.name == "Copper Beaker"


class CrashingStore:
    """A store that dies at its n-th commit, before or after it was written."""

    def __init__(self, inner: Store, at: int, *, is_written: bool) -> None:
        self._inner, self._left, self._is_written = inner, at, is_written
        self.get, self.find = inner.get, inner.find

    async def commit(self, change: Change) -> Committed:
        self._left -= 1
        if self._left < 0 or (self._left == 0 and not self._is_written):
            raise StoreBusy("gone")
        done = await self._inner.commit(change)
        if self._left == 0:
            raise StoreBusy("gone")
        return done


STORIES = {
    "new": ([], [row("copper-mug"), row("tin-cup")]),
    "changed": ([row("copper-mug")], [row("copper-mug", name="Beaker", brand="Oxbellow")]),
    "moved": ([row("copper-mug")], [row("copper-mug", category=["Outdoors"])]),
    "retired": ([row("copper-mug")], [row("copper-mug", status="retired")]),
}


@pytest.mark.parametrize("is_written", [False, True])
@pytest.mark.parametrize("story", STORIES)
async def test_an_import_that_crashed_anywhere_is_finished_by_the_next(
    story: str, is_written: bool
) -> None:
    """At whichever commit the first run dies, the second leaves what an undisturbed one leaves."""
    before, rows = STORIES[story]
    undisturbed = await filled(*before)
    await import_catalogue(undisturbed, STAFF, rows)
    wanted = await _without_counts(undisturbed)
    told = [(e.event_id, e.event_type) for e in await events(undisturbed, "Products")]
    for at in range(1, 60):
        shop = await filled(*before)
        crashing: Any = CrashingStore(shop.store, at, is_written=is_written)
        try:
            await import_catalogue(replace(shop, store=crashing), STAFF, rows)
            break
        except StoreBusy:
            await import_catalogue(shop, STAFF, rows)
        assert await _without_counts(shop) == wanted
        assert [(e.event_id, e.event_type) for e in await events(shop, "Products")] == told
    else:
        pytest.fail("the import never came to its end")
    assert at > 5


async def test_two_imports_at_once_leave_what_one_leaves() -> None:
    rows = [row(f"mug-{n}", category=["Home", f"C{n % 2}"]) for n in range(5)]
    shop = open_shop()
    waiting = replace(shop, store=cast("Any", WaitingStore(shop.store)))

    await asyncio.gather(*(import_catalogue(waiting, STAFF, rows) for _ in range(3)))

    alone = await filled(*rows)
    assert await _without_counts(shop) == await _without_counts(alone)
    assert len(await events(shop, "Products")) == len(await events(shop, "Inventory")) == 5


class WaitingStore:
    """A store whose every call lets others go first."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    def __getattr__(self, verb: str) -> Any:
        async def call(*arguments: Any) -> Any:
            await asyncio.sleep(0)
            return await getattr(self._inner, verb)(*arguments)

        return call


async def test_a_product_without_its_pointer_is_found_and_told_once() -> None:
    shop = await filled(row("copper-mug"))
    place = pointer_id(product_id("copper-mug"))
    pointer = await shop.store.get(ProductPointer, place, place)
    assert pointer is not None
    await shop.store.commit(Change(by=STAFF, removes=(pointer,)))

    await import_catalogue(shop, STAFF, [row("copper-mug")])

    assert await find_product(shop, product_id("copper-mug")) is not None
    assert len(await events(shop, "Products")) == 1


@pytest.mark.skipif(not REAL.exists(), reason="the other shop's catalogue is not beside this one")
async def test_the_catalogue_of_another_shop_is_imported_whole() -> None:
    lines = REAL.read_text("utf-8").splitlines()

    shop = await filled(*lines)

    products = (await shop.store.find(Product, Scan())).items
    stocks = (await shop.store.find(Stock, Scan())).items
    rows = [json.loads(line) for line in lines]
    assert (len(products), len(stocks)) == (32, 73)
    assert sum(stock.on_hand for stock in stocks) == sum(
        variant["stock"] or 0 for one in rows for variant in one["variants"]
    )
    assert all(product.variants[0].other_prices for product in products)
    report = await import_catalogue(shop, STAFF, lines)
    assert (report.unchanged, report.refused) == (32, [])


def test_every_kind_of_the_catalogue_is_looked_at() -> None:
    assert {kind.container for kind in KINDS} == set(CONTAINERS)
