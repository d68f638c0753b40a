"""The seven hubs in memory: what was published, in order for each key, and how far each group has read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.events import GROUPS_BY_HUB, Event
from tools.contracts.check import faults as broken_promises


@dataclass(frozen=True, slots=True)
class Log:
    """All hubs at one moment; ``read`` counts by hub, key and group what was read."""

    events: tuple[tuple[str, str, Event], ...] = ()
    read: frozenset[tuple[str, str, str, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Delivery:
    """The next event of a key for a group that reads its hub."""

    hub: str
    key: str
    group: str
    place: int
    event: Event


class MemoryHubs:
    """Events are appended by hub and key; a group reads each key in order, at least once.

    Each event says what its type promises; one of whom that is known is not looked at again.
    """

    def __init__(self) -> None:
        self.log = Log()
        self._kept_promises: set[str] = set()

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        """Append the events."""
        for event in events:
            if event.event_id not in self._kept_promises:
                assert list(broken_promises(event)) == []
                self._kept_promises.add(event.event_id)
        added = tuple((hub, key, event) for event in events)
        self.log = replace(self.log, events=self.log.events + added)

    async def check(self) -> None:
        """The hubs can always be reached."""

    def unread(self, hub: str, group: str) -> list[Delivery]:
        """Every event of a hub that the group has not read."""
        return [each for each in self._deliveries() if (each.hub, each.group) == (hub, group)]

    def waiting(self) -> Iterator[Delivery]:
        """The next event of each key for each of the groups that work on orders."""
        seen: set[tuple[str, str, str]] = set()
        for each in self._deliveries():
            if (each.hub, each.key, each.group) not in seen:
                seen.add((each.hub, each.key, each.group))
                yield each

    def settle(self, delivery: Delivery) -> None:
        """Move the group's checkpoint past the event."""
        mark = (delivery.hub, delivery.key, delivery.group, delivery.place)
        self.log = replace(self.log, read=self.log.read | {mark})

    def _deliveries(self) -> Iterator[Delivery]:
        places: dict[tuple[str, str], int] = {}
        for hub, key, event in self.log.events:
            place = places.get((hub, key), 0)
            places[hub, key] = place + 1
            for group in _groups(hub):
                if (hub, key, group, place) not in self.log.read:
                    yield Delivery(hub, key, group, place, event)

    def published(self) -> set[str]:
        """The ids of all events that were ever published."""
        return {event.event_id for _, _, event in self.log.events}


def _groups(hub: str) -> tuple[str, ...]:
    return tuple(group for group in GROUPS_BY_HUB[hub] if group != "views")
