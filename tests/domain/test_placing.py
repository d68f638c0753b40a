"""Where products belong, and how a change is written down before the places follow."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.placing import arrived, changed, fenced, places, unplaced
from domain.product import Places, Product
from tests.domain.catalog_things import NOW, product

LATER = NOW + timedelta(hours=1)
PATHS = (("Kitchen", "Mugs"), ("Kitchen",), ("Garden",))

versions = st.builds(
    lambda name, path, status, featured: product(
        name=name,
        category_path=path,
        category_slug="-".join(path).lower(),
        status=status,
        featured=featured,
    ),
    st.sampled_from(("Copper Mug", "Tin Cup", "Big Copper Pot")),
    st.sampled_from(PATHS),
    st.sampled_from(("active", "draft", "retired")),
    st.booleans(),
)


def test_a_product_belongs_on_its_shelves_and_under_its_words() -> None:
    mug = product(featured=True)

    assert places(mug).shelves == ("~all", "kitchen", "kitchen-mugs", "~featured")
    assert set(places(mug).words) == {"copper", "mug", "emberfold", "kitchen"}
    assert places(product(status="draft")) == Places()


def test_a_new_product_has_yet_to_be_placed_and_was_nowhere() -> None:
    assert unplaced(product()).unplaced == Places()


@given(st.lists(versions, min_size=2, max_size=5))
def test_no_place_is_forgotten_until_somebody_has_looked(history: list[Product]) -> None:
    """However often a product changes, it names every place where any earlier version was."""
    now = history[0]
    for wanted in history[1:]:
        now = changed(now, wanted, LATER)

    assert now.unplaced is not None
    for earlier in history[:-1]:
        assert set(places(earlier).shelves) <= set(now.unplaced.shelves)
        assert set(places(earlier).words) <= set(now.unplaced.words)
    assert now.sequence == len(history) - 1


def test_a_product_that_stays_is_written_as_it_is_wanted() -> None:
    there, wanted = product(), product(name="Cup")

    assert fenced(there, wanted) is wanted


def test_a_product_that_moves_waits_where_it_was_with_all_that_it_shall_be() -> None:
    there = product().at("7", {})
    wanted = product(name="Cup", category_path=("Garden",), category_slug="garden", sequence=2)

    waiting = fenced(there, wanted)
    moved = arrived(waiting.at("8", {}))

    assert (waiting.category_slug, waiting.moves_to) == (there.category_slug, "garden")
    assert (moved.version, moved.audit_head) == (None, None)
    assert moved == wanted
    assert waiting.differences(wanted) == ("category_slug",)
