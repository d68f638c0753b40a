"""Whether a new release may take more of the traffic: a pure comparison of canary and stable app that fails closed."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Verdict(StrEnum):
    """What to do with the canary: give it more, look again, or take everything away."""

    PROMOTE = "promote"
    WAIT = "wait"
    RETREAT = "retreat"


@dataclass(frozen=True)
class Window:
    """What one app answered in the minutes that are compared.

    `requests` and `failed` (5xx) are counts that sampling has been weighed into; `p95_ms` is the 95th percentile of the
    times of the other answers in milliseconds, None where there was none.
    """

    requests: int
    failed: int
    p95_ms: float | None


@dataclass(frozen=True)
class Terms:
    """When a canary is good enough.

    Shares are in hundredths of the requests: a canary may fail in `error_floor_percent` of its answers or in
    `error_margin_points` more than the stable app, whichever allows more, and be `slower_factor` times as slow.
    """

    minimum_requests: int = 200
    error_floor_percent: Fraction = Fraction(1)
    error_margin_points: Fraction = Fraction(1)
    slower_factor: float = 1.5


@dataclass(frozen=True)
class Decision:
    """A verdict and, for the people who read the log, its reason."""

    verdict: Verdict
    reason: str


def judge(canary: Window | None, stable: Window | None, terms: Terms) -> Decision:
    """Compare the two apps; None means that an app has answered nothing.

    Only a canary that was asked often enough, beside a stable app that was too, is ever promoted.
    """
    if canary is None or stable is None:
        return Decision(Verdict.WAIT, "one of the apps has answered nothing yet")
    limit = _allowed_percent(stable, terms)
    if canary.failed * 100 > limit * max(canary.requests, terms.minimum_requests):
        return Decision(
            Verdict.RETREAT,
            f"{canary.failed} of {canary.requests} failed, {float(limit):.2f} % may",
        )
    if min(canary.requests, stable.requests) < terms.minimum_requests:
        return Decision(
            Verdict.WAIT, f"{canary.requests} and {stable.requests} requests are too few to compare"
        )
    return _judge_times(canary.p95_ms, stable.p95_ms, terms)


def _allowed_percent(stable: Window, terms: Terms) -> Fraction:
    if not stable.requests:
        return terms.error_floor_percent
    return max(
        terms.error_floor_percent,
        Fraction(100 * stable.failed, stable.requests) + terms.error_margin_points,
    )


def _judge_times(canary_ms: float | None, stable_ms: float | None, terms: Terms) -> Decision:
    if canary_ms is None or stable_ms is None:
        return Decision(Verdict.WAIT, "there are no times to compare")
    if canary_ms > terms.slower_factor * stable_ms:
        return Decision(Verdict.RETREAT, f"p95 is {canary_ms:.0f} ms beside {stable_ms:.0f} ms")
    return Decision(
        Verdict.PROMOTE, f"errors within bounds, p95 {canary_ms:.0f} ms beside {stable_ms:.0f} ms"
    )
