"""One product: its page, its stock, and when it would arrive."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from domain.access import Caller
from domain.advice import Fact, advised_arrival, enrichment
from domain.entity import Command
from domain.model import View
from domain.product import Image, Price, Product, ProductNotFound, Seo, Variant, is_name
from domain.shipping import ABROAD_DAYS, DAYS, HOME, ShippingMethod
from domain.stock import STOCK_ID, Stock
from usecases import counting, flags
from usecases.advising import ask
from usecases.flags import AGENTS
from usecases.products import find_product
from usecases.served import ADVICE_SECONDS, DETAIL_SECONDS, Served, served
from usecases.shop import Shop

ENRICH: Final = ("ecommerce-product-detail-enrichment", "enrich")
ARRIVE: Final = ("logistics-eta-computation", "estimate")


class ProductView(View):
    """A product, whole; ``revision`` is its version, as ``If-Match`` takes it."""

    id: str
    product_id: str
    category_slug: str
    category_path: tuple[str, ...]
    sku: str
    name: str
    slug: str
    type: str
    description: str
    long_description: str
    brand: str
    price: Price
    images: tuple[Image, ...]
    variants: tuple[Variant, ...]
    attributes: dict[str, str]
    seo: Seo
    status: str
    featured: bool
    rating: float
    review_count: int
    popularity: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    revision: int


class ProductDetail(ProductView):
    """A product as its page shows it; ``enrichment`` are an agent's facts, never price or stock."""

    enrichment: dict[str, Fact] | None = None


class VariantStock(View):
    """How many pieces of a variant can be bought now."""

    variant_id: str
    sku: str
    available: int
    in_stock: bool


class Inventory(View):
    """What can be bought of a product."""

    product_id: str
    in_stock: bool
    variants: tuple[VariantStock, ...]


class EstimateDelivery(Command):
    """Where to, and how many."""

    postal_code: Annotated[str, Field(max_length=20)] = ""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = HOME
    quantity: Annotated[int, Field(ge=1, le=999)] = 1


class Arrival(View):
    """When a parcel sent today should arrive."""

    method: ShippingMethod
    days: int
    estimated_delivery: datetime


class DeliveryEstimate(View):
    """When the product would arrive; ``source`` tells whether an agent or our own table says so."""

    product_id: str
    country: str
    in_stock: bool
    source: Literal["agent", "table"]
    options: tuple[Arrival, ...]


async def product_detail(shop: Shop, caller: Caller, name: str) -> Served:
    """A product by id or slug; one look into the cache, or two reads. Raises ``ProductNotFound``."""

    async def build() -> tuple[BaseModel, int]:
        product = await sold_product(shop, name)
        payload = {"product_id": product.id, "sku": product.sku, "name": product.name}
        facts = enrichment(await ask(shop, caller, ENRICH, payload))
        # without the agent the page is kept for a short while only, so that it is soon asked again
        seconds = DETAIL_SECONDS if facts or not await flags.value(shop, AGENTS) else ADVICE_SECONDS
        return _shown(product, facts), seconds

    page = await served(shop, f"detail:{name}", build)
    counting.product_seen(shop, page.subject)
    return page


async def sold_product(shop: Shop, name: str) -> Product:
    """The product with this id or slug. Raises ``ProductNotFound``, also while it is not on sale."""
    product = await find_product(shop, name) if is_name(name) else None
    if product is None or not product.is_sold:
        raise ProductNotFound(product_id=name)
    return product


def _shown(product: Product, facts: dict[str, Fact] | None) -> ProductDetail:
    told = {"revision": product.sequence, "enrichment": facts}
    return ProductDetail.model_validate(product.__dict__ | told)


async def product_inventory(shop: Shop, caller: Caller, name: str) -> Inventory:
    """What can be bought of each variant; one read for each. Raises ``ProductNotFound``."""
    product = await sold_product(shop, name)
    variants = [await variant_stock(shop, variant) for variant in product.variants]
    return Inventory(
        product_id=product.id,
        in_stock=any(variant.in_stock for variant in variants),
        variants=tuple(variants),
    )


async def variant_stock(shop: Shop, variant: Variant) -> VariantStock:
    """How many pieces of the variant can be bought; one read."""
    stock = await shop.store.get(Stock, STOCK_ID, variant.sku)
    available = stock.available if stock else 0
    return VariantStock(
        variant_id=variant.variant_id,
        sku=variant.sku,
        available=available,
        in_stock=available > 0,
    )


async def delivery_estimate(
    shop: Shop, caller: Caller, name: str, query: EstimateDelivery
) -> DeliveryEstimate:
    """When so many pieces would arrive: the agent's word for standard shipping, else our table.

    Raises ``ProductNotFound``.
    """
    inventory = await product_inventory(shop, caller, name)
    payload = {"product_id": inventory.product_id, **query.model_dump()}
    now = shop.clock.now()
    advised = advised_arrival(await ask(shop, caller, ARRIVE, payload), now)
    return DeliveryEstimate(
        product_id=inventory.product_id,
        country=query.country,
        in_stock=any(one.available >= query.quantity for one in inventory.variants),
        source="agent" if advised else "table",
        options=_arrivals(query.country, now, advised),
    )


def _arrivals(country: str, now: datetime, advised: datetime | None) -> tuple[Arrival, ...]:
    at_home = country == HOME
    methods = [method for method in DAYS if at_home or method != "overnight"]
    table = [
        _arrival(method, DAYS[method] + (0 if at_home else ABROAD_DAYS), now) for method in methods
    ]
    if advised:
        days = max(1, round((advised - now) / timedelta(days=1)))
        table[0] = Arrival(method=methods[0], days=days, estimated_delivery=advised)
    return tuple(table)


def _arrival(method: ShippingMethod, days: int, now: datetime) -> Arrival:
    return Arrival(method=method, days=days, estimated_delivery=now + timedelta(days=days))
