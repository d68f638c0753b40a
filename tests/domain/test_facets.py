"""The facet summary of a shelf."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.facets import MOST_SHOWN, MOST_TOKENS, FacetSummary
from domain.listing import ListingCard
from domain.product import Price
from tests.domain.catalog_things import card

EMPTY = FacetSummary(category_slug="~all", currency="USD")


def priced(slug: str, amount: str, **changes: Any) -> ListingCard:
    return card(slug, price=Price(amount=amount, currency="USD"), **changes)


def test_a_shelf_is_told_in_ranges_brands_and_attributes() -> None:
    on = [
        priced("a", "9.99", attributes={"Color": "Red"}),
        priced("b", "10.00", attributes={"Color": "Ink"}, brand="Oxbellow"),
        priced("c", "2000", attributes={"Color": "Red"}, in_stock=False),
    ]

    shown = EMPTY.rearranged(on=on).shown()

    assert (shown.total, shown.in_stock, shown.currency) == (3, 2, "USD")
    assert [(r.min, r.max, r.count) for r in shown.price_ranges] == [
        (0, 10, 1),
        (10, 25, 1),
        (1_000, None, 1),
    ]
    assert [(b.value, b.label, b.count) for b in shown.brands] == [
        ("emberfold", "Emberfold", 2),
        ("oxbellow", "Oxbellow", 1),
    ]
    (color,) = shown.attributes
    assert (color.name, color.label) == ("color", "Color")
    assert [(v.value, v.count) for v in color.values] == [("red", 2), ("ink", 1)]


def test_currencies_without_decimals_have_wider_ranges() -> None:
    yen = FacetSummary(category_slug="~all", currency="JPY")
    only = card("a", price=Price(amount=1_500, currency="JPY"))

    (found,) = yen.rearranged(on=[only]).shown().price_ranges

    assert (found.min, found.max) == (1_000, 2_500)


def test_a_card_that_goes_takes_its_counts_along() -> None:
    one, other = priced("a", "5"), priced("b", "5", brand="Oxbellow")

    left = EMPTY.rearranged(on=[one, other]).rearranged(off=[other])

    assert left == EMPTY.rearranged(on=[one])


ALL_CARDS = [
    priced(slug, amount, attributes={"Color": color}, in_stock=in_stock)
    for slug, amount, color, in_stock in (
        ("a", "5", "Red", True),
        ("b", "30", "Red", False),
        ("c", "30", "Ink", True),
        ("d", "700", "Ink", False),
    )
]


@given(st.lists(st.sampled_from(ALL_CARDS), max_size=30))
def test_the_counts_do_not_depend_on_the_history(moves: list[ListingCard]) -> None:
    """However cards come and go, the summary is the one that counting anew would give."""
    summary, there = EMPTY, dict[str, ListingCard]()
    for one in moves:
        if one.id in there:
            summary = summary.rearranged(off=[there.pop(one.id)])
        else:
            summary = summary.rearranged(on=[one])
            there[one.id] = one

    assert summary.shown() == EMPTY.rearranged(on=list(there.values())).shown()


def test_a_shelf_keeps_and_shows_a_bounded_number_of_values() -> None:
    many = [card("a", attributes={"Code": f"{n:04d}"}) for n in range(MOST_TOKENS + 5)]

    full = EMPTY.rearranged(on=many)

    assert len(full.tokens) == MOST_TOKENS
    assert len(full.shown().attributes[0].values) == MOST_SHOWN
    assert full.rearranged(off=many).tokens == {}
