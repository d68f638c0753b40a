"""Reading what agents say."""

from datetime import timedelta
from typing import Any

import pytest

from domain.advice import (
    MOST_ADVISED,
    advised_actions,
    advised_arrival,
    advised_products,
    enrichment,
)
from domain.product import product_id
from tests.domain.catalog_things import NOW


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (None, ()),
        ({}, ()),
        ({"results": "many"}, ()),
        ({"results": [{"item_id": "S-1"}, {"product_id": "p-2", "sku": "S-2"}, "slug-3"]},
         ("S-1", "p-2", "slug-3")),
        ({"results": [{"item_id": "S-1", "url": "https://shop/product/copper-mug"}]},
         (product_id("copper-mug"),)),
        ({"results": [{"slug": "copper-mug", "sku": "S-1"}]}, (product_id("copper-mug"),)),
        ({"results": [{"sku": "S-1", "url": "https://shop/"}, {"sku": "S-1"}]}, ("S-1",)),
        ({"results": [None, 7, {}, {"id": 7}, {"sku": "x" * 101}]}, ()),
        ({"results": [], "related": ["ignored"]}, ()),
        ({"segmentation": {"personalization": {"recommended_content": ["p-1"]}}}, ("p-1",)),
        ({"segmentation": "none"}, ()),
    ],
)  # fmt: skip
def test_products_are_named_in_many_ways(answer: Any, names: tuple[str, ...]) -> None:
    assert advised_products(answer) == names


def test_an_answer_names_a_bounded_number_of_products() -> None:
    assert len(advised_products({"results": [f"p-{n}" for n in range(500)]})) == MOST_ADVISED


def test_enrichment_is_plain_facts_that_we_do_not_say_ourselves() -> None:
    answer = {
        "service": "x",
        "sku": "S-1",
        "name": "Mug",
        "features": ["Size: S"],
        "score": 0.5,
        "mood": "cosy",
        "empty": [],
        "mixed": [1],
        "long": "x" * 2_001,
        "nested": {"a": 1},
        "nothing": None,
    }

    assert enrichment(answer) == {"features": ["Size: S"], "score": 0.5, "mood": "cosy"}
    assert enrichment({"sku": "S-1"}) is None
    assert enrichment(None) is None


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"eta": 5},
        {"eta": {"eta": None}},
        {"eta": "soon"},
        {"eta": "2026-11-27T09:00:00"},
        {"eta": "2026-11-24T09:00:00+00:00"},
        {"eta": "2027-11-24T09:00:00+00:00"},
    ],
)
def test_an_arrival_that_cannot_be_is_none(answer: Any) -> None:
    assert advised_arrival(answer, NOW) is None


def test_an_arrival_is_a_moment_to_come() -> None:
    told = {"eta": {"eta": "2026-11-26T09:00:00Z"}}

    assert advised_arrival(told, NOW) == NOW + timedelta(days=2)
    assert advised_arrival({"eta": "2026-11-26T09:00:00Z"}, NOW) == NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, ("", ())),
        ({}, ("", ())),
        ({"support_brief": "Be kind."}, ("", ())),
        ({"support_brief": {"risk": 3, "next_best_actions": "Call"}}, ("", ())),
        (
            {"support_brief": {"risk": "low", "next_best_actions": ["Call", 3, "", "x" * 501]}},
            ("low", ("Call",)),
        ),
        (
            {"support_brief": {"risk": "x" * 501, "next_best_actions": ["Call"] * 11}},
            ("", ("Call",) * 10),
        ),
    ],
)
def test_what_the_support_agent_would_do_is_read_with_suspicion(
    answer: Any, said: tuple[str, tuple[str, ...]]
) -> None:
    assert advised_actions(answer) == said
