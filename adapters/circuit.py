"""A circuit breaker, pure and driven by the clock: who fails too often is left alone for a while.

closed ── too many failures in a row ──▶ open ── rest is over ──▶ one probe ── succeeds ──▶ closed
                                           ▲                          └─────── fails ─────────┐
                                           └──────────────────────────────────────────────────┘
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from usecases.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient we are with one service: a call's time-out, failures in a row, and the rest after them."""

    timeout_seconds: float = 1.0
    failures_to_open: int = 5
    rest_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """One service's failures in a row, and until when it is left alone."""

    failures: int = 0
    closed_from: datetime | None = None

    def admits(self, now: datetime) -> bool:
        """Whether a call may be made now."""
        return self.closed_from is None or now >= self.closed_from

    def probing(self, now: datetime, limits: Limits) -> "Circuit":
        """The circuit while an admitted call is under way: a resting service gets one at a time."""
        if self.closed_from is None:
            return self
        return Circuit(self.failures, now + timedelta(seconds=limits.timeout_seconds))

    def failed(self, now: datetime, limits: Limits) -> "Circuit":
        """The circuit after a call without an answer."""
        failures = self.failures + 1
        if failures < limits.failures_to_open:
            return Circuit(failures, self.closed_from)
        return Circuit(failures, now + timedelta(seconds=limits.rest_seconds))


CLOSED = Circuit()


@dataclass(slots=True)
class Circuits:
    """The circuits of many services in this process; a restart closes them all, which is harmless."""

    clock: Clock
    limits: Mapping[str, Limits] = field(default_factory=dict)
    _circuits: dict[str, Circuit] = field(default_factory=dict)

    def limits_of(self, service: str) -> Limits:
        """The service's own limits, or the usual ones."""
        return self.limits.get(service, Limits())

    def admits(self, service: str) -> bool:
        """Whether to call the service now; every admitted call must be ``record``\\ ed."""
        now, circuit = self.clock.now(), self._circuits.get(service, CLOSED)
        if not circuit.admits(now):
            return False
        self._circuits[service] = circuit.probing(now, self.limits_of(service))
        return True

    def record(self, service: str, *, answered: bool) -> None:
        """Note whether the service answered, whatever it said."""
        circuit = self._circuits.get(service, CLOSED)
        after = CLOSED if answered else circuit.failed(self.clock.now(), self.limits_of(service))
        self._circuits[service] = after
