"""How often somebody may try: a bucket that refills at a steady pace, kept as one number.

The number is the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371, annex A): a
bucket of ``burst`` tokens that gains one each ``every_seconds`` is empty when that time lies a whole burst
ahead. One number makes one atomic step at every end of the port.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` at once, then one each ``every_seconds``."""

    burst: int
    every_seconds: float

    def scaled(self, by: float) -> "Limit":
        """The limit, ``by`` times as generous."""
        return Limit(max(1, round(self.burst * by)), self.every_seconds / by)

    @property
    def lasts_seconds(self) -> float:
        """How long an empty bucket takes to fill; older numbers may be forgotten."""
        return self.burst * self.every_seconds


def taken(limit: Limit, arrival: float, now: float) -> tuple[float, float]:
    """The number after a token was taken, and 0; or the number as it was, and the seconds to wait."""
    next_arrival = max(arrival, now) + limit.every_seconds
    wait = next_arrival - limit.lasts_seconds - now
    return (arrival, wait) if wait > 0 else (next_arrival, 0.0)


LIMITS: Final = {
    "sign-in": Limit(20, 3),
    "order-look-up": Limit(10, 6),
    "promo": Limit(10, 6),
    "ticket": Limit(5, 60),
    "card": Limit(10, 60),
}
"""What is limited, each caller for itself."""
