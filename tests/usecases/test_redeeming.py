"""Uses of codes."""

import pytest

from domain.order import AppliedPromotion, Order
from domain.redemption import CustomerUses, PromotionUse
from tests.domain.samples import an_order, usd
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import GUEST, Bench, open_bench, promotes, uses
from usecases.holding import Taking
from usecases.ports.store import Change
from usecases.redeeming import free_uses, redeem

TEN = AppliedPromotion(code="TEN", currency="USD", saved=usd(200))
LIMITED = TEN.model_copy(update={"is_limited": True})
COUNTED = TEN.model_copy(update={"per_customer": 1})
BOTH = LIMITED.model_copy(update={"per_customer": 2})


def order(number: int = 1, applied: AppliedPromotion = LIMITED, email: str = "a@b.c") -> Order:
    id = f"O{number}"
    return an_order(id=id, order_id=id, promotions=(applied,), email=email)


async def took(bench: Bench, of: Order) -> Taking:
    return await redeem(bench.shop, GUEST, of, of.promotions[0])


async def left_for_one(bench: Bench) -> list[int]:
    return [counter.left for counter in bench.documents(CustomerUses)]


async def test_a_use_is_taken_from_what_is_left() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=2)

    assert await took(bench, order(1)) is Taking.HELD
    assert await uses(bench, "TEN") == (1, {"O1": "taken"})
    assert await left_for_one(bench) == []


async def test_asking_twice_takes_once() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=2, per_customer=2)
    of = order(1, BOTH)
    await took(bench, of)
    before = bench.state()

    assert await took(bench, of) is Taking.HELD
    assert bench.state() == before


async def test_the_last_use_is_taken_once() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=1)
    await took(bench, order(1))
    before = bench.state()

    assert await took(bench, order(2)) is Taking.SHORT
    assert bench.state() == before


async def test_a_code_without_limits_is_only_noted() -> None:
    bench = open_bench()
    await promotes(bench, "TEN")

    for number in (1, 2, 3):
        assert await took(bench, order(number, TEN)) is Taking.HELD
    assert await uses(bench, "TEN") == (None, {"O1": "taken", "O2": "taken", "O3": "taken"})


async def test_one_customer_uses_a_code_as_often_as_one_may() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", per_customer=1)

    assert await took(bench, order(1, COUNTED)) is Taking.HELD
    assert await took(bench, order(2, COUNTED)) is Taking.SHORT
    assert await took(bench, order(3, COUNTED, email="x@y.z")) is Taking.HELD
    assert await left_for_one(bench) == [0, 0]


async def test_both_limits_are_taken_from_in_one_batch() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=5, per_customer=2)

    taken = [await took(bench, order(number, BOTH)) for number in (1, 2, 3)]

    assert taken == [Taking.HELD, Taking.HELD, Taking.SHORT]
    assert await uses(bench, "TEN") == (3, {"O1": "taken", "O2": "taken"})
    assert await left_for_one(bench) == [0]


async def test_where_all_is_used_up_a_customer_keeps_the_own_uses() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=1, per_customer=2)
    await took(bench, order(1, BOTH))

    assert await took(bench, order(2, BOTH)) is Taking.SHORT
    assert await left_for_one(bench) == [1]


async def test_a_freed_use_can_be_taken_by_another_order_and_never_again_by_this_one() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=1, per_customer=2)
    await took(bench, order(1, BOTH))

    await free_uses(bench.shop, GUEST, order(1, BOTH))

    assert await uses(bench, "TEN") == (1, {"O1": "freed"})
    assert await left_for_one(bench) == [2]
    assert await took(bench, order(1, BOTH)) is Taking.ENDED
    assert await took(bench, order(2, BOTH)) is Taking.HELD


@pytest.mark.parametrize("applied", [TEN, LIMITED, COUNTED, BOTH])
async def test_freeing_twice_frees_once(applied: AppliedPromotion) -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=1 if applied.is_limited else None)
    await took(bench, order(1, applied))
    await free_uses(bench.shop, GUEST, order(1, applied))
    before = bench.state()

    await free_uses(bench.shop, GUEST, order(1, applied))

    assert bench.state() == before


async def test_a_use_that_was_never_taken_leaves_a_mark_against_a_stalled_attempt() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=1, per_customer=2)

    await free_uses(bench.shop, GUEST, order(1, BOTH))

    assert await uses(bench, "TEN") == (1, {"O1": "freed"})
    assert await took(bench, order(1, BOTH)) is Taking.ENDED
    (mark,) = bench.documents(PromotionUse)
    assert mark.ttl == 90 * 24 * 3600


async def test_an_attempt_that_another_one_overtakes_between_its_batches_finds_its_use() -> None:
    bench = open_bench()
    await promotes(bench, "TEN", limit=5, per_customer=2)
    await took(bench, order(1, BOTH))
    of = order(2, BOTH)

    async def overtake() -> None:
        await bench.store.commit(Change(by=GUEST, puts=(stolen,)))

    (first,) = bench.documents(PromotionUse)
    stolen = PromotionUse(id="use:O2", code="TEN", order_id="O2", customer=first.customer)
    shop = meddled(bench, {2: overtake})

    assert await redeem(shop, GUEST, of, BOTH) is Taking.HELD
    assert await left_for_one(bench) == [1]


async def test_an_order_without_codes_frees_nothing() -> None:
    bench = open_bench()
    before = bench.state()

    await free_uses(bench.shop, GUEST, an_order())

    assert bench.state() == before
