"""Stock and holds."""

from collections.abc import Awaitable, Callable

import pytest

from domain.access import Caller
from domain.hold import RELEASED_TTL_SECONDS, Hold, hold_id
from domain.order import Order, OrderLine, ShortLine
from domain.stock import STOCK_ID, Stock
from tests.domain.samples import an_order
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import GUEST, Bench, open_bench, sells
from usecases.holding import NoStock, Taking, correct, free, sell, short_lines, take
from usecases.ports.store import Change
from usecases.shop import Shop

type End = Callable[[Shop, Caller, Order], Awaitable[None]]

ORDER = an_order()  # two mugs and a cup
CUP, MUG = ORDER.items
ID = ORDER.order_id


async def a_shop(mugs: int = 5, cups: int = 5) -> Bench:
    bench = open_bench()
    await sells(bench, "MUG", mugs)
    await sells(bench, "CUP", cups)
    return bench


async def held(bench: Bench, *lines: OrderLine) -> None:
    for line in lines:
        assert await take(bench.shop, GUEST, ORDER, line) is Taking.HELD


async def levels(bench: Bench) -> tuple[tuple[int, int], tuple[int, int], str, str]:
    """On hand and available of mugs and cups, and the states of their holds."""
    return (
        await bench.stock("MUG"),
        await bench.stock("CUP"),
        await bench.hold(ID, "MUG"),
        await bench.hold(ID, "CUP"),
    )


async def test_pieces_are_taken_from_what_is_available() -> None:
    bench = await a_shop()

    await held(bench, MUG)

    assert await levels(bench) == ((5, 3), (5, 5), "held", "")


async def test_asking_twice_holds_once() -> None:
    bench = await a_shop()
    await held(bench, MUG)
    before = bench.state()

    await held(bench, MUG)

    assert bench.state() == before


async def test_fewer_than_wanted_is_short_and_takes_nothing() -> None:
    bench = await a_shop(mugs=1)
    before = bench.state()

    assert await take(bench.shop, GUEST, ORDER, MUG) is Taking.SHORT
    assert bench.state() == before


async def test_a_sku_without_stock_is_short() -> None:
    bench = open_bench()

    assert await take(bench.shop, GUEST, ORDER, MUG) is Taking.SHORT
    assert bench.documents(Hold) == []


async def test_the_very_last_pieces_can_be_taken() -> None:
    bench = await a_shop(mugs=2)

    await held(bench, MUG)

    assert await bench.stock("MUG") == (2, 0)


@pytest.mark.parametrize("end", [free, sell])
async def test_a_hold_that_has_ended_is_never_taken_again(end: End) -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)
    await end(bench.shop, GUEST, ORDER)
    before = bench.state()

    assert await take(bench.shop, GUEST, ORDER, MUG) is Taking.ENDED
    assert bench.state() == before


async def test_freed_pieces_are_available_again_and_told() -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)

    await free(bench.shop, GUEST, ORDER)

    assert await levels(bench) == ((5, 5), (5, 5), "released", "released")
    told = [(e.event_type, e.subject, e.data["delta"]) for e in bench.hubs.events]
    assert told == [("StockLevelChanged", "CUP", 1), ("StockLevelChanged", "MUG", 2)]
    assert {event.data["cause"] for event in bench.hubs.events} == {"release"}


@pytest.mark.parametrize("ends", [(free,), (sell,), (free, correct)])
async def test_ending_twice_ends_once(ends: tuple[End, ...]) -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)
    for end in ends:
        await end(bench.shop, GUEST, ORDER)
    before = bench.state()

    await ends[-1](bench.shop, GUEST, ORDER)

    assert bench.state() == before


async def test_what_was_never_held_is_marked_so_that_nobody_takes_it_late() -> None:
    bench = await a_shop()
    await held(bench, CUP)

    await free(bench.shop, GUEST, ORDER)

    assert await levels(bench) == ((5, 5), (5, 5), "released", "released")
    mark = await bench.store.get(Hold, hold_id(ID), "MUG")
    assert mark is not None
    assert mark.ttl == RELEASED_TTL_SECONDS
    assert await take(bench.shop, GUEST, ORDER, MUG) is Taking.ENDED


async def test_sold_pieces_leave_the_shelf() -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)

    await sell(bench.shop, GUEST, ORDER)

    assert await levels(bench) == ((3, 3), (4, 4), "sold", "sold")
    assert [(e.subject, e.data["delta"], e.data["cause"]) for e in bench.hubs.events] == [
        ("CUP", -1, "sale"),
        ("MUG", -2, "sale"),
    ]


async def test_what_was_freed_and_left_all_the_same_leaves_the_counts() -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)
    await free(bench.shop, GUEST, ORDER)

    await sell(bench.shop, GUEST, ORDER)
    await sell(bench.shop, GUEST, ORDER)

    assert await levels(bench) == ((3, 3), (4, 4), "gone", "gone")


async def test_what_was_sold_is_not_freed() -> None:
    other = await a_shop()
    await held(other, MUG, CUP)
    await sell(other.shop, GUEST, ORDER)
    before = other.state()
    await free(other.shop, GUEST, ORDER)
    await correct(other.shop, GUEST, ORDER)
    assert other.state() == before


async def test_what_was_never_held_is_not_sold() -> None:
    bench = await a_shop()
    before = bench.state()

    await sell(bench.shop, GUEST, ORDER)
    await correct(bench.shop, GUEST, ORDER)

    assert bench.state() == before


async def test_freed_pieces_that_left_all_the_same_are_counted_out() -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)
    await free(bench.shop, GUEST, ORDER)

    await correct(bench.shop, GUEST, ORDER)

    assert await levels(bench) == ((3, 3), (4, 4), "gone", "gone")
    assert {e.data["cause"] for e in bench.hubs.events[2:]} == {"adjustment"}


async def test_freed_pieces_that_others_hold_leave_a_shortage_that_shows() -> None:
    bench = await a_shop(mugs=2)
    await held(bench, MUG)
    await free(bench.shop, GUEST, ORDER)
    other = an_order(order_id="OTHER")
    assert await take(bench.shop, GUEST, other, MUG) is Taking.HELD

    await correct(bench.shop, GUEST, ORDER)

    assert await bench.stock("MUG") == (0, -2)
    assert await bench.hold("OTHER", "MUG") == "held"


async def test_every_move_counts_on_in_the_skus_sequence() -> None:
    bench = await a_shop()
    await held(bench, MUG)
    await free(bench.shop, GUEST, ORDER)
    await correct(bench.shop, GUEST, ORDER)

    mine = [event.sequence for event in bench.hubs.events if event.subject == "MUG"]
    assert mine == [1, 2]


async def test_a_hold_without_its_stock_is_a_fault_that_is_named() -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)
    (cups, _) = bench.documents(Stock)
    assert cups.sku == "CUP"
    await bench.store.commit(Change(by=GUEST, removes=(cups,)))

    for end in (free, sell):
        with pytest.raises(NoStock) as refusal:
            await end(bench.shop, GUEST, ORDER)
        assert refusal.value.facts == {"sku": "CUP"}
    assert await bench.hold(ID, "CUP") == "held"


async def test_a_hot_sku_that_others_change_meanwhile_is_freed_all_the_same() -> None:
    bench = await a_shop()
    await held(bench, MUG, CUP)

    async def others_buy() -> None:
        stock = await bench.store.get(Stock, STOCK_ID, "CUP")
        assert stock is not None
        await bench.put(stock.but(available=stock.available - 1))

    await free(meddled(bench, {1: others_buy}), GUEST, ORDER)

    assert await levels(bench) == ((5, 5), (5, 4), "released", "released")


async def test_short_lines_name_what_is_available() -> None:
    bench = await a_shop(mugs=1, cups=0)

    assert await short_lines(bench.shop, ORDER) == (
        ShortLine(sku="CUP", product_id="p-CUP", requested=1, available=0),
        ShortLine(sku="MUG", product_id="p-MUG", requested=2, available=1),
    )


async def test_what_the_order_holds_itself_is_not_short() -> None:
    bench = await a_shop(mugs=2, cups=0)
    await held(bench, MUG)

    assert [line.sku for line in await short_lines(bench.shop, ORDER)] == ["CUP"]


async def test_nothing_short_where_there_is_enough() -> None:
    bench = await a_shop(mugs=2, cups=1)

    assert await short_lines(bench.shop, ORDER) == ()


async def test_a_sku_that_nobody_stocks_is_short() -> None:
    bench = open_bench()

    found = await short_lines(bench.shop, ORDER.but(items=(MUG,)))

    assert [(line.sku, line.available) for line in found] == [("MUG", 0)]
