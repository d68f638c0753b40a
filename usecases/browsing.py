"""Looking around in the shop: lists, facets, categories, banners."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from domain.access import Caller
from domain.banner import BANNERS, Banner
from domain.category import ALL, CATEGORIES, FEATURED, Category
from domain.entity import Command, Entity
from domain.errors import NotFound
from domain.facets import FACETS_ID, FacetSummary, ShownFacets
from domain.listing import Filters, Order, Sort, filters
from domain.model import View
from domain.product import is_name
from usecases.ports.store import MOST_ON_A_PAGE, Query, Where
from usecases.served import CATEGORY_SECONDS, LISTING_SECONDS, Served, served
from usecases.shelves import MOST_SKIPPED, Listing, Shelf, page_after, page_beyond
from usecases.shop import Shop

BANNER_SECONDS: Final = 60
"""How late a banner may appear or go."""

MOST_BANNERS: Final = 1_000
"""More banners, past ones included, are not looked through."""

type Limit = Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE)]
type Offset = Annotated[int, Field(ge=0, lt=MOST_SKIPPED)]
type CategorySlug = Annotated[str, Field(pattern="^[a-z0-9-]*$", max_length=600)]


class CategoryNotFound(NotFound):
    """There is no such category."""

    code = "CATEGORY_NOT_FOUND"
    message = "There is no such category."


class ListProducts(Command):
    """Which products to list. ``filters`` is JSON; without ``category`` all products are listed."""

    category: CategorySlug = ""
    filters: str = ""
    sort: Sort = "popularity"
    order: Order | None = None
    limit: Limit = 20
    cursor: str = ""
    page: Annotated[int, Field(ge=1, le=MOST_SKIPPED)] = 1

    @property
    def key(self) -> str:
        """Names the answer in the cache."""
        return (
            f"listing:{self.category}|{self.sort}|{self.order}|{self.limit}|{self.page}"
            f"|{self.cursor}|{self.filters}"
        )


class Paged(Command):
    """A part of a short list."""

    limit: Limit = 20
    offset: Offset = 0


class OfCategory(Command):
    """Something of one category, or of the whole shop."""

    category: CategorySlug = ""


class ShownCategory(View):
    """A category by itself; ``revision`` is its version, as ``If-Match`` takes it."""

    slug: str
    name: str
    path: tuple[str, ...]
    parent: str
    level: int
    description: str
    image_url: str
    revision: int


class CategoryView(ShownCategory):
    """A category; ``children`` are the slugs of those right below it, where one category was asked."""

    children: tuple[str, ...] | None = None


class CategoryList(View):
    """A part of the categories, in order of slug."""

    items: tuple[CategoryView, ...]
    limit: int
    offset: int


class BannerView(View):
    """A banner on show; ``revision`` is its version, as ``If-Match`` takes it."""

    id: str
    title: str
    text: str
    image_url: str
    link: str
    revision: int


class BannerList(View):
    """The banners on show, in their order."""

    items: tuple[BannerView, ...]


async def list_products(shop: Shop, caller: Caller, query: ListProducts) -> Served:
    """A page of a category or of the whole shop; one look into the cache, or one query.

    Raises ``BadFilter``, ``BadCursor``, ``Invalid`` and ``CategoryNotFound``.
    """

    async def build() -> tuple[BaseModel, int]:
        return await _listing(shop, query), LISTING_SECONDS

    return await served(shop, query.key, build)


async def _listing(shop: Shop, query: ListProducts) -> Listing:
    shelf = Shelf(query.category or ALL, filters(query.filters), query.sort, query.order)
    if query.page > 1 and not query.cursor:
        listing = await page_beyond(shop, shelf, query.limit, (query.page - 1) * query.limit)
    else:
        listing = await page_after(shop, shelf, query.limit, query.cursor)
    if not listing.items and query.category:
        await _category(shop, query.category)
    return listing


async def featured_products(shop: Shop, caller: Caller, query: Paged) -> Served:
    """What the home page shows: the featured products, the most popular first."""

    async def build() -> tuple[BaseModel, int]:
        shelf = Shelf(FEATURED, Filters())
        return await page_beyond(shop, shelf, query.limit, query.offset), LISTING_SECONDS

    return await served(shop, f"featured:{query.limit}:{query.offset}", build)


async def facets(shop: Shop, caller: Caller, query: OfCategory) -> Served:
    """What a category can be filtered by, with counts; one read. Raises ``CategoryNotFound``."""

    async def build() -> tuple[BaseModel, int]:
        return await _facets(shop, query.category), LISTING_SECONDS

    return await served(shop, f"facets:{query.category}", build)


async def _facets(shop: Shop, category: str) -> ShownFacets:
    shelf = category or ALL
    summary = await shop.store.get(FacetSummary, FACETS_ID, shelf)
    if summary is None:
        if category:
            await _category(shop, category)
        summary = FacetSummary(category_slug=shelf, currency=shop.settings.currency)
    return summary.shown().model_copy(update={"category": category})


async def categories(shop: Shop, caller: Caller, query: Paged) -> Served:
    """The categories in order of slug."""

    async def build() -> tuple[BaseModel, int]:
        found = await _listed(shop, Category, CATEGORIES, query.offset + query.limit)
        items = tuple(map(_shown, found[query.offset :]))
        return CategoryList(items=items, **query.model_dump()), CATEGORY_SECONDS

    return await served(shop, f"categories:{query.limit}:{query.offset}", build)


async def _listed[E: Entity](shop: Shop, kind: type[E], section: str, most: int) -> list[E]:
    """The first so many of a section, in order of id."""
    found: list[E] = []
    after = None
    while len(found) < most:
        limit = min(most - len(found), MOST_ON_A_PAGE)
        page = await shop.store.find(kind, Query(section, limit=limit, after=after))
        found += page.items
        after = page.next
        if after is None:
            break
    return found


async def category(shop: Shop, caller: Caller, slug: str) -> Served:
    """One category with the slugs of its children. Raises ``CategoryNotFound``."""

    async def build() -> tuple[BaseModel, int]:
        found = await _category(shop, slug)
        below = Query(CATEGORIES, where=(Where("parent", "=", slug),), limit=MOST_ON_A_PAGE)
        children = await shop.store.find(Category, below)
        slugs = tuple(child.slug for child in children.items)
        return _shown(found).model_copy(update={"children": slugs}), CATEGORY_SECONDS

    return await served(shop, f"category:{slug}", build)


async def _category(shop: Shop, slug: str) -> Category:
    found = await shop.store.get(Category, slug, CATEGORIES) if is_name(slug) else None
    if found is None:
        raise CategoryNotFound(slug=slug)
    return found


def _shown(found: Category) -> CategoryView:
    names = CategoryView.model_fields.keys() - {"children"}
    return CategoryView(**{name: getattr(found, name) for name in names})


async def active_banners(shop: Shop, caller: Caller) -> Served:
    """The banners within their display window."""

    async def build() -> tuple[BaseModel, int]:
        now = shop.clock.now()
        found = await _listed(shop, Banner, BANNERS, MOST_BANNERS)
        shown = sorted(
            (banner for banner in found if banner.is_shown(now)),
            key=lambda banner: (banner.order, banner.id),
        )
        names = BannerView.model_fields
        items = (BannerView(**{name: getattr(one, name) for name in names}) for one in shown)
        return BannerList(items=tuple(items)), BANNER_SECONDS

    return await served(shop, "banners:active", build)
