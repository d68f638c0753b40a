"""Keeping products: where one is, writing it with its news, its first stock, moving it to a category.

The last thing written of a product are its pointers, and the very last the one by id, so a product
that is found through it is whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.access import Caller
from domain.category import Category, branch
from domain.placing import unplaced
from domain.product import Product, ProductPointer, Variant, pointer_id, pointers
from domain.stock import STOCK_ID, Stock
from usecases.again import MOST_TRIES, Contended, again
from usecases.ports.store import AlreadyExists, Change
from usecases.product_moving import finish_move, leave
from usecases.settling import Wanted, as_found, put, settle
from usecases.shop import Shop


@dataclass(frozen=True, slots=True)
class Known:
    """What the shop has of a product: the pointer by id, and the product that it points to."""

    pointer: ProductPointer | None = None
    product: Product | None = None


NOTHING = Known()


async def look_up(shop: Shop, by: Caller, id: str) -> Known:
    """What the shop has of the product with this id; a move that was interrupted is finished first.

    Raises ``Contended`` where it is moved over and over meanwhile.
    """
    missing = ""
    for _ in range(MOST_TRIES):
        pointer = await shop.store.get(ProductPointer, pointer_id(id), pointer_id(id))
        if pointer is None:
            return NOTHING
        if pointer.leaving:
            await leave(shop, by, id)
        product = await shop.store.get(Product, id, pointer.target)
        if product is None and pointer.target != missing:
            missing = pointer.target  # it may have moved since the pointer was read
        elif product is None or not product.moves_to:
            return Known(pointer, product)
        else:
            await finish_move(shop, by, product)
    raise Contended(retry_after=1)


async def ensure_categories(shop: Shop, by: Caller, sold: Iterable[Product]) -> None:
    """Create the categories of these products that are not there; those that are stay as they are."""
    paths = {product.category_path for product in sold}
    for category in {one.id: one for path in paths for one in branch(path)}.values():
        if await shop.store.get(Category, category.id, category.section) is None:
            await put(shop, by, category, is_new=True)


def empty_stock(product: Product, variant: Variant) -> Stock:
    """The stock of a variant before anything came in."""
    return Stock(
        sku=variant.sku,
        product_id=product.id,
        variant_id=variant.variant_id,
        category_slug=product.category_slug,
        on_hand=0,
        available=0,
        updated_at=product.updated_at,
    )


async def first_stock(
    shop: Shop, by: Caller, empty: Stock, pieces: int, *, quietly: bool = False
) -> Stock | None:
    """Put the first pieces of a SKU on the shelf; where somebody was faster, theirs stay."""
    now = shop.clock.now()
    stock = empty.adjusted(pieces, now) if pieces else empty
    told = stock.level_changed("adjustment", pieces, trace=by.trace, at=now)
    events = (told,) if pieces and not quietly else ()
    try:
        await shop.store.commit(Change(by=by, puts=(stock,), events=events))
    except AlreadyExists:
        return await shop.store.get(Stock, STOCK_ID, stock.sku)
    return stock


async def write(shop: Shop, by: Caller, product: Product, known: Known) -> None:
    """Write the product with the news of it; written already, it is not again."""
    first = [known.product] if _has_stayed(product, known) else [None]

    async def step() -> None:
        there = first.pop() if first else await _get(shop, product)
        if there and not there.differences(product):
            return
        now = shop.clock.now()
        fresh = as_found(there, product.after(there, now)) if there else product
        if there and there is not known.product:  # somebody changed it meanwhile, and placed that
            fresh = unplaced(fresh, there)
        event = fresh.announced(known.product, trace=by.trace, at=now)
        await shop.store.commit(Change(by=by, puts=(fresh,), events=(event,)))

    await again(shop, step)


async def write_quietly(shop: Shop, by: Caller, products: Sequence[Product]) -> None:
    """Write products without news of them, those of a category together."""
    wanted: dict[str, Wanted[Product]] = {}
    for product in products:
        work = wanted.setdefault(product.partition, Wanted(Product, product.partition))
        work.there.append(product)
    await settle(shop, by, wanted.values())


async def point(shop: Shop, by: Caller, product: Product, known: Known) -> None:
    """Let the pointers name the product's category; a product that moved leaves its old one."""
    if _has_stayed(product, known):
        return
    leaving = known.product.partition if known.product else ""
    by_id, by_slug = pointers(product, leaving)
    for pointer in (by_slug, by_id):
        await put(shop, by, pointer, is_new=known.pointer is None)
    if leaving:
        await leave(shop, by, product.id)


async def forget(shop: Shop, changed: Iterable[Product]) -> None:
    """Drop what the cache has of these products."""
    names = [name for product in changed for name in (product.id, product.slug)]
    if names:
        await shop.cache.drop(*(f"{area}:{name}" for name in names for area in CACHED))


CACHED = ("product", "detail")
"""Areas of the cache that hold copies of one product, by id and by slug."""


def _has_stayed(product: Product, known: Known) -> bool:
    return known.product is not None and known.product.partition == product.partition


async def _get(shop: Shop, product: Product) -> Product | None:
    return await shop.store.get(Product, product.id, product.partition)
