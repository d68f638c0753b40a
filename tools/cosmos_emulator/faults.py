"""Switches: what shall go wrong with the next requests."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls the next ``times`` requests of the sort ``on`` (batch, query, write, read).

    ``delay_seconds`` pass first. Then the request is answered with ``status``, or where ``drops`` the
    connection is closed without an answer; ``applied`` says whether what it asked was done all the same.
    ``within`` gives the status to the first operation of a batch instead of the whole. With none of these
    the request is only slow.
    """

    on: str
    status: int = 0
    times: int = 1
    applied: bool = False
    drops: bool = False
    within: bool = False
    substatus: int = 0
    retry_after_ms: int = 0
    delay_seconds: float = 0.0


class Faults:
    """The switches that are set, first set first used; ``struck`` counts what each has done."""

    def __init__(self) -> None:
        self.struck: Counter[Fault] = Counter()
        self._left: list[tuple[Fault, int]] = []

    def set(self, *faults: Fault) -> None:
        """Let these befall the next requests that fit, after those set before."""
        self._left += [(fault, fault.times) for fault in faults]

    def set_json(self, faults: Iterable[Mapping[str, Any]]) -> None:
        """The same, as fields by name."""
        self.set(*(Fault(**fault) for fault in faults))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._left.clear()

    def next(self, sort: str) -> Fault | None:
        """The fault of this request, used up."""
        for at, (fault, times) in enumerate(self._left):
            if fault.on == sort:
                self.struck[fault] += 1
                self._left[at : at + 1] = [(fault, times - 1)] if times > 1 else []
                return fault
        return None
