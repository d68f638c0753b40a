"""Counts are flushed by two timers at once, while others count, by timers that die after any of their calls."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, cast

from domain.traffic import CARTS, VIEWS, Traffic
from tests.adapters.embedded.fixtures import NOON, finish
from tests.proofs.explorer import Outcomes, Scenario
from tests.proofs.steps import Driven, Outcome, Stepped, Touch
from tests.proofs.world import Moment, World, clockwork
from tests.usecases.memory_counters import Kept, MemoryCounters
from usecases.flushing import flush
from usecases.ports.counters import Counter, Push
from usecases.shop import Shop

TODAY = NOON.date()
YESTERDAY = date(2026, 1, 24)
MUG, TRAY, FILLED = Counter(VIEWS, "mug"), Counter(VIEWS, "tray"), Counter(CARTS)


@dataclass(frozen=True, slots=True)
class CountedMoment(Moment):
    """The counters as they were, too."""

    counters: Kept


class CountingWorld(World):
    """A shop that counts."""

    def __init__(self) -> None:
        super().__init__()
        self.counters = MemoryCounters()

    def shop(self, name: str) -> Shop:
        return replace(super().shop(name), counters=self.counters)

    def stepped(self, name: str) -> Shop:
        counters = cast("Any", Stepped("counters", self.counters, counters_touch))
        return replace(super().stepped(name), counters=counters)

    def moment(self) -> CountedMoment:
        then = super().moment()
        told = {name: getattr(then, name) for name in Moment.__slots__}
        return CountedMoment(**told, counters=self.counters.kept)

    def back_to(self, moment: Moment) -> None:
        assert isinstance(moment, CountedMoment)
        super().back_to(moment)
        self.counters.kept = moment.counters

    def digest(self) -> tuple[object, ...]:
        return (*super().digest(), repr(self.counters.kept))


def counters_touch(verb: str, *_: Any) -> Touch:
    """All of the counters: coarse, and so on the safe side."""
    return Touch("counters", "", writes=verb != "waiting")


def pushed(number: int, *, day: date = TODAY) -> Push:
    """A push of two views of the mug, one of the tray, and one cart that is always the same."""
    return Push("p", number, day, {(MUG, ""): 2, (TRAY, ""): 1, (FILLED, "cart"): 1})


def counted(*days: date) -> CountingWorld:
    """A shop with one push of each day."""
    world = CountingWorld()
    for day in days:
        finish(world.counters.push(pushed(1, day=day)))
    return world


async def adding(shop: Shop) -> None:
    """A process that pushes, and pushes the same again, since no answer came."""
    for number in (2, 2):
        await cast("Any", shop.counters).push(pushed(number))


def flushing(shop: Shop) -> Any:
    """The timer's run."""
    return flush(shop, clockwork("flush_counters"))


async def _dying(calls: int, shop: Shop) -> None:
    """The timer's run, whose process dies after so many calls."""
    driven = Driven(flushing(shop))
    for _ in range(calls):
        if driven.step is not None:
            driven.go_on(await _outcome(driven.step))
    driven.drop()


async def _outcome(step: Any) -> Outcome:
    try:
        return Outcome(value=await step)
    except Exception as error:
        return Outcome(error=error)


def flushed_twice(*days: date) -> Scenario:
    """Two timers at once, and somebody who counts meanwhile."""
    clients = {"first": flushing, "second": flushing, "adder": adding}
    return Scenario("flushed twice", counted(*days), clients, check, _finally)


def flushed_by_one_who_dies(calls: int) -> Scenario:
    """The same, and one of the timers dies after so many calls."""
    clients: dict[str, Callable[[Shop], Any]] = {
        "dying": partial(_dying, calls),
        "other": flushing,
        "adder": adding,
    }
    name = f"flushed by one who dies after {calls}"
    return Scenario(name, counted(YESTERDAY, TODAY), clients, check, _finally)


def check(world: World) -> None:
    """Whatever was pushed is in the figures, or in a batch that they have not seen; never in both."""
    assert isinstance(world, CountingWorld)
    kept, figures = world.counters.kept, _figures(world)
    for (day, _), pushes in kept.pushed.items():
        batches = [each[day] for each in (kept.live, kept.taken) if day in each]
        for counter, wanted in ((MUG, 2 * pushes), (TRAY, pushes), (FILLED, 1)):
            of = figures.get((day, counter.product_id), Traffic(id="none", period=""))
            unseen = (batch.counts.get(counter, 0) for batch in batches if batch.number > of.batch)
            assert getattr(of, counter.name) + sum(unseen) == wanted, (day, counter)


def check_all_is_there(world: CountingWorld) -> None:
    """Nothing waits any more, and the figures say what was pushed."""
    assert finish(world.counters.waiting()) == ()
    found = {place: (each.views, each.carts) for place, each in _figures(world).items()}
    wanted: dict[tuple[date, str], tuple[int, int]] = {}
    for (day, _), pushes in world.counters.kept.pushed.items():
        wanted |= {(day, "mug"): (2 * pushes, 0), (day, "tray"): (pushes, 0)}
        wanted[day, ""] = (3 * pushes, 1)
    assert found == wanted


def _figures(world: World) -> dict[tuple[date, str], Traffic]:
    found = [Traffic.of_document(each, "1") for each in world.documents(Traffic.kind)]
    return {(date.fromisoformat(each.period[4:]), each.product_id): each for each in found}


def _finally(world: World, ends: Outcomes) -> None:
    assert isinstance(world, CountingWorld)
    assert [end.error for end in ends.values()] == [None] * 3
    while finish(flushing(world.shop("next"))):
        pass
    check_all_is_there(world)
