"""Crashes: an order's whole life, cut off after every single port call, and what must come of it.

A life is a row of acts: what people do, and between that whatever is due (events to hear, webhooks, the
sweep of the outbox, the watchdog). Each act is driven by hand and, from the state before it, cut off
after each of its port calls: a process that dies before a call leaves what the call before it left.
Then the life goes on: who was cut off tries again, or never comes back. A life that reaches a state
from which the end was proven already need not be lived on.
"""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from adapters import webhook_signature
from adapters.embedded.webhooks import PENDING
from domain.errors import Refusal
from tests.proofs.hubs import Delivery
from tests.proofs.steps import Driven, Outcome
from tests.proofs.world import World, clockwork
from usecases import commanding, relaying, webhooks
from usecases.listening import listen
from usecases.shop import Shop

MOST_ACTS: Final = 500

type Does = Callable[[World, Shop], Coroutine[Any, Any, Any]]


@dataclass(frozen=True)
class Act:
    """Something that somebody does; ``settled`` notes that it came to its end."""

    name: str
    does: Does
    settled: Callable[[World], None] = lambda world: None


@dataclass(frozen=True)
class Life:
    """An order's life: the world before it, what people do in it, and the end that is right.

    ``after_crash`` is what people do from the crash on, instead of trying again what was cut off;
    ``newest_first`` lets the newest event overtake the others.
    """

    name: str
    world: World
    script: tuple[Act, ...]
    always: Callable[[World], None]
    finally_: Callable[[World], None]
    after_crash: tuple[Act, ...] | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """How far a life is: the acts of people that are still to come, and whether there was a crash."""

    script: tuple[Act, ...]
    crashed: bool = False


@dataclass(slots=True)
class Survived:
    """How many crashes a life survived, and how many of them left a state of their own."""

    name: str
    acts: int = 0
    crashes: int = 0
    states: int = 0

    def __str__(self) -> str:
        return f"{self.name}: {self.crashes:,} crashes in {self.acts} acts, {self.states:,} states"


@dataclass
class _Lives:
    life: Life
    proven: set[tuple[object, ...]] = field(default_factory=set)

    def run(self) -> Survived:
        """Live the life once whole, and once more from each crash."""
        world, begin = self.life.world, self.life.world.moment()
        survived = Survived(self.life.name)
        place = Place(self.life.script)
        while (act := self._next(place)) is not None:
            before = world.moment()
            calls = _whole(world, act, place)
            after, then = world.moment(), self._after(place, act)
            for count in range(1, calls + 1):
                world.back_to(before)
                self._crash(place, act, count, survived)
            world.back_to(after)
            place, survived.acts = then, survived.acts + 1
            assert survived.acts < MOST_ACTS, "this life has no end"
        if self.life.after_crash is None:
            self._check_end("without a crash")
        world.back_to(begin)
        return survived

    def _crash(self, place: Place, act: Act, count: int, survived: Survived) -> None:
        """Cut the act off after that many calls, then live on to the end."""
        _cut_off(self.life.world, act, place, count)
        survived.crashes += 1
        script = place.script if self.life.after_crash is None else self.life.after_crash
        crashed = Place(script, crashed=True)
        survived.states += self._key(crashed) not in self.proven
        self._live_on(crashed, f"{act.name} cut off after call {count}")

    def _live_on(self, place: Place, told: str) -> None:
        passed = []
        while (key := self._key(place)) not in self.proven:
            passed.append(key)
            act = self._next(place)
            if act is None:
                self._check_end(told)
                break
            _whole(self.life.world, act, place)
            self._check(told)
            place = self._after(place, act)
            assert len(passed) < MOST_ACTS, f"{told}: this life has no end"
        self.proven.update(passed)

    def _next(self, place: Place) -> Act | None:
        due = self._due()
        if place.crashed and self.life.after_crash is not None and place.script:
            return place.script[0]
        if due is not None:
            return due
        return place.script[0] if place.script else _overdue(self.life.world)

    def _due(self) -> Act | None:
        waiting = list(due_acts(self.life.world))
        if not waiting:
            return None
        return waiting[-1 if self.life.newest_first else 0]

    def _after(self, place: Place, act: Act) -> Place:
        is_first = bool(place.script) and act is place.script[0]
        return Place(place.script[1:], place.crashed) if is_first else place

    def _key(self, place: Place) -> tuple[object, ...]:
        return (len(place.script), *self.life.world.digest())

    def _check(self, told: str) -> None:
        try:
            self.life.always(self.life.world)
        except AssertionError as broken:
            raise AssertionError(f"{self.life.name}, {told}: {broken}") from broken

    def _check_end(self, told: str) -> None:
        self._check(told)
        try:
            self.life.finally_(self.life.world)
        except AssertionError as broken:
            raise AssertionError(f"{self.life.name}, {told}, at the end: {broken}") from broken


def run_on(world: World) -> None:
    """Let the machines do all that is due now."""
    place = Place(())
    while (act := next(due_acts(world), None)) is not None:
        _whole(world, act, place)


def survive(life: Life) -> Survived:
    """Prove the life's laws and its end, whatever call of it is the last before a crash."""
    return _Lives(life).run()


def _driven(world: World, act: Act, place: Place) -> Driven:
    name = f"{act.name}{' again' if place.crashed else ''}"
    return Driven(act.does(world, world.stepped(name)))


def _whole(world: World, act: Act, place: Place) -> int:
    """Let the act come to its end; how many port calls it made."""
    driven = _driven(world, act, place)
    calls = 0
    while driven.step is not None:
        driven.go_on(driven.step.happen())
        calls += 1
    outcome = driven.outcome or Outcome()
    assert outcome.error is None or isinstance(outcome.error, Refusal), (
        f"{act.name} failed: {outcome.error!r}"
    )
    act.settled(world)
    return calls


def _cut_off(world: World, act: Act, place: Place, count: int) -> None:
    driven = _driven(world, act, place)
    for number in range(1, count + 1):
        assert driven.step is not None
        outcome = driven.step.happen()
        if number < count:
            driven.go_on(outcome)
    driven.drop()


def due_acts(world: World) -> Iterator[Act]:
    """What the machines have to do now."""
    for delivery in world.hubs.waiting():
        is_lost = (delivery.group, delivery.event.event_type) in world.deaf
        yield _lost(hearing_act(delivery)) if is_lost else hearing_act(delivery)
    for key, row in world.rows(PENDING):
        brought = webhook_act(key, row["body"].encode())
        yield _lost(brought) if world.is_untold else brought
    if any("sent_at" not in out for out in world.documents("outbox")):
        yield Act("the sweep", _sweep)
    if any(event["state"] == "received" for event in world.documents("payment-event")):
        yield Act("the drain", lambda _, shop: webhooks.drain(shop, clockwork("drain")))


def _overdue(world: World) -> Act | None:
    """The watchdog at the next deadline; ``None`` when no order waits for anything."""
    due = [order["due"] for order in world.documents("order") if "due" in order]
    if not due:
        return None
    first = datetime.fromisoformat(min(due))

    async def watch(world: World, shop: Shop) -> None:
        await world.pass_time(max(0.0, (first - world.clock.time).total_seconds()))
        await commanding.look_again(shop, clockwork("watchdog"))

    return Act("the watchdog", watch)


def hearing_act(delivery: Delivery) -> Act:
    """A group hears an event."""
    name = f"{delivery.group} hears {delivery.event.event_type}"

    def does(_: World, shop: Shop) -> Coroutine[Any, Any, None]:
        return listen(shop, clockwork(delivery.group), delivery.group, delivery.event)

    return Act(name, does, lambda world: world.hubs.settle(delivery))


def webhook_act(key: str, payload: bytes) -> Act:
    """The card network brings a webhook."""

    def does(world: World, shop: Shop) -> Coroutine[Any, Any, Any]:
        signature = webhook_signature.sign(payload, "whsec", world.clock.time)
        return webhooks.receive(shop, clockwork("webhook"), payload, signature)

    return Act("a webhook", does, lambda world: world.forget(PENDING, key))


def _lost(act: Act) -> Act:
    """The same, as the sender believes it to have happened."""

    async def nothing(world: World, shop: Shop) -> None:
        return None

    return Act(f"{act.name}, lost", nothing, act.settled)


async def _sweep(world: World, shop: Shop) -> None:
    await world.pass_time(6)
    await relaying.sweep(shop, clockwork("sweep"))
