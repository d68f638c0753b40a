"""Shelves and search follow what a product says."""

from domain.listing import ListingCard, card_id
from domain.product import Product
from domain.search import LEXICON_ID, Lexicon
from tests.proofs.kept_shop import MUG, STAFF, check_agreed, hear, one_mug, other
from tests.proofs.world import World, clockwork
from usecases.placing import show_product
from usecases.ports.store import Change
from usecases.product_editing import change_product
from usecases.shelving import reshelve

VIEWS = clockwork("views")


async def seen(world: World, word: str) -> int:
    lexicon = await world.store.get(Lexicon, LEXICON_ID, f"~{word[:2]}")
    return lexicon.seen.get(word, 0) if lexicon else 0


async def test_what_is_in_its_places_costs_two_reads_and_changes_nothing() -> None:
    world = one_mug()
    before = world.digest()

    await show_product(world.shop("views"), VIEWS, MUG)
    await show_product(world.shop("views"), VIEWS, "no-such")

    assert world.digest() == before


async def test_new_words_are_learned_and_known_ones_not_again() -> None:
    world = one_mug()
    await change_product(world.shop("staff"), STAFF, MUG, other(name="Copper Mug"))

    hear(world)

    check_agreed(world)
    assert (await seen(world, "copper"), await seen(world, "mug")) == (1, 1)


async def test_a_card_that_was_taken_off_is_not_put_back_by_its_stock() -> None:
    """Stock that is told of late, of a product that has left its shelves, puts it on none."""
    world = one_mug()
    product = await world.store.get(Product, MUG, "home")
    card = await world.store.get(ListingCard, card_id(MUG), "home")
    assert product is not None
    assert card is not None
    await world.store.commit(Change(by=VIEWS, removes=(card,)))

    await reshelve(world.shop("views"), VIEWS, product, in_stock=True)

    shown = {one["category_slug"]: one["in_stock"] for one in world.documents("card")}
    assert shown == {"~all": True}
