"""The catalogue: what anybody may look at.

The host takes the first function by name whose route matches, so ``view_product`` must sort behind the
fixed words that stand in the place of its ``{id}``: ``featured``, ``filters`` and ``search``.
"""

from typing import Any

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.cursor import BadCursor
from domain.facets import ShownFacets
from domain.listing import BadFilter
from domain.product import ProductNotFound
from usecases import browsing, detailing, searching
from usecases.served import Served
from usecases.shelves import Listing

area = Area("catalog")


@endpoint(
    area,
    "GET",
    "api/products",
    may="catalog:read",
    query=browsing.ListProducts,
    returns=Listing,
    raises=(BadFilter, BadCursor, browsing.CategoryNotFound),
    public=True,
)
async def list_products(call: Call[None]) -> Any:
    """Products of a category or of the whole shop, filtered and sorted, a page at a time."""
    return _answer(await browsing.list_products(call.shop, call.who, call.query))


@endpoint(
    area,
    "GET",
    "api/products/featured",
    may="catalog:read",
    query=browsing.Paged,
    returns=Listing,
    public=True,
)
async def featured(call: Call[None]) -> Any:
    """The products of the home page, the most popular first."""
    return _answer(await browsing.featured_products(call.shop, call.who, call.query))


@endpoint(
    area,
    "GET",
    "api/products/search",
    may="catalog:read",
    query=searching.SearchProducts,
    returns=Listing,
    raises=(BadFilter, BadCursor),
    public=True,
)
async def search(call: Call[None]) -> Any:
    """Products by words: by the search agent, or by the shop's own search where that has no answer."""
    return _answer(await searching.search_products(call.shop, call.who, call.query))


@endpoint(
    area,
    "GET",
    "api/products/filters",
    may="catalog:read",
    query=browsing.OfCategory,
    returns=ShownFacets,
    raises=(browsing.CategoryNotFound,),
    public=True,
)
async def filters(call: Call[None]) -> Any:
    """What a category can be filtered by: price ranges, brands and attributes, with counts."""
    return _answer(await browsing.facets(call.shop, call.who, call.query))


@endpoint(
    area,
    "GET",
    "api/products/{id}",
    may="catalog:read",
    returns=detailing.ProductDetail,
    raises=(ProductNotFound,),
    public=True,
)
async def view_product(call: Call[None]) -> Any:
    """A product by id or slug, with the facts that an agent adds when it answers."""
    return _answer(await detailing.product_detail(call.shop, call.who, call.path["id"]))


@endpoint(
    area,
    "GET",
    "api/products/{id}/inventory",
    may="catalog:read",
    returns=detailing.Inventory,
    raises=(ProductNotFound,),
)
async def inventory(call: Call[None]) -> Any:
    """How many pieces of each variant can be bought now."""
    return await detailing.product_inventory(call.shop, call.who, call.path["id"])


@endpoint(
    area,
    "GET",
    "api/products/{id}/related",
    may="catalog:read",
    query=searching.Recommend,
    returns=Listing,
    raises=(ProductNotFound,),
    public=True,
)
async def related(call: Call[None]) -> Any:
    """What goes with a product: by an agent's advice, or the most popular of its category."""
    name = call.path["id"]
    return _answer(await searching.related_products(call.shop, call.who, name, call.query))


@endpoint(
    area,
    "GET",
    "api/products/{id}/delivery-estimate",
    may="catalog:read",
    query=detailing.EstimateDelivery,
    returns=detailing.DeliveryEstimate,
    raises=(ProductNotFound,),
)
async def delivery_estimate(call: Call[None]) -> Any:
    """When the product would arrive: by an agent's word, or by our own table."""
    return await detailing.delivery_estimate(call.shop, call.who, call.path["id"], call.query)


@endpoint(
    area,
    "GET",
    "api/recommendations",
    may="catalog:read",
    query=searching.Recommend,
    returns=Listing,
)
async def recommendations(call: Call[None]) -> Any:
    """Products for this person, or the popular ones."""
    return _answer(await searching.recommendations(call.shop, call.who, call.query))


@endpoint(
    area,
    "GET",
    "api/categories",
    may="catalog:read",
    query=browsing.Paged,
    returns=browsing.CategoryList,
    public=True,
)
async def categories(call: Call[None]) -> Any:
    """The categories in order of slug."""
    return _answer(await browsing.categories(call.shop, call.who, call.query))


@endpoint(
    area,
    "GET",
    "api/categories/{slug}",
    may="catalog:read",
    returns=browsing.CategoryView,
    raises=(browsing.CategoryNotFound,),
    public=True,
)
async def category(call: Call[None]) -> Any:
    """One category with the slugs of its children."""
    return _answer(await browsing.category(call.shop, call.who, call.path["slug"]))


@endpoint(
    area,
    "GET",
    "api/banners/active",
    may="catalog:read",
    returns=browsing.BannerList,
    public=True,
)
async def banners(call: Call[None]) -> Any:
    """The banners within their display window."""
    return _answer(await browsing.active_banners(call.shop, call.who))


def _answer(served: Served) -> Answer:
    return Answer(200, served.body, etag=served.etag)
