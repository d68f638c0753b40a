"""Products, variants and what they tell the world."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from domain.access import Trace
from domain.money import Money
from domain.product import (
    OtherPrice,
    Price,
    Product,
    Variant,
    VariantNotFound,
    is_name,
    pointer_id,
    pointers,
    product_id,
    variant_id,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 25, 9, tzinfo=UTC)
TRACE = Trace(correlation_id="c-1", causation_id="r-1")


def mug(**changes: object) -> Product:
    id = product_id("copper-mug")
    small = Variant(
        variant_id=variant_id(id, "MUG-S"),
        sku="MUG-S",
        name="Small",
        attributes={"Size": "Small"},
        currency="USD",
        price_adjustment=0,
        other_prices=(OtherPrice(amount="80.00", currency="PLN"),),
    )
    large = Variant(
        variant_id=variant_id(id, "MUG-L"), sku="MUG-L", currency="USD", price_adjustment=4.5
    )
    fields: dict[str, object] = {
        "id": id,
        "product_id": id,
        "category_slug": "kitchen-mugs",
        "category_path": ("Kitchen", "Mugs"),
        "sku": "MUG",
        "name": "Copper Mug",
        "slug": "copper-mug",
        "brand": "Emberfold",
        "price": Price(amount="19.99", compare_at=24, currency="USD"),
        "variants": (small, large),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Product.model_validate(fields | changes)


def test_the_id_follows_from_the_slug() -> None:
    assert product_id("copper-mug") == product_id("copper-mug")
    assert product_id("copper-mug") != product_id("copper-cup")


def test_a_variant_costs_the_base_price_and_its_difference() -> None:
    product = mug()

    small, large = (variant_id(product.id, sku) for sku in ("MUG-S", "MUG-L"))
    assert product.price_of(product.variant(small)) == Money(1999, "USD")
    assert product.price_of(product.variant(large)) == Money(2449, "USD")


def test_no_variant_id_means_the_first_variant() -> None:
    product = mug()

    assert product.variant("").sku == "MUG-S"
    assert product.variant(variant_id(product.id, "MUG-L")).sku == "MUG-L"


def test_a_foreign_variant_is_refused() -> None:
    product = mug()

    with pytest.raises(VariantNotFound) as refusal:
        product.variant("v-9")

    assert refusal.value.facts == {"product_id": product.id, "variant_id": "v-9"}


def test_only_active_products_are_sold() -> None:
    assert mug().is_sold
    assert not mug(status="retired").is_sold


def test_a_stored_product_comes_back_the_same() -> None:
    product = mug()

    document = product.document()

    assert document["price"] == {
        "currency": "USD",
        "amount": 19.99,
        "compare_at": 24.0,
        "tax_rate": 0.0,
    }
    assert Product.of_document(document, "1") == product.at("1", document)


def test_a_price_finer_than_a_cent_is_refused() -> None:
    with pytest.raises(ValidationError, match="finer than the smallest unit of USD"):
        Price(amount="1.999", currency="USD")


def test_what_the_shop_itself_keeps_is_no_difference() -> None:
    ours = mug(popularity=7, rating=4.5, sequence=3)

    assert ours.differences(mug()) == ()
    assert ours.differences(mug(brand="Other", type="Cup")) == ("brand", "type")


def test_the_news_of_a_product_carries_what_agents_read() -> None:
    product = mug(sequence=2)

    before = mug(sequence=1, price=Price(amount="18.00", compare_at=24, currency="USD"))

    event = product.announced(before, trace=TRACE, at=NOW)

    assert (event.event_type, event.hub, event.subject, event.sequence) == (
        "ProductUpdated",
        "product-events",
        product.id,
        2,
    )
    assert event.data == {
        "product_id": product.id,
        "id": product.id,
        "sku": "MUG",
        "name": "Copper Mug",
        "category_slug": "kitchen-mugs",
        "category_id": "kitchen-mugs",
        "price": 19.99,
        "currency": "USD",
        "status": "active",
        "changed": ["price"],
    }
    assert event == product.announced(before, trace=TRACE, at=NOW)


@pytest.mark.parametrize(
    ("before", "now", "type_"),
    [
        (None, "active", "ProductCreated"),
        (None, "retired", "ProductCreated"),
        ("active", "draft", "ProductUpdated"),
        ("active", "retired", "ProductDeleted"),
        ("retired", "retired", "ProductUpdated"),
        ("retired", "active", "ProductUpdated"),
    ],
)
def test_what_became_of_a_product_names_its_news(before: str | None, now: str, type_: str) -> None:
    earlier = mug(status=before) if before else None

    assert mug(status=now).announced(earlier, trace=TRACE, at=NOW).event_type == type_


def test_a_draft_is_published_when_it_is_first_sold() -> None:
    draft = mug(status="draft")

    sold = mug(published_at=LATER).after(draft, LATER)

    assert sold.published_at == LATER
    assert mug(published_at=NOW).after(sold, NOW).published_at == LATER


def test_the_next_one_keeps_what_the_shop_counts() -> None:
    before = mug(popularity=7, rating=4.5, sequence=3).at("9", {})

    wanted = mug(name="Copper Cup", created_at=LATER, updated_at=LATER).after(before, LATER)

    assert (wanted.name, wanted.popularity, wanted.rating) == ("Copper Cup", 7, 4.5)
    assert (wanted.created_at, wanted.updated_at, wanted.sequence) == (NOW, LATER, 4)
    assert wanted.version is None


def test_pointers_lead_from_id_and_slug_to_the_category() -> None:
    product = mug()

    by_id, by_slug = pointers(product, "attic")

    assert (by_id.id, by_slug.id) == (f"~{product.id}", "~slug:copper-mug")
    assert by_id.partition == by_id.id == pointer_id(product.id)
    assert by_slug.id == pointer_id("copper-mug")
    assert (by_id.target, by_id.leaving, by_slug.leaving) == ("kitchen-mugs", "attic", "")


def test_a_name_is_an_id_or_a_slug() -> None:
    assert is_name(mug().id)
    assert is_name("copper-mug")
    assert not is_name("")
    assert not is_name("a/b")
    assert not is_name("-a")
