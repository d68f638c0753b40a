"""Counters in memory, under the contract of the real ends: they never suspend, and can be put back."""

from collections import Counter as Sums
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from usecases.ports.counters import Batch, Counter, Push


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that the counters know; a change replaces it."""

    live: Mapping[date, Batch] = field(default_factory=dict)
    taken: Mapping[date, Batch] = field(default_factory=dict)
    pushed: Mapping[tuple[date, str], int] = field(default_factory=dict)
    members: frozenset[tuple[date, Counter, str]] = frozenset()
    last: int = 0


class MemoryCounters:
    """Both faces of the counters: what is added is there at once."""

    def __init__(self) -> None:
        self.kept = Kept()

    def add(self, day: date, counter: Counter, member: str = "") -> None:
        number = self.kept.pushed.get((day, "here"), 0) + 1
        self._push(Push("here", number, day, {(counter, member): 1}))

    async def push(self, push: Push) -> None:
        self._push(push)

    async def waiting(self) -> tuple[date, ...]:
        return tuple(sorted({*self.kept.live, *self.kept.taken}))

    async def take(self, day: date) -> Batch | None:
        kept = self.kept
        if day not in kept.taken and day in kept.live:
            taken = {**kept.taken, day: kept.live[day]}
            self.kept = replace(kept, live=_without(kept.live, day), taken=taken)
        return self.kept.taken.get(day)

    async def settle(self, day: date, number: int) -> None:
        batch = self.kept.taken.get(day)
        if batch is not None and batch.number == number:
            self.kept = replace(self.kept, taken=_without(self.kept.taken, day))

    def _push(self, push: Push) -> None:
        kept, place = self.kept, (push.day, push.source)
        if kept.pushed.get(place, 0) >= push.number:
            return
        new = {
            (push.day, counter, member)
            for counter, member in push.counts
            if member and (push.day, counter, member) not in kept.members
        }
        batch = kept.live.get(push.day, Batch(kept.last + 1, {}))
        counts = Sums(batch.counts)
        for (counter, member), count in push.counts.items():
            if not member or (push.day, counter, member) in new:
                counts[counter] += count
        self.kept = Kept(
            live={**kept.live, push.day: Batch(batch.number, dict(counts))},
            taken=kept.taken,
            pushed={**kept.pushed, place: push.number},
            members=kept.members | new,
            last=max(kept.last, batch.number),
        )


def _without(batches: Mapping[date, Batch], day: date) -> dict[date, Batch]:
    return {each: batch for each, batch in batches.items() if each != day}
