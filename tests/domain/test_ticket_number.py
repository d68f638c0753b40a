"""Ids and numbers of tickets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order import CROCKFORD
from domain.ticket_number import (
    opening_of,
    ticket_id_from,
    ticket_id_of,
    ticket_number_of,
    ticket_pointer_key,
)
from tests.domain.samples import NOON


@given(st.text(), st.integers(0, 4), st.integers(2026, 2999))
def test_a_number_leads_back_to_its_ticket(opening: str, attempt: int, year: int) -> None:
    """However people write it: case, hyphens, spaces, and letters that look like digits do not count."""
    id = ticket_id_of(opening, attempt)
    number = ticket_number_of(id, NOON.replace(year=year))

    assert len(id) == 8
    assert set(id) <= set(CROCKFORD)
    assert number == f"HPH-T-{year}-{id[:4]}-{id[4:]}"
    for text in (id, number, number.lower().replace("-", " "), id.replace("0", "o")):
        assert ticket_id_from(text) == id


@pytest.mark.parametrize("text", ["", "x", "7K3MPX9QW2ZD", "HPH-T-7K3M-PX9Q", "7K3MPX9U", "~"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert ticket_id_from(text) is None


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_requests_open_differently(one: list[str], other: list[str]) -> None:
    """Also where their parts say the same when put together."""
    assert (opening_of(*one) == opening_of(*other)) == (one == other)


def test_the_names_that_follow_from_an_id() -> None:
    opening = opening_of("u-1", "key")

    assert len(opening) == 40
    assert ticket_id_of(opening, 0) != ticket_id_of(opening, 1)
    assert ticket_pointer_key("7K3MPX9Q") == "~7K3MPX9Q"
