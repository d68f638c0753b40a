"""What staff do with products: create, change, retire.

The product decides in one commit, with the news of it: nothing before that is seen, and all that follows
from it can be done by anybody, again. Shelves and search follow by the news (``usecases/placing.py``).
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Literal

from pydantic import Field

from domain.access import Caller
from domain.catalogue import (
    MOST_IMAGES,
    MOST_VARIANTS,
    CatalogueRow,
    ProductTerms,
    Sku,
    Slug,
    VariantTerms,
    product_of,
)
from domain.category import Category
from domain.entity import Command
from domain.link import Link
from domain.placing import changed, fenced, unplaced
from domain.product import (
    Product,
    ProductNotFound,
    SkuTaken,
    SlugTaken,
    is_product_id,
    pointers,
)
from domain.stock import STOCK_ID, Stock
from usecases import product_keeping as keeping
from usecases.again import again
from usecases.category_keeping import known_category
from usecases.detailing import ProductView
from usecases.ports.store import AlreadyExists, Change
from usecases.product_moving import finish_move
from usecases.relaying import relay
from usecases.revising import check_meant
from usecases.settling import as_found
from usecases.shop import Shop


class WrittenVariant(VariantTerms):
    """A variant: its SKU is its name for good. What there is of it is set apart."""

    sku: Sku


class WrittenImage(Command):
    """A picture of the product; ``order`` begins at 1."""

    url: Link
    alt: Annotated[str, Field(max_length=500)] = ""
    order: Annotated[int, Field(ge=1, le=1_000)] = 1


class WrittenProduct(ProductTerms):
    """A product as staff write it; ``category`` is the slug of one that is there."""

    category: Annotated[str, Field(min_length=1, max_length=600)]
    variants: Annotated[tuple[WrittenVariant, ...], Field(min_length=1, max_length=MOST_VARIANTS)]
    images: Annotated[tuple[WrittenImage, ...], Field(max_length=MOST_IMAGES)] = ()
    status: Literal["active", "draft"] = "active"


class CreateProduct(WrittenProduct):
    """A new product; nothing is in stock yet. Its slug is its name for good."""

    slug: Slug


class ChangeProduct(WrittenProduct):
    """The whole product as it shall be: what is left out is empty. ``active`` brings a retired one back."""

    status: Literal["active", "draft"]


class StaffProduct(ProductView):
    """A product as staff see it, sold or not."""


async def create_product(shop: Shop, by: Caller, command: CreateProduct) -> StaffProduct:
    """Create a product, with ProductCreated. Safe to repeat, also after a crash: the same product is there already.

    Slug and SKUs are claimed first, so of two at once one creates it. Raises ``UnknownCategory``, ``SlugTaken``,
    ``SkuTaken`` and ``BadRow``.
    """
    category = await known_category(shop, command.category)
    wanted = _product(shop, command, command.slug, category).but(sequence=1)
    by_id, by_slug = pointers(wanted)

    async def step() -> Product:
        known = await keeping.look_up(shop, by, wanted.id)
        if known.product is not None:
            return _same(known.product, wanted)
        if known.pointer is not None and known.pointer.target != wanted.partition:
            raise SlugTaken(slug=wanted.slug, category=known.pointer.target)
        unclaimed = await _unclaimed(shop, wanted)
        if known.pointer is None:
            await shop.store.commit(Change(by=by, puts=(by_id,)))
        # the slug is claimed, so a pointer by slug that is there is as good, or newer
        with suppress(AlreadyExists):
            await shop.store.commit(Change(by=by, puts=(by_slug,)))
        await _claim(shop, by, wanted, unclaimed)
        return await _written(shop, by, unplaced(wanted), None)

    return await _shown(shop, await again(shop, step))


async def change_product(
    shop: Shop,
    by: Caller,
    id: str,
    command: ChangeProduct,
    expected: frozenset[int] | None = None,
) -> StaffProduct:
    """Let the product be what is written, with ProductUpdated; what the shop itself keeps stays.

    ``expected`` are the versions that the caller may mean, ``None`` any. Safe to repeat: a product that is all
    this already is left as it is. Raises ``ProductNotFound``, ``PreconditionFailed`` and what creating raises.
    """
    category = await known_category(shop, command.category)

    async def step() -> Product:
        there = await _present(shop, by, id)
        return await _changed(
            shop, by, there, _product(shop, command, there.slug, category), expected
        )

    return await _shown(shop, await again(shop, step))


async def retire_product(
    shop: Shop, by: Caller, id: str, expected: frozenset[int] | None = None
) -> None:
    """Sell the product no more, with ProductDeleted: it leaves shelves and search; orders that have it go on.

    Safe to repeat. Raises ``ProductNotFound`` and ``PreconditionFailed``.
    """

    async def step() -> Product:
        there = await _present(shop, by, id)
        return await _changed(shop, by, there, there.but(status="retired"), expected)

    await _shown(shop, await again(shop, step))


async def _present(shop: Shop, by: Caller, id: str) -> Product:
    product = (await keeping.look_up(shop, by, id)).product if is_product_id(id) else None
    if product is None:
        raise ProductNotFound(product_id=id)
    return product


async def _changed(
    shop: Shop, by: Caller, there: Product, wanted: Product, expected: frozenset[int] | None
) -> Product:
    is_done = not there.differences(wanted)
    check_meant(there.sequence, expected, is_done=is_done)
    if is_done:
        return there
    await _claim(shop, by, wanted, await _unclaimed(shop, wanted))
    return await _written(shop, by, changed(there, wanted, shop.clock.now()), there)


async def _written(shop: Shop, by: Caller, fresh: Product, there: Product | None) -> Product:
    """Write the product where it is, with its news, and bring it where it belongs."""
    told = fresh.announced(there, trace=by.trace, at=shop.clock.now())
    whole = as_found(there, fenced(there, fresh)) if there else fresh
    done = await shop.store.commit(Change(by=by, puts=(whole,), events=(told,)))
    written: Product = done.entities[0]
    if written.moves_to:
        await finish_move(shop, by, written)
    await relay(shop, by, done)
    return fresh


async def _unclaimed(shop: Shop, product: Product) -> list[Stock]:
    """The empty stocks of the SKUs that nobody has yet; one read for each. Raises ``SkuTaken``."""
    unclaimed = []
    for variant in product.variants:
        stock = await shop.store.get(Stock, STOCK_ID, variant.sku)
        _check_own(stock, product)
        unclaimed += [] if stock else [keeping.empty_stock(product, variant)]
    return unclaimed


async def _claim(shop: Shop, by: Caller, product: Product, unclaimed: Iterable[Stock]) -> None:
    """Make each SKU the product's own: whoever makes its stock has it. Raises ``SkuTaken``."""
    for empty in unclaimed:
        _check_own(await keeping.first_stock(shop, by, empty, 0), product)


def _check_own(stock: Stock | None, product: Product) -> None:
    if stock is not None and stock.product_id != product.id:
        raise SkuTaken(skus=[stock.sku])


def _same(there: Product, wanted: Product) -> Product:
    if there.differences(wanted):
        raise SlugTaken(slug=wanted.slug, category=there.category_slug)
    return there


def _product(shop: Shop, written: WrittenProduct, slug: str, category: Category) -> Product:
    said = written.model_dump(exclude={"slug", "category"})
    row = CatalogueRow.model_validate(said | {"slug": slug, "category": category.path})
    return product_of(row, shop.settings.currency, shop.clock.now())


async def _shown(shop: Shop, product: Product) -> StaffProduct:
    """The product as staff see it, after every copy of it was dropped."""
    await keeping.forget(shop, [product])
    return StaffProduct.model_validate(product.__dict__ | {"revision": product.sequence})
