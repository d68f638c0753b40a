"""Sealed cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cursor import BadCursor, Place, opened, sealed
from domain.keys import Keys

KEY = Keys(b"k" * 32)
values = st.text(max_size=50) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(values, st.text(max_size=50), st.text(max_size=50))
def test_a_cursor_gives_back_the_place(value: str | float, id: str, fingerprint: str) -> None:
    """What was sealed is what is opened, for every sort value and id."""
    place: Place = (value, id)

    assert opened(sealed(place, fingerprint, KEY), fingerprint, KEY) == place


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "not base 64!", "ünicode", "A" * 40, "A" * 3_000],
)
def test_what_nobody_sealed_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor) as refusal:
        opened(cursor, "list", KEY)

    assert refusal.value.facts == {
        "fields": [{"field": "cursor", "message": "not a cursor of this list"}]
    }


def test_a_cursor_serves_one_list_and_one_key_only() -> None:
    cursor = sealed((17.5, "p-1"), "price up", KEY)

    with pytest.raises(BadCursor):
        opened(cursor, "price down", KEY)
    with pytest.raises(BadCursor):
        opened(cursor, "price up", Keys(b"other" * 8))


def test_a_cursor_outlives_the_key_that_sealed_it() -> None:
    cursor = sealed((17.5, "p-1"), "list", KEY)

    assert opened(cursor, "list", Keys(b"n" * 32, KEY.current)) == (17.5, "p-1")
    with pytest.raises(BadCursor):
        opened(cursor, "list", Keys(b"n" * 32, b"m" * 32))


def test_a_changed_cursor_is_refused() -> None:
    cursor = sealed((17.5, "p-1"), "list", KEY)

    for place in range(len(cursor) - 1):
        other = "A" if cursor[place] != "A" else "B"
        with pytest.raises(BadCursor):
            opened(cursor[:place] + other + cursor[place + 1 :], "list", KEY)
