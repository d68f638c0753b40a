"""Sales are written down and rolled up at once, by several, late, and by processes that die at any moment."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from domain.events import Event
from domain.order import Order
from domain.participant import RecordedWord, word_id
from domain.period import day_of
from domain.roll_up_state import LateDay
from domain.rollup import Rollup, Tally
from domain.saga import Facets, Word
from domain.saga.payment import Phase
from domain.sale import Sale, sale_id, sale_period
from tests.adapters.embedded.fixtures import finish
from tests.domain.samples import an_order
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.steps import cut_off
from tests.proofs.world import CLERK, World, clockwork
from usecases.ports.store import Change
from usecases.recording_sales import hear_order, hear_payment
from usecases.rolling_up import roll_up
from usecases.shop import Shop

MONDAY: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""The first day of a week and of a month: few days to read."""
TUESDAY: Final = MONDAY + timedelta(days=1, hours=2)
PERIODS: Final = ("day:2026-06-01", "week:2026-W23", "month:2026-06")
ORDERS: Final = ("A", "B")

type Counted = Mapping[str, Mapping[str, Mapping[str, int]]]


def rolling(shop: Shop) -> Any:
    """The timer's run."""
    return roll_up(shop, clockwork("roll_up_sales"))


def hearing_of_order(order_id: str) -> Client:
    """The consumer that hears that the order was cancelled."""
    event = _event("OrderCancelled", order_id)
    return lambda shop: hear_order(shop, clockwork("views"), event)


def hearing_of_money(order_id: str) -> Client:
    """The consumer that hears that its money was given back."""
    event = _event("RefundProcessed", order_id)
    return lambda shop: hear_payment(shop, clockwork("views"), event)


def _event(event_type: str, order_id: str) -> Event:
    return Event(
        event_id=f"{event_type}-{order_id}",
        event_type=event_type,
        timestamp=MONDAY,
        subject=order_id,
        sequence=2,
        data={"order_id": order_id, "user_id": f"guest:{order_id}"},
        correlation_id="c",
        causation_id="r",
    )


def monday() -> World:
    """A shop with two orders of this day, both cancelled and paid back since; no figure knows of that yet."""
    world = World()
    world.clock.time = MONDAY
    for order_id in ORDERS:
        order = _order(order_id)
        word = RecordedWord(
            id=word_id("payment", order_id),
            user_id=order.user_id,
            order_id=order_id,
            participant="payment",
            word=Word(Phase.REFUNDED),
            sequence=2,
        )
        finish(world.store.commit(Change(by=CLERK, puts=(order, word))))
        finish(world.store.commit(Change(by=CLERK, puts=(_known(order_id),))))
    finish(rolling(world.shop("before")))
    return world


def tuesday() -> World:
    """The same shop on the day after, when the figures of the day before were rolled up for good."""
    world = monday()
    world.clock.time = TUESDAY
    finish(rolling(world.shop("before")))
    return world


def _order(order_id: str) -> Order:
    order = an_order(id=order_id, order_id=order_id, user_id=f"guest:{order_id}", created_at=MONDAY)
    return order.moved(Facets(cancel="customer"), MONDAY).but(sequence=2)


def _known(order_id: str) -> Sale:
    """What was written down of the order before it was cancelled; the first was not paid by then."""
    sale = Sale.of(_order(order_id).but(facets=Facets()), None, {})
    return sale.but(charged_minor=0 if order_id == "A" else sale.total_minor)


def beside_each_other(world: World, name: str, heard: str, **clients: Client) -> Scenario:
    """These clients at once; in the end, after one run more, the figures are what the orders say that were heard of."""

    def finally_(world: World, ends: Outcomes) -> None:
        assert {name: end.error for name, end in ends.items() if end.error} == {}
        finish(rolling(world.shop("next")))
        check(world, heard)

    return Scenario(name, world, clients, never_too_much, finally_)


def late() -> Scenario:
    """Two orders of a day that is over change, while the timer runs."""
    return beside_each_other(
        tuesday(),
        "late",
        "AB",
        order=hearing_of_order("A"),
        money=hearing_of_money("B"),
        timer=rolling,
    )


def late_and_rolled_twice() -> Scenario:
    """An order of a day that is over changes, while the timer runs twice at once."""
    return beside_each_other(
        tuesday(),
        "late and rolled twice",
        "B",
        money=hearing_of_money("B"),
        first=rolling,
        second=rolling,
    )


def same_order_twice() -> Scenario:
    """Two consumers hear of one order, late, while the timer runs."""
    return beside_each_other(
        tuesday(),
        "same order twice",
        "A",
        order=hearing_of_order("A"),
        money=hearing_of_money("A"),
        timer=rolling,
    )


def on_its_day() -> Scenario:
    """An order changes on its own day, while the timer runs twice at once."""
    return beside_each_other(
        monday(), "on its day", "B", money=hearing_of_money("B"), first=rolling, second=rolling
    )


def closing() -> Scenario:
    """A day is folded for the last time, while a run that began before the day's last change is still under way."""
    world = monday()

    async def to_the_end(shop: Shop) -> None:
        await hearing_of_money("B")(shop)
        await world.pass_time((TUESDAY - MONDAY).total_seconds())
        await rolling(shop)

    return beside_each_other(world, "closing", "B", day=to_the_end, stalled=rolling)


def with_careless_marks() -> Scenario:
    """As ``late``, but a mark that is there already is left as it is: the search must find what is lost."""
    return beside_each_other(
        tuesday(),
        "careless marks",
        "AB",
        order=hearing_of_order("A"),
        careless=_hearing_carelessly,
        timer=rolling,
    )


async def _hearing_carelessly(shop: Shop) -> None:
    order = _order("B")
    sale = await shop.store.get(Sale, sale_id("B"), sale_period(order))
    assert sale is not None
    known = sale.joined(Sale.of(order, Word(Phase.REFUNDED), {}))
    mark = await shop.store.get(LateDay, "late", known.period)
    marks = () if mark else (LateDay(period=known.period, day=day_of(MONDAY)),)
    await shop.store.commit(Change(by=CLERK, puts=(known, *marks)))


def survived(world: World, *acts: Client) -> int:
    """Cut the acts off after each of their port calls, then let all be heard again and the timer run; how many
    crashes that were."""
    begin, crashes = world.moment(), 0
    for number, act in enumerate(acts):
        calls, is_whole = 0, False
        while not is_whole:
            world.back_to(begin)
            for earlier in acts[:number]:
                finish(earlier(world.shop("before")))
            is_whole = not cut_off(act(world.stepped("dying")), calls)
            never_too_much(world)
            for again in acts:
                finish(again(world.shop("next")))
            check(world)
            calls += 1
        crashes += calls - 1
    world.back_to(begin)
    return crashes


def never_too_much(world: World) -> None:
    """No figure is ever higher than what the orders say."""
    right = _right("AB")
    for period in PERIODS:
        for breakdown, rows in _rolled(world, period).items():
            for key, counts in rows.items():
                most = right[breakdown][key]
                assert all(count <= most.get(name, 0) for name, count in counts.items())


def check(world: World, heard: str = "AB") -> None:
    """Day, week and month say what the orders say that were heard of, and no mark is left."""
    for period in PERIODS:
        assert _rolled(world, period) == _right(heard), period
    assert world.documents(LateDay.kind) == [], "a mark is left"


def _right(heard: str) -> Counted:
    tally = Tally()
    for order_id in ORDERS:
        is_heard = order_id in heard
        whole = Sale.of(_order(order_id), Word(Phase.REFUNDED), {})
        tally.add_fact(whole if is_heard else _known(order_id))
    return _counts(tally.rollups(PERIODS[0]))


def _rolled(world: World, period: str) -> Counted:
    kept = [Rollup.of_document(each, "1") for each in world.documents(Rollup.kind)]
    return _counts(tuple(each for each in kept if each.period == period))


def _counts(rollups: tuple[Rollup, ...]) -> Counted:
    return {each.id: {row.key: row.counts for row in each.rows} for each in rollups}
