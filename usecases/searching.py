"""Finding products: the search agent's answer where it has one, else the shop's own search; and advice."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BaseModel, Field

from domain.access import Caller, Role
from domain.category import ALL
from domain.cursor import opened, sealed
from domain.entity import Command
from domain.keys import Keys
from domain.listing import Filters, ListedProduct, Order, Sort, filters, is_descending, sort_key
from domain.search import (
    LEXICON_ID,
    Lexicon,
    Meaning,
    Posting,
    asked_words,
    meaning,
    rarest_first,
    score,
    shelf_of_words,
)
from domain.stock import STOCK_ID, Stock
from usecases.advising import MOST_SKUS, advised_ids
from usecases.browsing import Limit
from usecases.detailing import sold_product
from usecases.ports.store import MOST_ON_A_PAGE, Query, Where
from usecases.served import ADVICE_SECONDS, Served, served
from usecases.shelves import Listing, Shelf, cursor_keys, listed_by_id, page_after
from usecases.shop import Shop

MOST_FOUND: Final = 200
"""Products that one search finds; who does not see it among them narrows the search."""

MOST_ASKED_OF_AGENT: Final = 50

SEARCH: Final = ("ecommerce-catalog-search", "search")
RELATED: Final = ("ecommerce-product-detail-enrichment", "related")
PERSONAL: Final = ("crm-segmentation-personalization", "recommend")


class SearchProducts(Command):
    """What to look for; ``filters`` is JSON."""

    q: Annotated[str, Field(min_length=1, max_length=200)]
    filters: str = ""
    sort: Sort = "relevance"
    order: Order | None = None
    limit: Limit = 20
    cursor: str = ""
    page: Annotated[int, Field(ge=1, le=MOST_FOUND)] = 1

    @property
    def key(self) -> str:
        """Names the answer in the cache."""
        return (
            f"search:{self.q}|{self.sort}|{self.order}|{self.limit}|{self.page}"
            f"|{self.cursor}|{self.filters}"
        )

    @property
    def fingerprint(self) -> str:
        """Names exactly this search, for its cursors."""
        wanted = filters(self.filters).model_dump_json()
        return f"search\n{' '.join(asked_words(self.q))}\n{self.sort}\n{self.order}\n{wanted}"


class Recommend(Command):
    """How many products to recommend."""

    limit: Limit = 20


async def search_products(shop: Shop, caller: Caller, query: SearchProducts) -> Served:
    """A page of the products that were found, the best first. Raises ``BadFilter`` and ``BadCursor``."""

    async def build() -> tuple[BaseModel, int]:
        keys = await cursor_keys(shop)
        skipped = _skipped(query, keys)
        found = await _found(shop, caller, query)
        ordered = _in_order(found, query)
        return _page(query, ordered, skipped, keys), ADVICE_SECONDS

    return await served(shop, query.key, build)


def _skipped(query: SearchProducts, keys: Keys) -> int:
    if query.cursor:
        return int(opened(query.cursor, query.fingerprint, keys)[0])
    return (query.page - 1) * query.limit


async def _found(shop: Shop, caller: Caller, query: SearchProducts) -> tuple[ListedProduct, ...]:
    wanted = filters(query.filters)
    payload = {
        "query": query.q,
        "limit": MOST_ASKED_OF_AGENT,
        "filters": wanted.model_dump(mode="json", exclude_defaults=True),
    }
    ids = await advised_ids(shop, caller, SEARCH, payload)
    advised = await listed_by_id(shop, ids, wanted)
    if advised and len(ids) < MOST_SKUS:
        return advised
    own = await own_search(shop, query.q, wanted)
    known = {one.id for one in advised}
    return (*advised, *(one for one in own if one.id not in known))


def _in_order(found: Sequence[ListedProduct], query: SearchProducts) -> Sequence[ListedProduct]:
    if query.sort == "relevance":
        return found[::-1] if query.order == "asc" else found
    by_id = sorted(found, key=lambda one: one.id)
    return sorted(by_id, key=sort_key(query.sort), reverse=is_descending(query.sort, query.order))


def _page(
    query: SearchProducts, found: Sequence[ListedProduct], skipped: int, keys: Keys
) -> Listing:
    end = skipped + query.limit
    more = end < len(found)
    return Listing(
        items=tuple(found[skipped:end]),
        next_cursor=sealed((end, ""), query.fingerprint, keys) if more else None,
        limit=query.limit,
    )


async def own_search(shop: Shop, text: str, wanted: Filters) -> tuple[ListedProduct, ...]:
    """The products that have every word of the text, the best first, at most ``MOST_FOUND``.

    Where there are none, the one with this SKU. One read for each word, one query for each form of the
    rarest, one for each hundred products.
    """
    meanings = rarest_first([await _meaning(shop, word) for word in asked_words(text)])
    if not meanings:
        return ()
    rarest, *others = meanings
    where = tuple(Where("words", "has any", other.marks) for other in others)
    best: dict[str, int] = {}
    for token in rarest.tokens:
        query = Query(token, where, order_by="rank", descending=True, limit=MOST_ON_A_PAGE)
        for posting in (await shop.store.find(Posting, query)).items:
            best[posting.id] = score(posting, meanings)
    ids = sorted(best, key=lambda id: (-best[id], id))[:MOST_FOUND]
    return await listed_by_id(shop, ids, wanted) if ids else await _with_sku(shop, text, wanted)


async def product_feed(shop: Shop, text: str, limit: int) -> tuple[dict[str, object], ...]:
    """What an agent that searches in our stead may see: products as a feed names their fields."""
    found = await _with_sku(shop, text, Filters()) or await own_search(shop, text, Filters())
    return tuple(_fed(one) for one in found[:limit])


def _fed(one: ListedProduct) -> dict[str, object]:
    return {
        "sku": one.sku,
        "name": one.name,
        "description": one.description,
        "brand": one.brand,
        "price": one.price.amount,
        "currency": one.price.currency,
        "url": f"/product/{one.slug}",
        "image_url": one.image_url,
        "available": one.in_stock,
        "attributes": {},
    }


async def _with_sku(shop: Shop, text: str, wanted: Filters) -> tuple[ListedProduct, ...]:
    stock = await shop.store.get(Stock, STOCK_ID, text)
    return await listed_by_id(shop, [stock.product_id], wanted) if stock else ()


async def _meaning(shop: Shop, word: str) -> Meaning:
    lexicon = await shop.store.get(Lexicon, LEXICON_ID, shelf_of_words(word))
    return meaning(word, lexicon)


async def related_products(shop: Shop, caller: Caller, name: str, query: Recommend) -> Served:
    """What goes with a product: the agent's advice, else the most popular of its category.

    Raises ``ProductNotFound``.
    """

    async def build() -> tuple[BaseModel, int]:
        product = await sold_product(shop, name)
        payload = {"product_id": product.id, "sku": product.sku, "related_limit": query.limit}
        ids = await advised_ids(shop, caller, RELATED, payload)
        advised = await listed_by_id(shop, ids)
        found = advised or await _popular(shop, product.category_slug, query.limit + 1)
        items = tuple(one for one in found if one.id != product.id)[: query.limit]
        return Listing(items=items, limit=query.limit), ADVICE_SECONDS

    return await served(shop, f"related:{name}:{query.limit}", build)


async def recommendations(shop: Shop, caller: Caller, query: Recommend) -> Served:
    """Products for this person, by the agent's advice; the popular ones for everybody else."""
    if advised := await _advised(shop, caller, query.limit):
        return Served.of(Listing(items=advised, limit=query.limit))

    async def build() -> tuple[BaseModel, int]:
        items = await _popular(shop, ALL, query.limit)
        return Listing(items=items, limit=query.limit), ADVICE_SECONDS

    return await served(shop, f"popular:{query.limit}", build)


async def recommended(shop: Shop, caller: Caller, limit: int) -> tuple[ListedProduct, ...]:
    """The same products as ``recommendations``, to be shown among other things; one query."""
    return await _advised(shop, caller, limit) or await _popular(shop, ALL, limit)


async def _advised(shop: Shop, caller: Caller, limit: int) -> tuple[ListedProduct, ...]:
    """What the agent recommends to this person; nothing for who has no session."""
    if caller.role < Role.GUEST:
        return ()
    payload = {"contact_id": caller.user_id, "limit": limit}
    ids = await advised_ids(shop, caller, PERSONAL, payload)
    return (await listed_by_id(shop, ids))[:limit]


async def _popular(shop: Shop, shelf: str, limit: int) -> tuple[ListedProduct, ...]:
    wanted = Shelf(shelf, Filters(in_stock=True))
    return (await page_after(shop, wanted, min(limit, MOST_ON_A_PAGE), "")).items
