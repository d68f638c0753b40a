"""What staff do with promo codes: list them, make one, change what may change of one, stop it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.access import Caller
from domain.category import CATEGORIES, Category
from domain.cursor import opened, sealed
from domain.entity import Command
from domain.errors import NotFound
from domain.model import View
from domain.money import Amount, Amounts
from domain.product import ProductPointer, is_product_id, pointer_id
from domain.promotion import (
    ALL_CODES,
    PROMOTION_ID,
    WHOLE,
    Promotion,
    PromotionLine,
    PromotionType,
    normalised,
)
from domain.promotion_terms import (
    CodeTaken,
    PromotionChange,
    PromotionTerms,
    UnknownGoods,
    is_same,
    promotion_of,
    revised,
)
from usecases.again import again
from usecases.ports.store import Position, Query
from usecases.promotion_keeping import enlist
from usecases.revising import check_meant, written
from usecases.settling import found_by_id
from usecases.shelves import cursor_keys
from usecases.shop import Shop


class PromotionNotFound(NotFound):
    """There is no such promotion."""

    code = "PROMOTION_NOT_FOUND"
    message = "There is no such promotion."


class ListPromotions(Command):
    """A page of the codes, in order of code."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=2_000)] = ""


class StaffPromotion(Amounts):
    """A promotion as staff see it: ``used`` of ``limit`` uses are taken, ``null`` where they are not counted.

    ``percent`` or ``amount_off`` is what it takes off; ``revision`` is its version.
    """

    code: str
    name: str
    type: PromotionType
    percent: float | None
    amount_off: Amount | None
    minimum: Amount
    categories: tuple[str, ...]
    products: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    limit: int | None
    used: int | None
    per_customer: int | None
    active: bool
    created_at: datetime
    updated_at: datetime
    revision: int


class StaffPromotions(View):
    """A page of them."""

    items: tuple[StaffPromotion, ...]
    next_cursor: str | None
    limit: int


async def list_promotions(shop: Shop, query: ListPromotions) -> StaffPromotions:
    """The codes with what is left of them now; one query, and one read for each. Raises ``BadCursor``."""
    name, keys = "promotions", await cursor_keys(shop)
    after = Position(*opened(query.cursor, name, keys)) if query.cursor else None
    page = await shop.store.find(PromotionLine, Query(ALL_CODES, limit=query.limit, after=after))
    found = [await _promotion(shop, line.id) for line in page.items]
    end = page.next
    return StaffPromotions(
        items=tuple(_shown(promotion) for promotion in found if promotion is not None),
        next_cursor=sealed((end.value, end.entity_id), name, keys) if end else None,
        limit=query.limit,
    )


async def create_promotion(shop: Shop, by: Caller, command: PromotionTerms) -> StaffPromotion:
    """Make a promo code. Safe to repeat: the same promotion is there already, however often it was used.

    Raises ``BadTerms``, ``UnknownGoods`` and ``CodeTaken``.
    """
    fresh = promotion_of(command, shop.settings.currency, shop.clock.now())
    await _check_goods(shop, fresh)
    await enlist(shop, by, fresh.code)

    async def step() -> Promotion:
        there = await _promotion(shop, fresh.code)
        if there is None:
            return await written(shop, by, fresh)
        if not is_same(there, fresh):
            raise CodeTaken(promo_code=fresh.code)
        return there

    return _shown(await again(shop, step))


async def change_promotion(
    shop: Shop,
    by: Caller,
    code: str,
    command: PromotionChange,
    expected: frozenset[int] | None = None,
) -> StaffPromotion:
    """Change or stop a promotion, as far as nobody was promised something else; taken uses stay taken.

    Safe to repeat. Raises ``PromotionNotFound``, ``PreconditionFailed``, ``BadTerms``, ``TermsFixed`` and
    ``LimitBelowUses``.
    """

    async def step() -> Promotion:
        there = await _promotion(shop, normalised(code) or "")
        if there is None:
            raise PromotionNotFound(promo_code=code)
        fresh = revised(there, command, shop.clock.now())
        check_meant(there.revision, expected, is_done=fresh is there)
        if fresh is there:
            return there
        return await written(shop, by, fresh)

    return _shown(await again(shop, step))


async def _promotion(shop: Shop, code: str) -> Promotion | None:
    return await shop.store.get(Promotion, PROMOTION_ID, code)


async def _check_goods(shop: Shop, promotion: Promotion) -> None:
    """What it is for is there; one query for its categories, one read for each of its products."""
    known: set[str] = set()
    if promotion.categories:
        known |= (await found_by_id(shop, Category, CATEGORIES, promotion.categories)).keys()
    known |= {id for id in promotion.products if await _is_product(shop, id)}
    missing = sorted({*promotion.categories, *promotion.products} - known)
    if missing:
        raise UnknownGoods(promo_code=promotion.code, missing=missing)


async def _is_product(shop: Shop, id: str) -> bool:
    place = pointer_id(id)
    return is_product_id(id) and await shop.store.get(ProductPointer, place, place) is not None


def _shown(promotion: Promotion) -> StaffPromotion:
    names = StaffPromotion.model_fields.keys() & Promotion.model_fields.keys()
    return StaffPromotion(
        **{name: getattr(promotion, name) for name in names},
        percent=promotion.rate * 100 / WHOLE or None,
        amount_off=promotion.amount,
        used=promotion.used,
    )
