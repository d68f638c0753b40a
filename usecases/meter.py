"""How many store operations the present invocation has cost so far."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """Counts of one invocation."""

    operations: int = 0


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


def begin() -> Meter:
    """Start counting for the present invocation."""
    meter = Meter()
    _METER.set(meter)
    return meter


def count() -> None:
    """One store operation more, where an invocation is being counted."""
    meter = _METER.get()
    if meter is not None:
        meter.operations += 1
