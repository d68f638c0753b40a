"""Keys of one secret, and bytes as text; nobody can write a signed text but us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cursor import BadCursor, opened, sealed
from domain.keys import Keys, bytes_of, derived, text_of

URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_each_purpose_has_its_own_key() -> None:
    keys = {derived(b"secret", "cursor"), derived(b"secret", "csrf"), derived(b"other", "cursor")}

    assert {len(key) for key in keys} == {32}
    assert len(keys) == 3
    assert derived(b"secret", "cursor") in keys


@given(st.binary(max_size=100))
def test_bytes_survive_as_text(raw: bytes) -> None:
    """Reading the text gives the bytes back, and the text needs no escaping in a URL or a cookie."""
    text = text_of(raw)

    assert bytes_of(text) == raw
    assert set(text) <= set(URL_SAFE)


@pytest.mark.parametrize("text", ["A", "AA=", "AA==", "A A", "AAé", "QQ\n", "Q!Q", "+/", "AB"])
def test_only_the_text_that_we_write_is_read(text: str) -> None:
    assert bytes_of(text) is None


@given(st.text(max_size=40))
def test_no_two_texts_mean_the_same_bytes(text: str) -> None:
    """What can be read is exactly what would be written: a signed text cannot be varied."""
    raw = bytes_of(text)

    assert raw is None or text_of(raw) == text


@given(st.data())
def test_a_cursor_with_any_letter_changed_is_refused(data: st.DataObject) -> None:
    """No change of one letter, and so no flip of one bit, leaves a cursor good."""
    cursor = sealed(("mug", "p-1"), "shelf", Keys(b"key"))
    place = data.draw(st.integers(0, len(cursor) - 1))
    letter = data.draw(st.sampled_from(URL_SAFE.replace(cursor[place], "")))

    with pytest.raises(BadCursor):
        opened(cursor[:place] + letter + cursor[place + 1 :], "shelf", Keys(b"key"))


def test_rolling_keys_are_derived_one_by_one_and_never_shown() -> None:
    keys = Keys(b"new", b"old")

    assert list(keys) == [b"new", b"old"]
    assert list(Keys(b"new")) == [b"new"]
    assert keys.derived("p") == Keys(derived(b"new", "p"), derived(b"old", "p"))
    assert Keys(b"new").derived("p") == Keys(derived(b"new", "p"))
    assert repr(keys) == "Keys()"
