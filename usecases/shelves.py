"""Reading shelves: pages of cards, filtered, sorted and continued by a sealed cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.category import ALL
from domain.cursor import opened, sealed
from domain.entity import Document
from domain.errors import Invalid
from domain.keys import Keys
from domain.listing import PATHS, Filters, ListedProduct, Order, Sort, card_id, is_descending
from domain.model import View
from usecases.ports.store import MOST_ON_A_PAGE, Position, Query, Where
from usecases.settling import found_by_id
from usecases.shop import Shop
from usecases.signing import signing_keys

MOST_SKIPPED: Final = 1_000
"""How far ``page`` and ``offset`` reach; a cursor reaches everywhere."""


class Listing(View):
    """A page of products; ``next_cursor`` leads to the next one, ``null`` after the last."""

    items: tuple[ListedProduct, ...]
    next_cursor: str | None = None
    limit: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf, narrowed and in order."""

    name: str
    filters: Filters
    sort: Sort = "popularity"
    order: Order | None = None

    @property
    def fingerprint(self) -> str:
        """Names exactly this list, for its cursors."""
        descending = is_descending(self.sort, self.order)
        return f"{self.name}\n{PATHS[self.sort]}\n{descending}\n{self.filters.model_dump_json()}"

    def query(self, limit: int, after: Position | None = None) -> Query:
        """The page of the shelf after a position."""
        return Query(
            partition=self.name,
            where=conditions(self.filters),
            order_by=PATHS[self.sort],
            descending=is_descending(self.sort, self.order),
            limit=limit,
            after=after,
        )


def conditions(filters: Filters) -> tuple[Where, ...]:
    """The filters as conditions on cards."""
    where = [Where("facets", "has any", tokens) for tokens in filters.alternatives()]
    ranges = (("price.amount", filters.price), ("rating", filters.rating))
    for path, bounds in ranges:
        if bounds and bounds.min is not None:
            where.append(Where(path, ">=", bounds.min))
        if bounds and bounds.max is not None:
            where.append(Where(path, "<=", bounds.max))
    if filters.in_stock is not None:
        where.append(Where("in_stock", "=", filters.in_stock))
    return tuple(where)


async def page_after(shop: Shop, shelf: Shelf, limit: int, cursor: str) -> Listing:
    """The page that the cursor leads to, the first one without; one operation. Raises ``BadCursor``."""
    after = (
        Position(*opened(cursor, shelf.fingerprint, await cursor_keys(shop))) if cursor else None
    )
    return await _page(shop, shelf, shelf.query(limit, after))


async def page_beyond(shop: Shop, shelf: Shelf, limit: int, skipped: int) -> Listing:
    """The page after so many products, at most ``MOST_SKIPPED``. Raises ``Invalid``."""
    query = await beyond(shop, ListedProduct, shelf.query(limit), skipped)
    return await _page(shop, shelf, query) if query else Listing(items=(), limit=limit)


async def beyond[E: Document](
    shop: Shop, kind: type[E], query: Query, skipped: int
) -> Query | None:
    """The query for what comes after so many, at most ``MOST_SKIPPED``; ``None`` where nothing does.

    One operation for each hundred. Raises ``Invalid``.
    """
    check_skipped(skipped)
    while skipped:
        step = min(skipped, MOST_ON_A_PAGE)
        found = await shop.store.find(kind, replace(query, limit=step))
        if found.next is None:
            return None
        skipped -= step
        query = replace(query, after=found.next)
    return query


def check_skipped(skipped: int) -> None:
    """Raise ``Invalid`` beyond ``MOST_SKIPPED``."""
    if skipped >= MOST_SKIPPED:
        message = f"reaches to the {MOST_SKIPPED}th item; go on by cursor"
        raise Invalid(fields=[{"field": "page", "message": message}])


async def cursor_keys(shop: Shop) -> Keys:
    """The keys that cursors are sealed with."""
    return (await signing_keys(shop)).derived("cursor")


async def _page(shop: Shop, shelf: Shelf, query: Query) -> Listing:
    found = await shop.store.find(ListedProduct, query)
    place = (found.next.value, found.next.entity_id) if found.next else None
    name = shelf.fingerprint
    return Listing(
        items=found.items,
        next_cursor=sealed(place, name, await cursor_keys(shop)) if place else None,
        limit=query.limit,
    )


async def listed_by_id(
    shop: Shop, ids: Sequence[str], filters: Filters | None = None
) -> tuple[ListedProduct, ...]:
    """The products with these ids that are sold and pass the filters, in the order of ``ids``."""
    where = conditions(filters) if filters else ()
    found: dict[str, ListedProduct] = {}
    for start in range(0, len(ids), MOST_ON_A_PAGE):
        some = [card_id(id) for id in ids[start : start + MOST_ON_A_PAGE]]
        found |= await found_by_id(shop, ListedProduct, ALL, some, *where)
    return tuple(found[id] for id in ids if id in found)
