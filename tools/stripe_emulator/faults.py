"""Switches: what shall go wrong with the next requests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls the next ``times`` requests of the sort ``on``.

    Sorts are ``create``, ``confirm``, ``capture``, ``cancel``, ``refund``, ``attach``, ``detach``, ``retrieve``,
    ``list``, ``delete``; ``write`` stands for all that change something, ``any`` for all.
    ``delay_seconds`` pass first. Then the answer is ``status``, or none where it ``drops``; ``applied`` says
    whether what was asked is done all the same. A 500 is kept under the key, as Stripe keeps it; 429 and
    503 are not, since no endpoint was reached. With none of these the request is only slow.
    """

    on: str
    status: int = 0
    code: str = ""
    times: int = 1
    applied: bool = False
    drops: bool = False
    delay_seconds: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether the request does what it asks."""
        return self.applied or not (self.status or self.drops)

    @property
    def is_kept(self) -> bool:
        """Whether the key gives this fault again: https://docs.stripe.com/api/idempotent_requests"""
        return self.status == 500


class Faults:
    """The switches that are set, first set first used."""

    def __init__(self) -> None:
        self._left: list[tuple[Fault, int]] = []

    def set(self, *faults: Fault) -> None:
        """Let these befall the next requests that fit, after those set before."""
        self._left += [(fault, fault.times) for fault in faults]

    def set_json(self, faults: Iterable[Mapping[str, Any]]) -> None:
        """The same, as fields by name."""
        self.set(*(Fault(**fault) for fault in faults))

    @property
    def waiting(self) -> int:
        """How many switches have not struck yet."""
        return len(self._left)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._left.clear()

    def next(self, sort: str, *, is_write: bool) -> Fault | None:
        """The fault of this request, used up."""
        fitting = {sort, "any", "write"} if is_write else {sort, "any"}
        for at, (fault, times) in enumerate(self._left):
            if fault.on in fitting:
                self._left[at : at + 1] = [(fault, times - 1)] if times > 1 else []
                return fault
        return None
