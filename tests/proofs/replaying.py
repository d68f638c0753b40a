"""A parked event is published again while its consumer still cannot apply it, by two at once, beside a crash."""

from collections.abc import Sequence
from typing import Any

from domain.dead_letter import DeadLetter, letter_id
from domain.events import Event
from tests.adapters.embedded.fixtures import NOON, finish
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.hubs import MemoryHubs
from tests.proofs.steps import cut_off
from tests.proofs.world import CLERK, World, clockwork
from usecases.parking import Unapplied, park
from usecases.replaying import replay
from usecases.shop import Shop

HUB, GROUP = "user-events", "views"
EVENT = Event(
    event_id="e-1",
    event_type="UserUpdated",
    timestamp=NOON,
    subject="u-1",
    data={"user_id": "u-1", "role": "customer", "status": "active", "changed": []},
    correlation_id="c-1",
    causation_id="r-1",
)
LETTER_ID = letter_id(GROUP, EVENT.event_id)


class MarkingHubs(MemoryHubs):
    """Hubs that note with each event how often it had come back before it was published."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        """Append the events, ``sequence`` being how often the letter's event was tried."""
        tries = letter(self._world)["attempts"]
        await super().publish(
            hub, key, [one.model_copy(update={"sequence": tries}) for one in events]
        )


def letter(world: World) -> dict[str, Any]:
    """The one letter that there is."""
    (found,) = world.documents(DeadLetter.kind)
    return found


def failing(shop: Shop) -> Any:
    """A consumer that cannot apply the event."""
    unapplied = Unapplied(
        hub=HUB,
        group=GROUP,
        body=EVENT.model_dump_json().encode(),
        reason="failed",
        detail="KeyError('x')",
        attempts=1,
        event_id=EVENT.event_id,
        event_type=EVENT.event_type,
    )
    return park(shop, clockwork(GROUP), unapplied)


def replaying(shop: Shop) -> Any:
    """An administrator who publishes it again."""
    return replay(shop, CLERK, LETTER_ID)


def parked() -> World:
    """A shop with one parked event."""
    world = World()
    world.hubs = MarkingHubs(world)
    finish(failing(world.shop("consumer")))
    return world


def replayed_while_it_fails() -> Scenario:
    """Two administrators at once, and the event comes back once, at any moment."""
    clients: dict[str, Client] = {"first": replaying, "second": replaying, "views": failing}
    return Scenario("replayed while it fails", parked(), clients, lambda world: None, _finally)


def survived() -> int:
    """Cut replaying off after each of its port calls; how many crashes that were."""
    world = parked()
    begin, calls = world.moment(), 0
    while True:
        world.back_to(begin)
        is_whole = not cut_off(replaying(world.stepped("dying")), calls)
        check(world)
        finish(replaying(world.shop("next")))
        check(world)
        assert "replayed_at" in letter(world)
        if is_whole:
            return calls
        calls += 1


def check(world: World) -> None:
    """What says that it was published again was, after it had last come back: else it waits."""
    found = letter(world)
    if "replayed_at" in found:
        assert world.hubs.log.events[-1][2].sequence == found["attempts"]


def _finally(world: World, ends: Outcomes) -> None:
    assert [end.error for end in ends.values()] == [None] * 3
    assert len(world.hubs.log.events) == 2
    check(world)
