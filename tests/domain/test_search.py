"""Words, postings, lexicons and ranking of the shop's own search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.search import (
    MOST_ASKED,
    MOST_COMPLETIONS,
    MOST_IN_LEXICON,
    MOST_WORDS,
    Lexicon,
    Meaning,
    asked_words,
    marked_words,
    meaning,
    postings,
    rarest_first,
    score,
    shelf_of_words,
    stem,
)
from domain.text import words
from tests.domain.catalog_things import product, variant


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [("mugs", "mug"), ("glass", "glass"), ("bus", "bus"), ("tennis", "tennis"), ("gas", "gas"), ("mug", "mug")],
)  # fmt: skip
def test_a_plural_is_its_singular(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_a_word_counts_where_it_counts_most() -> None:
    found = marked_words(
        product(
            name="The Copper Mug",
            brand="Copper & Sons",
            description="A mug of copper for cider",
            attributes={"Finish": "Brushed"},
            variants=(variant("S", Color="Ink"),),
        )
    )

    assert found == (
        "n:copper", "n:mug", "b:son", "d:kitchen", "d:ink", "d:brushed", "d:cider",
    )  # fmt: skip


def test_a_product_has_a_bounded_number_of_words() -> None:
    text = " ".join(f"w{n}" for n in range(100))

    assert len(marked_words(product(description=text))) == MOST_WORDS


def test_a_posting_ranks_by_field_then_popularity() -> None:
    name, brand, *_ = postings(product(name="Mug", brand="Ember", popularity=7))

    assert (name.token, name.rank, name.partition) == ("mug", 3_000_007, "mug")
    assert (brand.token, brand.rank, brand.popularity) == ("ember", 2_000_007, 7)
    assert name.words == brand.words
    assert postings(product(popularity=5_000_000))[0].rank == 3_999_999


def test_what_is_not_sold_is_not_found() -> None:
    assert postings(product(status="retired")) == ()


def test_a_lexicon_completes_words_by_how_often_they_were_seen() -> None:
    lexicon = Lexicon(token="~mu").with_words({"mug": 2, "muesli": 1}).with_words({"muslin": 5})

    assert lexicon.completions("mu") == ("muslin", "mug", "muesli")
    assert lexicon.completions("mug") == ()
    assert lexicon.with_words({"mug": 1}).seen["mug"] == 3


def test_a_lexicon_and_its_completions_are_bounded() -> None:
    many = {f"w{n:05d}": 1 for n in range(MOST_IN_LEXICON + 1)}

    lexicon = Lexicon(token="~w0").with_words(many)

    assert len(lexicon.seen) == MOST_IN_LEXICON
    assert len(lexicon.completions("w")) == MOST_COMPLETIONS
    assert lexicon.with_words({"w00000": 1}).seen["w00000"] == 2


def test_a_query_is_the_words_that_tell_something() -> None:
    assert asked_words("The Mugs for THE café, mug!") == ("mug", "cafe")
    assert len(asked_words("a1 b2 c3 d4 e5 f6 g7")) == MOST_ASKED
    assert asked_words("of the") == ()


def test_a_word_means_itself_and_longer_ones() -> None:
    lexicon = Lexicon(token="~mu", seen={"mug": 3, "muggle": 2, "muesli": 9})

    found = meaning("mug", lexicon)

    assert (found.tokens, found.seen) == (("mug", "muggle"), 5)
    assert found.marks == ("n:mug", "n:muggle", "b:mug", "b:muggle", "d:mug", "d:muggle")
    assert meaning("mug", None) == Meaning("mug", (), 0)
    assert shelf_of_words("mug") == "~mu"


def test_the_rarest_word_is_looked_up() -> None:
    common, rare = Meaning("copper", (), 900), Meaning("mug", (), 3)

    assert rarest_first([common, rare]) == (rare, common)


def test_a_name_beats_a_brand_beats_a_text_and_a_word_beats_its_beginning() -> None:
    one = Meaning("mug", ("muggle",), 0)
    marks = ("n:mug", "n:muggle", "b:mug", "b:muggle", "d:mug", "d:muggle")

    points = [one.points([mark]) for mark in marks]

    assert points == [7, 6, 5, 4, 3, 2]
    assert one.points(["n:muggle", "d:mug"]) == 6
    assert one.points(["n:cup"]) == 0


def test_points_come_before_popularity() -> None:
    asked = [Meaning("mug", (), 0)]
    named = postings(product("mug", popularity=0))[0]
    told = postings(product("cup", description="mug", popularity=999_999))[0]

    assert score(named, asked) == 7_000_000
    assert score(told, asked) == 3_999_999


@given(st.text(max_size=60))
def test_a_product_is_found_by_every_word_of_its_name(name: str) -> None:
    """Whatever a name looks like, its telling words find it, in any case."""
    marked = marked_words(product(name=name))

    asked = asked_words(name.upper())

    known = {mark.partition(":")[2] for mark in marked}
    assert set(asked) <= known or len(words(name)) > MOST_WORDS
