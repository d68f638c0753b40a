"""Making promotions, as often as one likes: the same terms twice are one promotion."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from domain.access import Caller
from domain.promotion import ALL_CODES, PROMOTION_ID, Promotion, PromotionLine
from domain.promotion_terms import PromotionTerms, changed, promotion_of
from usecases.again import again
from usecases.ports.store import AlreadyExists, Change
from usecases.shop import Shop

type Kept = Literal["created", "changed", "unchanged"]


async def keep_promotions(shop: Shop, by: Caller, wanted: Sequence[PromotionTerms]) -> list[Kept]:
    """Make or change each, one commit each, and say what became of it. Safe to repeat.

    Raises ``BadTerms``, and ``TermsFixed`` where shoppers were promised something else under the code.
    """
    return [await keep_promotion(shop, by, terms) for terms in wanted]


async def keep_promotion(shop: Shop, by: Caller, terms: PromotionTerms) -> Kept:
    """Make the promotion, or change its time, its name or whether it is active; its used uses stay used."""
    promotion = promotion_of(terms, shop.settings.currency, shop.clock.now())
    await enlist(shop, by, promotion.code)

    async def step() -> Kept:
        there = await shop.store.get(Promotion, PROMOTION_ID, promotion.code)
        if there is None:
            await shop.store.commit(Change(by=by, puts=(promotion,)))
            return "created"
        now = changed(there, promotion, shop.clock.now())
        if now is there:
            return "unchanged"
        await shop.store.commit(Change(by=by, puts=(now,)))
        return "changed"

    return await again(shop, step)


async def enlist(shop: Shop, by: Caller, code: str) -> None:
    """Let the list of codes name this one, before there is a promotion. Safe to repeat."""
    if await shop.store.get(PromotionLine, code, ALL_CODES) is None:
        with suppress(AlreadyExists):
            await shop.store.commit(Change(by=by, puts=(PromotionLine(id=code),)))
