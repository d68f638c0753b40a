"""Folding facts into figures."""

from itertools import batched

from hypothesis import given
from hypothesis import strategies as some

from domain.newcomer import Newcomer
from domain.rollup import (
    GROSS,
    OTHERS,
    PRODUCTS,
    RANKS,
    SHOP,
    Fact,
    Row,
    Tally,
    gather,
    kept,
    with_others,
)
from domain.sale import Sale
from domain.traffic import Traffic, traffic_id
from tests.domain.figures_samples import (
    DAY,
    FACTS,
    GIVEN_BACK,
    PAID,
    PERIOD,
    a_line,
    a_sale,
    rows,
    tallied,
)


def counts_of(*facts: Fact) -> dict[str, dict[str, dict[str, int]]]:
    return {
        breakdown: {key: row.counts for key, row in found.items()}
        for breakdown, found in rows(tallied(*facts)).items()
    }


def test_an_order_that_is_not_paid_is_an_order_and_no_money() -> None:
    assert counts_of(a_sale()) == {
        "shop": {"USD:": {"orders": 1}},
        "categories": {"USD:kitchen": {"orders": 1}},
        "products": {"USD:mug": {"orders": 1}},
    }


def test_a_paid_order_is_counted_once_wherever_one_of_its_lines_belongs() -> None:
    lines = (a_line("mug", 2, 2000), a_line("cup", 3, 300), a_line("mug", 1, 900))

    assert counts_of(a_sale("A", *lines, **PAID)) == {
        "shop": {"USD:": {"orders": 1, "paid": 1, "units": 6, "gross_minor": 2500}},
        "categories": {"USD:kitchen": {"orders": 1, "paid": 1, "units": 6, "gross_minor": 3200}},
        "products": {
            "USD:cup": {"orders": 1, "paid": 1, "units": 3, "gross_minor": 300},
            "USD:mug": {"orders": 1, "paid": 1, "units": 3, "gross_minor": 2900},
        },
    }


def test_money_and_pieces_that_went_back_are_counted_beside_what_came() -> None:
    found = counts_of(a_sale("A", **PAID), a_sale("B", **GIVEN_BACK))

    both = {"orders": 2, "paid": 2, "cancelled": 1, "units": 4, "units_back": 2}
    assert found["shop"] == {"USD:": both | {"gross_minor": 5000, "refunded_minor": 2500}}
    assert found["products"] == {"USD:mug": both | {"gross_minor": 4000, "refunded_minor": 2000}}


def test_each_currency_is_counted_by_itself() -> None:
    found = counts_of(a_sale("A", **PAID), a_sale("B", currency="EUR", **PAID))

    assert sorted(found["shop"]) == ["EUR:", "USD:"]
    assert sorted(found["products"]) == ["EUR:mug", "USD:mug"]


def test_who_came_new_and_what_was_looked_at_belong_to_no_currency() -> None:
    shop = Traffic(id=traffic_id(""), period=PERIOD, views=9, carts=4, checkouts=2)
    mug = Traffic(id=traffic_id("mug"), period=PERIOD, product_id="mug", views=7, cart_adds=3)

    assert counts_of(Newcomer.of(b"k", "u", DAY), shop, mug) == {
        "shop": {":": {"new_customers": 1, "views": 9, "carts": 4, "checkouts": 2}},
        "interest": {":mug": {"views": 7, "cart_adds": 3}},
    }


def test_a_breakdown_that_holds_nothing_has_no_document() -> None:
    mug = Traffic(id=traffic_id("mug"), period=PERIOD, product_id="mug", views=7)

    assert [rollup.id for rollup in tallied(mug).rollups(PERIOD)] == ["interest"]
    assert Tally().rollups(PERIOD) == ()


def test_a_product_goes_by_the_last_of_its_names() -> None:
    old = a_sale("A", a_line(name="A mug", category_slug="table"))
    new = a_sale("B", a_line(name="The mug", category_slug="kitchen"))

    row = rows(tallied(new, old))["products"]["USD:mug"]

    assert (row.name, row.category_slug) == ("The mug", "kitchen")


@given(FACTS, some.randoms(), some.integers(1, 5))
def test_neither_order_nor_pages_change_a_figure(
    facts: list[Fact], dice: object, size: int
) -> None:
    """Any order of the facts, and any way to split them into pages that are folded alone, gives the same."""
    shuffled = list(facts)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random

    summed = Tally()
    for page in batched(shuffled, size, strict=False):
        for rollup in tallied(*page).rollups(PERIOD):
            summed.add(rollup.id, rollup.rows)

    assert rows(summed) == rows(tallied(*facts))


@given(FACTS, FACTS)
def test_a_week_is_the_sum_of_its_days(monday: list[Fact], tuesday: list[Fact]) -> None:
    """What is made of the days' figures is what is made of all of their facts."""
    week = Tally()
    for day in (monday, tuesday):
        for rollup in tallied(*day).rollups(PERIOD):
            week.add(rollup.id, rollup.rows)

    assert week.rollups(PERIOD) == tallied(*monday, *tuesday).rollups(PERIOD)


@given(FACTS)
def test_every_cent_is_in_every_breakdown(facts: list[Fact]) -> None:
    """The shop took what was charged; categories and products took the same as each other."""
    found = rows(tallied(*facts))
    sales = [fact for fact in facts if isinstance(fact, Sale)]

    gross = {name: sum(row.count(GROSS) for row in each.values()) for name, each in found.items()}
    assert gross.get("shop", 0) == sum(sale.charged_minor for sale in sales)
    assert gross.get("products", 0) == gross.get("categories", 0)
    assert gross.get("products", 0) == sum(
        line.total_minor for sale in sales if sale.is_paid for line in sale.lines
    )


ROWS = some.lists(
    some.builds(
        lambda subject, units, gross: Row(
            subject=subject, currency="USD", counts={"units": units, "gross_minor": gross}
        ),
        some.sampled_from((*"abcdefgh", OTHERS)),
        some.integers(0, 9),
        some.integers(0, 9),
    )
)


@given(ROWS, some.integers(0, 4))
def test_what_is_too_much_is_summed_and_never_lost(found: list[Row], most: int) -> None:
    """At most so many rows by rank are kept, the best of all; the sum of all rows stays."""
    all_of_them = gather({}, found)

    left = kept(RANKS[PRODUCTS], all_of_them, most)

    single = [row for row in left if row.subject != OTHERS]
    assert len(single) <= 2 * most
    assert len(left) - len(single) <= 1
    for name in ("units", "gross_minor"):
        assert sum(row.count(name) for row in left) == sum(row.count(name) for row in found)
        best = sorted(
            (row.count(name) for key, row in all_of_them.items() if key != f"USD:{OTHERS}")
        )
        assert sorted(row.count(name) for row in single)[::-1][:most] == best[::-1][:most]


def test_others_are_one_row_for_each_currency() -> None:
    many = [
        Row(subject=one, currency=money, counts={"units": 1})
        for money in ("USD", "EUR")
        for one in "abc"
    ]

    left = with_others(many, {"USD:b"})

    assert [(row.key, row.counts) for row in left] == [
        (f"EUR:{OTHERS}", {"units": 3}),
        ("USD:b", {"units": 1}),
        (f"USD:{OTHERS}", {"units": 2}),
    ]


def test_every_breakdown_has_a_rank() -> None:
    row = Row(counts={"orders": 1, "gross_minor": 2, "units": 3, "views": 4})

    assert {name: [rank(row) for rank in ranks] for name, ranks in RANKS.items()} == {
        SHOP: [1],
        "categories": [2],
        PRODUCTS: [3, 2],
        "interest": [4],
    }
