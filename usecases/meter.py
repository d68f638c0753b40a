"""What the present invocation has cost so far: store operations and, in the cloud, request units."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """Counts of one invocation."""

    operations: int = 0
    request_units: float = 0.0


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


def begin() -> Meter:
    """Start counting for the present invocation."""
    meter = Meter()
    _METER.set(meter)
    return meter


@contextmanager
def part() -> Iterator[Meter]:
    """Count apart what happens inside, and add it to the invocation's count when it ends."""
    whole, inside = _METER.get(), Meter()
    before = _METER.set(inside)
    try:
        yield inside
    finally:
        _METER.reset(before)
        if whole is not None:
            whole.operations += inside.operations
            whole.request_units += inside.request_units


def count() -> None:
    """One store operation more, where an invocation is being counted."""
    meter = _METER.get()
    if meter is not None:
        meter.operations += 1


def charge(request_units: float) -> None:
    """What the store charged for an operation, where an invocation is being counted."""
    meter = _METER.get()
    if meter is not None:
        meter.request_units += request_units
