"""Putting products where they are found: on their shelves, with the facets, and into the search."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from domain.access import Caller
from domain.entity import Entity
from domain.facets import FACETS_ID, FacetSummary
from domain.listing import ListingCard, card_id, cards, shelves
from domain.product import Places, Product
from domain.search import LEXICON_ID, Lexicon, Posting, postings, shelf_of_words
from usecases.again import again
from usecases.ports.store import Change
from usecases.settling import Settled, Wanted, settle, together
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class Placing:
    """A product to be put in its places: as it was, ``None`` when it is new, and as it should be."""

    product: Product
    before: Product | None
    in_stock: bool


async def place(shop: Shop, by: Caller, placings: Sequence[Placing]) -> None:
    """Put the products on their shelves and into the search, and take them off where they were."""
    await _fill_shelves(shop, by, placings)
    await _index(shop, by, placings)


async def place_anew(shop: Shop, by: Caller, product: Product, *, in_stock: bool) -> None:
    """Put an ``unplaced`` product in its places and take it off the others, one place after the other.

    Safe to repeat. Whoever places it must look afterwards whether the product is still the same.
    """
    was = product.unplaced or Places()
    wanted = _anew(ListingCard, cards(product, in_stock=in_stock), was.shelves, card_id(product.id))
    for shelf in wanted:
        await _shelve(shop, by, [shelf])
    words = _anew(Posting, postings(product), was.words, product.id)
    fresh = {one.partition for one in words if one.there} - set(was.words)
    for shelf_of, counts in _lexicons(dict.fromkeys(sorted(fresh), 1)).items():
        await _learn_words(shop, by, shelf_of, counts)
    for word in words:
        await settle(shop, by, [word])


def _anew[E: Entity](
    kind: type[E], there: Iterable[E], was: Iterable[str], id: str
) -> list[Wanted[E]]:
    """Each of the documents where it belongs, and none with that id where one was."""
    wanted = {one.partition: Wanted(kind, one.partition, [one], is_new=False) for one in there}
    for partition in was:
        wanted.setdefault(partition, Wanted(kind, partition, gone=[id], is_new=False))
    return list(wanted.values())


async def reshelve(shop: Shop, by: Caller, product: Product, *, in_stock: bool) -> None:
    """Let the product's cards say whether it can be bought; where it has no card it gets none."""
    for shelf in shelves(product):
        await again(shop, partial(_show_stock, shop, by, shelf, card_id(product.id), in_stock))


async def _show_stock(shop: Shop, by: Caller, shelf: str, id: str, in_stock: bool) -> None:
    card = await shop.store.get(ListingCard, id, shelf)
    if card is None or card.in_stock == in_stock:
        return
    fresh = card.but(in_stock=in_stock)
    facets = await _summary(shop, shelf, Settled((fresh,), (card,), ()))
    await shop.store.commit(Change(by=by, puts=(fresh, facets)))


async def _fill_shelves(shop: Shop, by: Caller, placings: Sequence[Placing]) -> None:
    def cards_of(product: Product, placing: Placing) -> Iterable[ListingCard]:
        return cards(product, in_stock=placing.in_stock)

    await _shelve(shop, by, _wanted(ListingCard, placings, cards_of))


async def _shelve(shop: Shop, by: Caller, wanted: Iterable[Wanted[ListingCard]]) -> None:
    await settle(shop, by, wanted, partial(_summary, shop))


async def _summary(shop: Shop, shelf: str, settled: Settled[ListingCard]) -> FacetSummary:
    found = await shop.store.get(FacetSummary, FACETS_ID, shelf)
    before = found or FacetSummary(category_slug=shelf, currency=shop.settings.currency)
    return before.rearranged(off=(*settled.replaced, *settled.removes), on=settled.puts)


async def _index(shop: Shop, by: Caller, placings: Sequence[Placing]) -> None:
    wanted = _wanted(Posting, placings, lambda product, _: postings(product))
    await _learn(shop, by, {one.partition: len(one.there) for one in wanted if one.there})
    await settle(shop, by, wanted)


def _wanted[E: Entity](
    kind: type[E],
    placings: Iterable[Placing],
    derived: Callable[[Product, Placing], Iterable[E]],
) -> list[Wanted[E]]:
    """What follows from the products, by partition; what followed before and stays is left out."""
    wanted: dict[str, Wanted[E]] = {}
    for placing in placings:
        now = {one.partition: one for one in derived(placing.product, placing)}
        before = placing.before
        old = {one.partition: one for one in derived(before, placing)} if before else {}
        for partition in sorted(now.keys() | old.keys()):
            if now.get(partition) == old.get(partition):
                continue
            work = wanted.setdefault(partition, Wanted(kind, partition))
            work.is_new &= before is None
            if partition in now:
                work.there.append(now[partition])
            else:
                work.gone.append(old[partition].id)
    return list(wanted.values())


async def _learn(shop: Shop, by: Caller, counts: dict[str, int]) -> None:
    lexicons = _lexicons(counts)
    await together(_learn_words(shop, by, token, words) for token, words in lexicons.items())


def _lexicons(counts: dict[str, int]) -> dict[str, Counter[str]]:
    """The words with their counts, by the lexicon that knows them."""
    lexicons: dict[str, Counter[str]] = defaultdict(Counter)
    for word, count in counts.items():
        lexicons[shelf_of_words(word)][word] += count
    return lexicons


async def _learn_words(shop: Shop, by: Caller, token: str, counts: Counter[str]) -> None:
    async def step() -> None:
        found = await shop.store.get(Lexicon, LEXICON_ID, token)
        lexicon = (found or Lexicon(token=token)).with_words(counts)
        await shop.store.commit(Change(by=by, puts=(lexicon,)))

    await again(shop, step)
