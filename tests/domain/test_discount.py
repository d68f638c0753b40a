"""What promotions take off, and off which line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.discount import Discount, Goods, Offer, discounted, spread
from tests.domain.samples import a_promotion, usd

SKUS = ("MUG", "CUP", "BOWL", "FORK", "SPOON")
GOODS = st.lists(
    st.builds(Goods, st.sampled_from(SKUS), st.integers(0, 100_000).map(usd)),
    max_size=5,
    unique_by=lambda line: line.sku,
)


def offer(code: str = "TEN", *skus: str, **terms: Any) -> Offer:
    return Offer(a_promotion(code=code, **terms), frozenset(skus or SKUS))


def percent_off(code: str, percent: int, *skus: str) -> Offer:
    return offer(code, *skus, rate=percent * 10_000)


def amount_off(code: str, minor: int, *skus: str) -> Offer:
    return offer(code, *skus, type="amount", rate=0, amount=usd(minor))


def ships_free(code: str = "SHIP") -> Offer:
    return offer(code, type="free_shipping", rate=0)


OFFERS = st.lists(
    st.one_of(
        st.builds(percent_off, st.sampled_from("ABC"), st.integers(1, 100)),
        st.builds(percent_off, st.sampled_from("DEF"), st.integers(1, 100), st.sampled_from(SKUS)),
        st.builds(amount_off, st.sampled_from("GHI"), st.integers(1, 90_000)),
        st.builds(
            amount_off,
            st.sampled_from("JKL"),
            st.integers(1, 90_000),
            st.sampled_from(SKUS),
            st.sampled_from(SKUS),
        ),
        st.just(ships_free()),
    ),
    max_size=3,
    unique_by=lambda each: each.promotion.code,
)


def minor(discount: Discount) -> tuple[list[int], dict[str, int]]:
    by_code = {code: off.amount_minor for code, off in discount.by_code.items()}
    return [off.amount_minor for off in discount.by_line], by_code


def goods(**costs: int) -> list[Goods]:
    return [Goods(sku, usd(cost)) for sku, cost in costs.items()]


def test_a_percentage_is_rounded_once_and_spread_exactly() -> None:
    found = discounted(goods(MUG=333, CUP=333, BOWL=333), [percent_off("TEN", 10)])

    assert minor(found) == ([34, 33, 33], {"TEN": 100})


def test_an_amount_is_spread_as_the_lines_cost() -> None:
    found = discounted(goods(MUG=2000, CUP=1000), [amount_off("FIVE", 500)])

    assert minor(found) == ([334, 166], {"FIVE": 500})


def test_an_amount_never_takes_more_than_there_is() -> None:
    found = discounted(goods(MUG=300, CUP=100), [amount_off("FIVE", 500)])

    assert minor(found) == ([300, 100], {"FIVE": 400})


def test_a_code_for_some_goods_leaves_the_others_alone() -> None:
    found = discounted(goods(MUG=1000, CUP=1000), [percent_off("TEN", 10, "CUP")])

    assert minor(found) == ([0, 100], {"TEN": 100})


def test_a_second_code_works_on_what_the_first_one_left() -> None:
    offers = [amount_off("FIVE", 500), percent_off("HALF", 50), percent_off("TEN", 10)]

    assert minor(discounted(goods(MUG=2000), offers)) == (
        [2000 - (2000 - 1000 - 100 - 500)],
        {"HALF": 1000, "TEN": 100, "FIVE": 500},
    )


def test_free_shipping_takes_nothing_off_the_goods() -> None:
    found = discounted(goods(MUG=1000), [ships_free("B"), ships_free("A")])

    assert minor(found) == ([0], {"A": 0, "B": 0})
    assert found.ships_free == ("A", "B")


@given(GOODS, OFFERS)
def test_no_line_costs_less_than_nothing(lines: list[Goods], offers: list[Offer]) -> None:
    """Whatever the codes, each line keeps between nothing and all of its cost."""
    found = discounted(lines, offers)

    assert len(found.by_line) == len(lines)
    assert all(usd(0) <= off <= line.cost for off, line in zip(found.by_line, lines, strict=True))


@given(GOODS, OFFERS)
def test_lines_and_codes_account_for_the_same_money(
    lines: list[Goods], offers: list[Offer]
) -> None:
    """What is off the lines is, to the cent, what the codes took off."""
    by_line, by_code = minor(discounted(lines, offers))

    assert sum(by_line) == sum(by_code.values())
    assert set(by_code) == {each.promotion.code for each in offers}


@given(GOODS, OFFERS, st.data())
def test_neither_order_counts(lines: list[Goods], offers: list[Offer], data: st.DataObject) -> None:
    """The same lines and codes in any order: each line and each code has the same discount."""
    shuffled = data.draw(st.permutations(lines))

    first = discounted(lines, offers)
    second = discounted(shuffled, data.draw(st.permutations(offers)))

    by_sku = {line.sku: off for line, off in zip(lines, first.by_line, strict=True)}
    assert by_sku == {line.sku: off for line, off in zip(shuffled, second.by_line, strict=True)}
    assert (first.by_code, first.ships_free) == (second.by_code, second.ships_free)


@given(GOODS, st.integers(1, 100))
def test_one_percentage_is_the_percentage_of_the_whole(lines: list[Goods], percent: int) -> None:
    """Rounded once, half up, on the sum: never a cent for each line."""
    by_line, _ = minor(discounted(lines, [percent_off("TEN", percent)]))
    whole = sum(line.cost.amount_minor for line in lines)

    assert sum(by_line) == (whole * percent * 2 + 100) // 200


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=8))
def test_an_amount_in_parts_is_the_amount(amount: int, weights: list[int]) -> None:
    """The parts add up to the amount where there is anything to weigh, none is over its weight or far from fair."""
    amount = min(amount, sum(weights))
    parts = [part.amount_minor for part in spread(usd(amount), weights)]

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert 0 <= part <= weight
        assert abs(part * sum(weights) - amount * weight) <= sum(weights)


@pytest.mark.parametrize("weights", [[], [0, 0]])
def test_nothing_is_spread_over_nothing(weights: list[int]) -> None:
    assert spread(usd(0), weights) == (usd(0),) * len(weights)
