"""Putting products where they are found: on their shelves, with the facets, and into the search."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from domain.access import Caller
from domain.entity import Entity
from domain.facets import FACETS_ID, FacetSummary
from domain.listing import ListingCard, cards
from domain.product import Product
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


async def reshelve(shop: Shop, by: Caller, placing: Placing) -> None:
    """Write the product's cards anew where they differ, with the facets; the search stays as it is."""
    wanted = cards(placing.product, in_stock=placing.in_stock)
    shelves = [Wanted(ListingCard, card.partition, [card], is_new=False) for card in wanted]
    await _shelve(shop, by, shelves)


async def _fill_shelves(shop: Shop, by: Caller, placings: Sequence[Placing]) -> None:
    def cards_of(product: Product, placing: Placing) -> Iterable[ListingCard]:
        return cards(product, in_stock=placing.in_stock)

    await _shelve(shop, by, _wanted(ListingCard, placings, cards_of))


async def _shelve(shop: Shop, by: Caller, wanted: Iterable[Wanted[ListingCard]]) -> None:
    async def summary(shelf: str, settled: Settled[ListingCard]) -> FacetSummary:
        found = await shop.store.get(FacetSummary, FACETS_ID, shelf)
        before = found or FacetSummary(category_slug=shelf, currency=shop.settings.currency)
        return before.rearranged(off=(*settled.replaced, *settled.removes), on=settled.puts)

    await settle(shop, by, wanted, summary)


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
    lexicons: dict[str, Counter[str]] = defaultdict(Counter)
    for word, count in counts.items():
        lexicons[shelf_of_words(word)][word] += count
    await together(_learn_words(shop, by, token, words) for token, words in lexicons.items())


async def _learn_words(shop: Shop, by: Caller, token: str, counts: Counter[str]) -> None:
    async def step() -> None:
        found = await shop.store.get(Lexicon, LEXICON_ID, token)
        lexicon = (found or Lexicon(token=token)).with_words(counts)
        await shop.store.commit(Change(by=by, puts=(lexicon,)))

    await again(shop, step)
