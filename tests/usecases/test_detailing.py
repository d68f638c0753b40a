"""A product's page, its stock and its delivery."""

import json
from datetime import timedelta

import pytest

from domain.product import ProductNotFound, product_id
from tests.usecases.catalog_shop import VISITOR, ToldAgents, filled, row
from usecases import meter
from usecases.detailing import (
    EstimateDelivery,
    delivery_estimate,
    product_detail,
    product_inventory,
)

MUG = row(
    "copper-mug",
    variants=[
        {"sku": "S", "prices": {"USD": "10"}, "stock": 3},
        {"sku": "L", "prices": {"USD": "12"}},
    ],
)


async def test_a_product_is_shown_by_id_and_by_slug() -> None:
    shop = await filled(MUG, agents_enabled=False)

    by_slug = await product_detail(shop, VISITOR, "copper-mug")
    by_id = await product_detail(shop, VISITOR, product_id("copper-mug"))

    assert by_slug == by_id
    shown = json.loads(by_id.body)
    assert (shown["id"], shown["price"]["amount"]) == (product_id("copper-mug"), 10.0)
    assert [one["price_adjustment"] for one in shown["variants"]] == [0.0, 2.0]
    assert shown["enrichment"] is None
    assert not {"audit_head", "sequence", "ttl"} & shown.keys()


async def test_a_page_costs_two_reads_and_then_nothing() -> None:
    shop = await filled(MUG, agents_enabled=False)
    counted = meter.begin()

    await product_detail(shop, VISITOR, "copper-mug")
    assert counted.operations == 2
    await product_detail(shop, VISITOR, "copper-mug")

    assert counted.operations == 2


@pytest.mark.parametrize("name", ["gone", "a/b", "", "UPPER", product_id("gone")])
async def test_what_is_not_there_is_not_found(name: str) -> None:
    shop = await filled(MUG)

    with pytest.raises(ProductNotFound):
        await product_detail(shop, VISITOR, name)


async def test_what_is_not_sold_is_not_found() -> None:
    shop = await filled(row("draft", status="draft"))

    with pytest.raises(ProductNotFound):
        await product_detail(shop, VISITOR, "draft")


async def test_an_agent_adds_facts_and_is_asked_again_when_it_had_none() -> None:
    agents = ToldAgents()
    shop = await filled(MUG, agents=agents)

    plain = json.loads((await product_detail(shop, VISITOR, "copper-mug")).body)
    agents.answers["ecommerce-product-detail-enrichment"] = {"sku": "S", "features": ["Warm"]}
    await shop.clock.sleep(121)
    rich = json.loads((await product_detail(shop, VISITOR, "copper-mug")).body)
    agents.answers.clear()
    await shop.clock.sleep(121)
    kept = json.loads((await product_detail(shop, VISITOR, "copper-mug")).body)

    assert plain["enrichment"] is None
    assert rich["enrichment"] == kept["enrichment"] == {"features": ["Warm"]}


async def test_the_stock_of_each_variant_is_told() -> None:
    shop = await filled(MUG)

    found = await product_inventory(shop, VISITOR, "copper-mug")

    assert found.in_stock
    assert [(one.sku, one.available, one.in_stock) for one in found.variants] == [
        ("S", 3, True),
        ("L", 0, False),
    ]


async def test_an_estimate_comes_from_the_table() -> None:
    shop = await filled(MUG)
    now = shop.clock.now()

    found = await delivery_estimate(shop, VISITOR, "copper-mug", EstimateDelivery(quantity=4))

    assert (found.source, found.in_stock) == ("table", False)
    assert [(one.method, one.days) for one in found.options] == [
        ("standard", 5),
        ("express", 2),
        ("overnight", 1),
    ]
    assert found.options[0].estimated_delivery == now + timedelta(days=5)


async def test_nothing_goes_abroad_overnight() -> None:
    shop = await filled(MUG)

    found = await delivery_estimate(shop, VISITOR, "copper-mug", EstimateDelivery(country="FR"))

    assert [(one.method, one.days) for one in found.options] == [("standard", 11), ("express", 8)]
    assert found.in_stock


async def test_the_agents_word_counts_for_standard_shipping() -> None:
    agents = ToldAgents()
    shop = await filled(MUG, agents=agents)
    arrival = shop.clock.now() + timedelta(days=3)
    agents.answers["logistics-eta-computation"] = {"eta": {"eta": arrival.isoformat()}}

    found = await delivery_estimate(shop, VISITOR, "copper-mug", EstimateDelivery())

    assert found.source == "agent"
    assert (found.options[0].days, found.options[0].estimated_delivery) == (3, arrival)
    assert found.options[1].days == 2
