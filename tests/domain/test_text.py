"""Folding, words and slugs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import folded, slugged, words


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Café Crème", "cafe creme"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("  two   spaces ", "two spaces"),
        ("Hearth™", "hearthtm"),
        ("ﬁne", "fine"),
    ],
)
def test_case_and_accents_do_not_count(text: str, bare: str) -> None:
    assert folded(text) == bare


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    """Folding is idempotent, or the same name could sort in two places."""
    assert folded(folded(text)) == folded(text)


def test_words_are_parted_by_punctuation_but_not_by_apostrophes() -> None:
    found = words("Baker's dough-hook, size_10 (3.5 l)")

    assert found == ("bakers", "dough", "hook", "size", "10", "3", "5", "l")


def test_a_typographic_apostrophe_is_an_apostrophe() -> None:
    assert words("baker\N{RIGHT SINGLE QUOTATION MARK}s") == ("bakers",)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Apparel/Shirts/T-shirts", "apparel-shirts-t-shirts"),
        ("Gift & Wrap", "gift-wrap"),
        ("***", ""),
        ("Ελλάδα", ""),
        ("⓸p%óÿI", "p-oyi"),
        ("Gourmet 日本", "gourmet"),
    ],
)
def test_a_slug_is_words_and_hyphens(text: str, slug: str) -> None:
    assert slugged(text) == slug
