"""Counts of what happens without an event: gathered by the day, and handed over in numbered batches.

A count may be lost, never doubled. What is counted of a day lies in a batch, which has its number from its first
count on. Taking the batch closes it; while it is not settled it is given again, the same to everybody, and what
comes meanwhile goes into the next. Numbers only grow, so whoever remembers the last one adds each batch once.
Only members may count a second time, on a day on which an end was lost that knew them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, Protocol, Self

from usecases.ports.faults import PortFault

KEPT_DAYS: Final = 14
"""So long counts wait for a timer that is away."""

KNOWN_DAYS: Final = 2
"""So long after a day's last count it is known who was counted on it, and what each process has pushed."""


class CountersAway(PortFault):
    """The counters do not answer; what was asked may have happened. Ask again for the same."""


class Counter(NamedTuple):
    """What is counted: ``name`` is a field of ``domain.traffic.Traffic``, ``product_id`` empty for the shop itself."""

    name: str
    product_id: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.product_id}"

    @classmethod
    def of(cls, text: str) -> Self:
        """The counter that reads so."""
        name, _, product_id = text.partition(":")
        return cls(name, product_id)


@dataclass(frozen=True, slots=True)
class Push:
    """What a process has counted of one day since its last push: how often, by counter and member.

    A member counts for one, once a day; an empty one is nobody. ``source`` is the process and ``number`` grows
    with each of its pushes, so that one that is repeated, since its answer was lost, is counted once.
    """

    source: str
    number: int
    day: date
    counts: Mapping[tuple[Counter, str], int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Counts of one day that are to be added once to what is known of it."""

    number: int
    counts: Mapping[Counter, int]


class Batches(Protocol):
    """What was counted by all processes. Every method raises ``CountersAway``."""

    async def waiting(self) -> tuple[date, ...]:
        """The days that may have something to take, oldest first."""

    async def take(self, day: date) -> Batch | None:
        """The day's batch that is not settled, else what was counted of it since; ``None`` for nothing.

        Safe to repeat, also by several at once: all are given the same one until it is settled.
        """

    async def settle(self, day: date, number: int) -> None:
        """Forget the day's batch of that number; harmless when it is forgotten, or a later one is taken."""


class SharedCounters(Batches, Protocol):
    """An end that all processes of a shop share."""

    async def push(self, push: Push) -> None:
        """Add these counts, once however often they are pushed."""


class Counters(Batches, Protocol):
    """Counters as the use cases see them: counting takes no time and never fails."""

    def add(self, day: date, counter: Counter, member: str = "") -> None:
        """One more; where a member is named, unless it was counted here on that day."""


class Uncounted:
    """Nobody counts."""

    def add(self, day: date, counter: Counter, member: str = "") -> None:
        """Nothing."""

    async def waiting(self) -> tuple[date, ...]:
        """None."""
        return ()

    async def take(self, day: date) -> Batch | None:
        """Nothing."""
        return None

    async def settle(self, day: date, number: int) -> None:
        """Nothing."""


UNCOUNTED: Final = Uncounted()
"""The counters of a shop in which nobody counts."""
