"""A guest's cart goes over: a crash at any step is finished by the next try, nothing is lost or doubled."""

from dataclasses import replace

import pytest

from adapters.counting import CountingStore
from adapters.memory import MemoryStore
from domain.access import Role
from domain.cart import CART_ID, MOST_LINES, MOST_PIECES, Cart, CartClaimed, CartFull, CartMerged
from domain.entity import Document
from tests.usecases.shop_fixtures import GUEST, Bench, fill_cart, guest, open_bench, sells
from tests.usecases.test_flags import Kept
from usecases.carting import AddItem, add_item
from usecases.merging import GuestCartMismatch, MergeCart, merge_cart
from usecases.ports.store import Change, Committed, StoreBusy
from usecases.shop import Shop

CUSTOMER = replace(guest("c"), user_id="u-1", role=Role.CUSTOMER)


class Crashing(MemoryStore):
    """The bench's store, whose commits fail from the nth on, before they are written."""

    def __init__(self, bench: Bench, commits: int) -> None:
        super().__init__(bench.clock)
        self._bench, self.left = bench, commits

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        return await self._bench.store.get(kind, id, partition)

    async def commit(self, change: Change) -> Committed:
        if self.left == 0:
            raise StoreBusy("crash")
        self.left -= 1
        return await self._bench.store.commit(change)


@pytest.fixture
async def bench() -> Bench:
    opened = open_bench()
    for sku in "ABC":
        await sells(opened, sku, 2000)
    return opened


async def cart(bench: Bench, user_id: str) -> dict[str, int]:
    found = await bench.store.get(Cart, CART_ID, user_id)
    return {line.sku: line.quantity for line in found.items} if found else {}


async def test_lines_are_joined_and_the_guests_cart_is_a_new_one(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1, B=2)
    await fill_cart(bench, CUSTOMER, B=3, C=4)
    before = await bench.store.get(Cart, CART_ID, GUEST.user_id)

    view = await merge_cart(bench.shop, CUSTOMER, GUEST.user_id)

    assert {line.sku: line.quantity for line in view.items} == {"B": 5, "C": 4, "A": 1}
    assert await cart(bench, GUEST.user_id) == {}
    after = await bench.store.get(Cart, CART_ID, GUEST.user_id)
    assert before is not None
    assert after is not None
    assert (after.uuid != before.uuid, after.merged_into) == (True, None)
    await fill_cart(bench, GUEST, A=1)


@pytest.mark.parametrize("commits", [0, 1, 2, 3])
async def test_a_crash_at_any_step_is_finished_by_the_next_try(bench: Bench, commits: int) -> None:
    await fill_cart(bench, GUEST, A=1, B=2)
    await fill_cart(bench, CUSTOMER, B=3)
    broken = replace(bench.shop, store=CountingStore(Crashing(bench, commits)))
    if commits < 3:
        with pytest.raises(StoreBusy):
            await merge_cart(broken, CUSTOMER, GUEST.user_id)
    else:
        await merge_cart(broken, CUSTOMER, GUEST.user_id)

    for _ in range(2):
        await merge_cart(bench.shop, CUSTOMER, GUEST.user_id)

    assert await cart(bench, CUSTOMER.user_id) == {"B": 5, "A": 1}
    assert await cart(bench, GUEST.user_id) == {}


async def test_while_it_goes_over_the_guests_cart_cannot_be_changed(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1)
    broken = replace(bench.shop, store=CountingStore(Crashing(bench, 1)))
    with pytest.raises(StoreBusy):
        await merge_cart(broken, CUSTOMER, GUEST.user_id)

    with pytest.raises(CartMerged):
        await add_item(bench.shop, GUEST, AddItem(product_id="p-B"))


async def test_a_marked_cart_goes_to_nobody_else(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1)
    broken = replace(bench.shop, store=CountingStore(Crashing(bench, 1)))
    with pytest.raises(StoreBusy):
        await merge_cart(broken, CUSTOMER, GUEST.user_id)
    other = replace(CUSTOMER, user_id="u-2")

    view = await merge_cart(bench.shop, other, GUEST.user_id)

    assert view.items == ()


async def test_pieces_are_added_up_to_what_a_line_may_have(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=900)
    await fill_cart(bench, CUSTOMER, A=900)

    view = await merge_cart(bench.shop, CUSTOMER, GUEST.user_id)

    assert [line.quantity for line in view.items] == [MOST_PIECES]


async def test_too_many_lines_stay_where_they_are(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1)
    await fill_cart(bench, CUSTOMER, B=1)
    mine = await bench.store.get(Cart, CART_ID, CUSTOMER.user_id)
    assert mine is not None
    lines = tuple(mine.items[0].model_copy(update={"sku": f"S{n}"}) for n in range(MOST_LINES))
    await bench.put(mine.but(items=lines))
    before = bench.store.digest()

    with pytest.raises(CartFull):
        await merge_cart(bench.shop, CUSTOMER, GUEST.user_id)

    assert bench.store.digest() == before


async def test_a_cart_that_filled_up_meanwhile_gives_the_guests_back(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1)
    broken = replace(bench.shop, store=CountingStore(Crashing(bench, 1)))
    with pytest.raises(StoreBusy):
        await merge_cart(broken, CUSTOMER, GUEST.user_id)
    await fill_cart(bench, CUSTOMER, B=1)
    mine = await bench.store.get(Cart, CART_ID, CUSTOMER.user_id)
    assert mine is not None
    lines = tuple(mine.items[0].model_copy(update={"sku": f"S{n}"}) for n in range(MOST_LINES))
    await bench.put(mine.but(items=lines))

    with pytest.raises(CartFull):
        await merge_cart(bench.shop, CUSTOMER, GUEST.user_id)

    assert await cart(bench, GUEST.user_id) == {"A": 1}
    await fill_cart(bench, GUEST, B=1)


async def test_a_cart_that_an_order_is_made_of_stays(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1)
    theirs = await bench.store.get(Cart, CART_ID, GUEST.user_id)
    assert theirs is not None
    await bench.put(theirs.claimed("o-1", until=bench.clock.now().replace(hour=13)))

    with pytest.raises(CartClaimed):
        await merge_cart(bench.shop, CUSTOMER, GUEST.user_id)

    assert await cart(bench, GUEST.user_id) == {"A": 1}


async def test_another_cart_than_the_clients_is_not_merged(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1)

    with pytest.raises(GuestCartMismatch):
        await merge_cart(bench.shop, CUSTOMER, GUEST.user_id, MergeCart(guest_cart_id="x"))


def limited(bench: Bench, lines: int) -> Shop:
    """The shop while the flag says so."""
    return replace(bench.shop, configuration=Kept({"cart.max_items": str(lines)}))


async def test_a_lowered_limit_holds_for_merging_too_and_every_line_stays_where_it_is(
    bench: Bench,
) -> None:
    await fill_cart(bench, GUEST, A=1, B=2)
    await fill_cart(bench, CUSTOMER, C=3)
    few, before = limited(bench, 2), bench.store.digest()

    with pytest.raises(CartFull) as refusal:
        await merge_cart(few, CUSTOMER, GUEST.user_id)

    assert (refusal.value.facts, bench.store.digest()) == ({"limit": 2}, before)
    await merge_cart(limited(bench, 3), CUSTOMER, GUEST.user_id)
    assert await cart(bench, CUSTOMER.user_id) == {"C": 3, "A": 1, "B": 2}


async def test_a_limit_lowered_while_a_cart_goes_over_gives_it_back(bench: Bench) -> None:
    await fill_cart(bench, GUEST, A=1, B=2)
    await fill_cart(bench, CUSTOMER, C=3)
    broken = replace(bench.shop, store=CountingStore(Crashing(bench, 1)))
    with pytest.raises(StoreBusy):
        await merge_cart(broken, CUSTOMER, GUEST.user_id)
    few = limited(bench, 2)

    with pytest.raises(CartFull):
        await merge_cart(few, CUSTOMER, GUEST.user_id)

    assert await cart(bench, GUEST.user_id) == {"A": 1, "B": 2}
    assert await cart(bench, CUSTOMER.user_id) == {"C": 3}


async def test_a_cart_that_had_more_lines_before_the_limit_keeps_them_when_it_goes_over(
    bench: Bench,
) -> None:
    await fill_cart(bench, GUEST, A=1, B=2, C=3)
    await fill_cart(bench, CUSTOMER, B=1)
    few = limited(bench, 1)

    await merge_cart(few, CUSTOMER, GUEST.user_id)

    assert await cart(bench, CUSTOMER.user_id) == {"B": 3, "A": 1, "C": 3}
