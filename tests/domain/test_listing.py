"""Cards, shelves, filters and orders."""

import pytest

from domain.listing import (
    BadFilter,
    ListedProduct,
    ListingCard,
    Range,
    card_id,
    cards,
    facet,
    filters,
    is_descending,
    shelves,
    shortened,
    sort_key,
)
from domain.product import Image, Price
from tests.domain.catalog_things import NOW, card, product, variant


def test_a_product_stands_in_its_category_each_ancestor_and_among_all() -> None:
    assert shelves(product()) == ("~all", "kitchen", "kitchen-mugs")
    assert shelves(product(featured=True)) == ("~all", "kitchen", "kitchen-mugs", "~featured")


def test_what_is_not_sold_stands_nowhere() -> None:
    assert shelves(product(status="draft")) == ()
    assert cards(product(status="retired"), in_stock=True) == ()


def test_every_shelf_has_the_same_card() -> None:
    found = cards(product(rating=4.5), in_stock=True)

    assert [one.category_slug for one in found] == ["~all", "kitchen", "kitchen-mugs"]
    assert len({one.but(category_slug="").model_dump_json() for one in found}) == 1
    assert found[0].id == card_id(product().id)


def listed(card: ListingCard) -> ListedProduct:
    return ListedProduct.of_json(card.json_text(), "1")


def test_a_card_shows_the_product_under_its_own_id_and_category() -> None:
    images = (Image(url="/b.jpg", order=2), Image(url="/a.jpg", order=1))

    shown = listed(card("copper-mug", images=images, description="Warm.", popularity=7))

    assert shown.id == shown.product_id == product().id
    assert (shown.category_slug, shown.slug, shown.sku) == (
        "kitchen-mugs",
        "copper-mug",
        "copper-mug",
    )
    assert (shown.image_url, shown.description, shown.popularity) == ("/a.jpg", "Warm.", 7)
    assert (shown.in_stock, shown.variant_count) == (True, 1)
    assert shown.model_dump(mode="json")["price"]["amount"] == 19.99


def test_facets_come_from_brand_attributes_and_all_variants() -> None:
    found = card(
        attributes={"Material": "Copper"},
        variants=(variant("S", Color="Deep Red"), variant("L", Color="Ink")),
    )

    assert found.facets == ("brand=emberfold", "color=deep red", "color=ink", "material=copper")
    assert found.labels == ("Emberfold", "Deep Red", "Ink", "Copper")


def test_no_brand_is_no_facet() -> None:
    assert card(brand="").facets == ()


def test_a_facet_is_folded() -> None:
    assert facet("Shoe size", "42 ÉU") == "shoe_size=42 eu"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("short", "short"),
        ("x" * 160, "x" * 160),
        ("word, " * 40, "word, " * 25 + "word…"),
    ],
)
def test_a_description_is_cut_at_a_word(text: str, short: str) -> None:
    assert shortened(text) == short


def test_no_filters_ask_for_everything() -> None:
    assert filters("").alternatives() == ()
    assert filters('{"brand": [], "attributes": {"color": []}}').alternatives() == ()


def test_values_of_a_field_are_alternatives() -> None:
    wanted = filters('{"brand": ["B", "A", "a"], "attributes": {"Color": ["Red"]}}')

    assert wanted.alternatives() == (("brand=a", "brand=b"), ("color=red",))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "filters"),
        ("[]", "filters"),
        ('{"colour": 1}', "filters.colour"),
        ('{"price": {"min": -1}}', "filters.price.min"),
        ('{"price": {"min": 5, "max": 4}}', "filters.price"),
        ('{"price": {"min": NaN}}', "filters.price.min"),
        ('{"brand": [""]}', "filters.brand.0"),
        ('{"brand": [' + ",".join(['"b"'] * 21) + "]}", "filters"),
        ('{"attributes": {' + ",".join(f'"a{n}": []' for n in range(21)) + "}}", "filters"),
        ("x" * 4_001, "filters"),
    ],
)
def test_bad_filters_are_refused_by_name(text: str, field: str) -> None:
    with pytest.raises(BadFilter) as refusal:
        filters(text)

    assert refusal.value.facts["fields"][0]["field"] == field


def test_prices_and_names_go_up_and_the_rest_down_unless_told() -> None:
    assert [
        is_descending(sort, None)
        for sort in ("price", "name", "created_at", "rating", "popularity", "relevance")
    ] == [False, False, True, True, True, True]
    assert is_descending("price", "desc")
    assert not is_descending("rating", "asc")


def test_lists_outside_the_store_are_sorted_by_the_same_values() -> None:
    armel = listed(card("ärmel", rating=4.5, popularity=3))

    assert [
        sort_key(sort)(armel)
        for sort in ("relevance", "price", "name", "created_at", "rating", "popularity")
    ] == [3, 19.99, "armel", NOW, 4.5, 3]


def test_a_whole_amount_is_shown_without_decimals() -> None:
    yen = product(price=Price(currency="JPY", amount=1200), variants=())
    shown = listed(next(iter(cards(yen, in_stock=True))))

    assert shown.model_dump_json(include={"price"}) == (
        '{"price":{"currency":"JPY","amount":1200,"compare_at":null,"tax_rate":0.0}}'
    )


def test_a_card_that_an_older_release_wrote_is_lifted_before_it_is_shown() -> None:
    older = card().json_text().replace('"schema_version":1', '"schema_version":0')

    assert ListedProduct.of_json(older, "1") == listed(card())


def test_a_range_holds_both_ends() -> None:
    assert filters('{"price": {"min": 5, "max": 5}}').price == Range(min=5, max=5)
