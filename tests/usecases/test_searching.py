"""Search, advice and recommendations."""

import json
from typing import Any

import pytest

from domain.cursor import BadCursor
from domain.listing import BadFilter, Filters
from domain.product import ProductNotFound, product_id
from tests.usecases.catalog_shop import GUEST, VISITOR, ToldAgents, filled, row, slugs
from usecases import meter
from usecases.searching import (
    Recommend,
    SearchProducts,
    own_search,
    product_feed,
    recommendations,
    related_products,
    search_products,
)
from usecases.shop import Shop

THINGS = (
    row("copper-mug", brand="Emberfold", description="Keeps cider warm.", popularity=5),
    row("muggle-hat", name="Muggle Hat", brand="Mugford", popularity=9),
    row("cafe-set", name="Café Set", description="Two mugs and a tray.", popularity=99),
    row("mugford-cup", name="Cup", brand="Mug", attributes={"Color": "Blue"}),
)
SEARCH = "ecommerce-catalog-search"


async def found(shop: Shop, q: str, **query: Any) -> list[str]:
    return slugs(await search_products(shop, VISITOR, SearchProducts(q=q, **query)))


@pytest.mark.parametrize(
    ("q", "hits"),
    [
        ("mug", ["copper-mug", "muggle-hat", "mugford-cup", "cafe-set"]),
        ("MUGS", ["copper-mug", "muggle-hat", "mugford-cup", "cafe-set"]),
        ("cafe", ["cafe-set"]),
        ("CAFÉ mug", ["cafe-set"]),
        ("mug copper", ["copper-mug"]),
        ("cid", ["copper-mug"]),
        ("blue", ["mugford-cup"]),
        ("mug zzz", []),
        ("the of", []),
        ("muggle-hat-sku", ["muggle-hat"]),
        ("nothing", []),
    ],
)
async def test_products_are_found_by_their_words_the_best_first(q: str, hits: list[str]) -> None:
    shop = await filled(*THINGS)

    assert await found(shop, q) == hits


async def test_what_was_found_is_filtered_and_sorted_like_a_list() -> None:
    shop = await filled(*THINGS)

    assert await found(shop, "mug", filters='{"brand": ["Mug", "Mugford"]}') == [
        "muggle-hat",
        "mugford-cup",
    ]
    assert await found(shop, "mug", sort="popularity", limit=2) == ["cafe-set", "muggle-hat"]
    assert (await found(shop, "mug", sort="name"))[0] == "cafe-set"
    assert (await found(shop, "mug", order="asc"))[0] == "cafe-set"
    with pytest.raises(BadFilter):
        await found(shop, "mug", filters='{"x": 1}')


async def test_a_search_goes_on_by_cursor_and_by_page() -> None:
    shop = await filled(*THINGS)
    first = await search_products(shop, VISITOR, SearchProducts(q="mug", limit=3))
    cursor = json.loads(first.body)["next_cursor"]

    assert await found(shop, "mug", limit=3, cursor=cursor) == ["cafe-set"]
    assert await found(shop, "mug", limit=3, page=2) == ["cafe-set"]
    with pytest.raises(BadCursor):
        await found(shop, "cafe", limit=3, cursor=cursor)


async def test_a_search_costs_a_bounded_number_of_operations() -> None:
    shop = await filled(*THINGS)
    counted = meter.begin()

    await own_search(shop, "mug copper", Filters())

    # two lexicons, the postings of the rarer word, the cards
    assert counted.operations == 4


async def test_the_agents_answer_comes_first() -> None:
    agents = ToldAgents()
    shop = await filled(*THINGS, agents=agents)
    agents.answers[SEARCH] = {
        "results": [
            {"item_id": "cafe-set-sku"},
            {"product_id": product_id("gone")},
            {"url": "/product/copper-mug"},
            {"sku": "nobody-has-this"},
        ]
    }

    assert await found(shop, "something warm") == ["cafe-set", "copper-mug"]
    service, intent, payload, correlation = agents.asked[0]
    assert (service, intent, payload["query"], correlation) == (
        SEARCH,
        "search",
        "something warm",
        "c-2",
    )
    assert await found(shop, "something warm", filters='{"brand": ["Emberfold"]}') == ["copper-mug"]


async def test_a_full_answer_of_the_agent_is_followed_by_our_own() -> None:
    agents = ToldAgents()
    many = [row(f"mug-{n:02d}") for n in range(60)]
    shop = await filled(*many, agents=agents)
    agents.answers[SEARCH] = {"results": [f"mug-{n:02d}" for n in range(59, -1, -1)]}

    hits = await found(shop, "mug", limit=100)

    assert hits[:20] == [f"mug-{n:02d}" for n in range(59, 39, -1)]
    assert (len(hits), len(set(hits))) == (60, 60)


@pytest.mark.parametrize(
    "answer", [None, {}, {"results": "no"}, {"results": [{"product_id": product_id("gone")}]}]
)
async def test_without_a_usable_answer_the_own_search_answers(answer: Any) -> None:
    agents = ToldAgents()
    shop = await filled(*THINGS, agents=agents)
    agents.answers = {SEARCH: answer} if answer is not None else {}

    assert await found(shop, "copper") == ["copper-mug"]


async def test_agents_that_are_off_are_not_asked() -> None:
    agents = ToldAgents(answers={SEARCH: {"results": ["cafe-set"]}})
    shop = await filled(*THINGS, agents=agents, agents_enabled=False)

    assert await found(shop, "copper") == ["copper-mug"]
    assert agents.asked == []


async def test_related_products_are_advised_or_the_popular_of_the_category() -> None:
    agents = ToldAgents()
    shop = await filled(*THINGS, row("far", category=["Far"]), agents=agents)

    own = await related_products(shop, VISITOR, "copper-mug", Recommend(limit=2))
    agents.answers["ecommerce-product-detail-enrichment"] = {
        "related": ["far", "copper-mug", "gone"]
    }
    await shop.clock.sleep(121)
    advised = await related_products(shop, VISITOR, "copper-mug", Recommend(limit=2))

    assert slugs(own) == ["cafe-set", "muggle-hat"]
    assert slugs(advised) == ["far"]
    with pytest.raises(ProductNotFound):
        await related_products(shop, VISITOR, "gone", Recommend())


async def test_recommendations_are_personal_where_an_agent_knows_better() -> None:
    agents = ToldAgents()
    shop = await filled(*THINGS, agents=agents)
    agents.answers["crm-segmentation-personalization"] = {
        "segmentation": {"personalization": {"recommended_content": ["mugford-cup"]}}
    }

    popular = await recommendations(shop, VISITOR, Recommend(limit=2))
    personal = await recommendations(shop, GUEST, Recommend(limit=2))
    agents.answers.clear()
    unknown = await recommendations(shop, GUEST, Recommend(limit=2))

    assert slugs(popular) == slugs(unknown) == ["cafe-set", "muggle-hat"]
    assert slugs(personal) == ["mugford-cup"]
    assert agents.asked[0][2] == {"contact_id": "guest:g-1", "limit": 2}


async def test_an_agent_may_see_the_products_as_a_feed() -> None:
    shop = await filled(*THINGS)

    (fed,) = await product_feed(shop, "copper-mug-sku", 1)

    assert fed == {
        "sku": "copper-mug-sku",
        "name": "Copper Mug",
        "description": "Keeps cider warm.",
        "brand": "Emberfold",
        "price": 10.0,
        "currency": "USD",
        "url": "/product/copper-mug",
        "image_url": "",
        "available": True,
        "attributes": {},
    }
    assert len(await product_feed(shop, "mug", 3)) == 3
