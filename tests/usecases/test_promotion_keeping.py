"""Making promotions."""

import pytest

from domain.promotion import PROMOTION_ID, Promotion
from domain.promotion_terms import PromotionTerms, TermsFixed
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import STAFF, Bench, open_bench
from usecases.promotion_keeping import keep_promotion, keep_promotions

TEN = PromotionTerms(code="TEN", percent="10", limit=3)
FIVE = PromotionTerms(code="FIVE", amount_off="5")
STOPPED = TEN.model_copy(update={"active": False})


async def kept(bench: Bench, code: str = "TEN") -> Promotion:
    found = await bench.store.get(Promotion, PROMOTION_ID, code)
    assert found is not None
    return found


async def test_the_same_terms_twice_are_one_promotion() -> None:
    bench = open_bench()

    assert await keep_promotions(bench.shop, STAFF, [TEN, FIVE]) == ["created", "created"]
    before = bench.state()
    assert await keep_promotions(bench.shop, STAFF, [TEN, FIVE]) == ["unchanged", "unchanged"]
    assert bench.state() == before


async def test_a_code_can_be_stopped_and_its_uses_stay_used() -> None:
    bench = open_bench()
    await keep_promotion(bench.shop, STAFF, TEN)
    await bench.put((await kept(bench)).but(left=1))

    assert await keep_promotion(bench.shop, STAFF, STOPPED) == "changed"
    assert ((await kept(bench)).active, (await kept(bench)).left) == (False, 1)


async def test_other_terms_under_the_same_code_are_refused() -> None:
    bench = open_bench()
    await keep_promotion(bench.shop, STAFF, TEN)
    before = bench.state()

    with pytest.raises(TermsFixed):
        await keep_promotion(bench.shop, STAFF, TEN.model_copy(update={"limit": 4}))
    assert bench.state() == before


async def test_a_use_that_is_taken_meanwhile_is_not_lost() -> None:
    bench = open_bench()
    await keep_promotion(bench.shop, STAFF, TEN)

    async def take() -> None:
        await bench.put((await kept(bench)).but(left=2))

    assert await keep_promotion(meddled(bench, {1: take}), STAFF, STOPPED) == "changed"
    assert (await kept(bench)).left == 2
