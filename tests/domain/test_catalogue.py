"""Rows of a catalogue and the products that they mean."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.catalogue import BadRow, CatalogueRow, product_of, row_of
from domain.money import Money
from domain.product import OtherPrice
from tests.domain.catalog_things import NOW

ROW: dict[str, Any] = {
    "slug": "white-plimsolls",
    "name": "White Plimsolls",
    "category": ["Apparel", "Sneakers"],
    "type": "Shoe",
    "description": "Light.&nbsp;Quick.",
    "attributes": {"Brand": "Quillander", "Material": "Canvas"},
    "variants": [
        {
            "sku": "S-40",
            "name": "40",
            "attributes": {"Shoe size": "40"},
            "prices": {"PLN": "240.000", "USD": "80.000"},
            "stock": 5,
        },
        {"sku": None, "prices": {"USD": "75.5"}},
    ],
}


def row(**changes: Any) -> CatalogueRow:
    return row_of(json.dumps(ROW | changes))


def test_a_row_is_a_product_priced_from_its_cheapest_variant() -> None:
    product = product_of(row(), "USD", NOW)

    assert product.price.amount == Money(7550, "USD")
    assert [product.price_of(variant) for variant in product.variants] == [
        Money(8000, "USD"),
        Money(7550, "USD"),
    ]
    assert (product.category_slug, product.brand, product.sku) == (
        "apparel-sneakers",
        "Quillander",
        "S-40",
    )
    assert product.attributes == {"Material": "Canvas"}
    assert product.description == "Light. Quick."
    assert product.seo.canonical_url == "/product/white-plimsolls"
    assert (product.created_at, product.published_at) == (NOW, NOW)


def test_a_variant_without_a_sku_gets_one() -> None:
    assert row().skus == ("S-40", "white-plimsolls-2")


def test_prices_in_other_currencies_are_kept() -> None:
    product = product_of(row(), "USD", NOW)

    assert product.variants[0].other_prices == (OtherPrice(amount="240", currency="PLN"),)
    assert product.variants[1].other_prices == ()


def test_a_row_may_say_more() -> None:
    product = product_of(
        row(
            brand="Own",
            compare_at={"USD": 99, "PLN": 1},
            created_at="2026-01-02T03:04:05Z",
            status="draft",
            popularity=9,
        ),
        "USD",
        NOW,
    )

    assert product.brand == "Own"
    assert product.price.compare_at == Money(9900, "USD")
    assert product.created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (product.status, product.published_at, product.popularity) == ("draft", None, 9)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "No Slug"}, "slug"),
        ({"name": ""}, "name"),
        ({"category": []}, "category"),
        ({"category": ["?"]}, ""),
        ({"category": ["Ελλάδα"]}, ""),
        ({"category": ["a" * 200] * 4}, ""),
        ({"variants": []}, "variants"),
        ({"surprise": 1}, "surprise"),
        ({"variants": [{"prices": {"usd": "1"}}]}, "variants.0.prices.usd.[key]"),
        ({"variants": [{"prices": {"USD": "-1"}}]}, "variants.0.prices.USD"),
        ({"variants": [{"prices": {}, "stock": -1}]}, "variants.0.stock"),
        ({"variants": [{"prices": {}, "sku": "a/b"}]}, "variants.0.sku"),
        ({"variants": [{"prices": {}, "sku": "S"}, {"prices": {}, "sku": "S"}]}, ""),
    ],
)
def test_a_bad_row_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRow) as refusal:
        row(**changes)

    assert refusal.value.facts["fields"][0]["field"] == field


def test_no_json_is_refused() -> None:
    with pytest.raises(BadRow):
        row_of("{")


def test_a_variant_that_cannot_be_sold_is_refused() -> None:
    with pytest.raises(BadRow, match="has no price in EUR"):
        product_of(row(), "EUR", NOW)
    with pytest.raises(BadRow, match="finer than the smallest unit of USD"):
        product_of(row(compare_at={"USD": "1.001"}), "USD", NOW)
