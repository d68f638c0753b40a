"""Which texts can be ids, and how others become part of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.document_id import (
    MOST_OUTSIDE_BYTES,
    is_storable_id,
    is_storable_partition,
    outside_part,
)

HALF = "\ud800"
"""Half of a surrogate pair: JSON can say it, UTF-8 cannot."""


@pytest.mark.parametrize("text", ["a", "in:orders:e-1", "å" * 511, "x" * 1_023, " ", "a%2Fb"])
def test_an_id_has_up_to_1023_bytes(text: str) -> None:
    assert is_storable_id(text)


@pytest.mark.parametrize("text", ["", "a/b", "a\\b", "a?", "#a", "x" * 1_024, "å" * 512, HALF])
def test_nothing_else_is_an_id(text: str) -> None:
    assert not is_storable_id(text)


def test_a_partition_has_up_to_2048_bytes_of_anything() -> None:
    assert all(map(is_storable_partition, ("", "a/b", "x" * 2_048, "å" * 1_024)))
    assert not any(map(is_storable_partition, ("x" * 2_049, "å" * 1_025, HALF)))


@pytest.mark.parametrize("text", ["", "e-1", "018f-4c", "x" * MOST_OUTSIDE_BYTES])
def test_what_can_be_part_of_an_id_stays_as_it_is(text: str) -> None:
    assert outside_part(text) == text


def test_what_cannot_becomes_its_digest() -> None:
    assert outside_part("a/b") == (
        "~sha256~c14cddc033f64b9dea80ea675cf280a015e672516090a5626781153dc68fea11"
    )


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=())), unique=True, max_size=5))
def test_every_text_has_a_part_of_its_own_that_can_be_stored(texts: list[str]) -> None:
    """No two texts are taken for each other, also where one is the other's digest."""
    texts = list(dict.fromkeys([*texts, *map(outside_part, texts)]))
    parts = set(map(outside_part, texts))

    assert len(parts) == len(texts)
    assert all(is_storable_id(f"in:logistics:{part}") for part in parts)
