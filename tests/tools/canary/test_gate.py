"""The canary gate: what it lets through, what it takes back, and that doubt never promotes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.canary.gate import Terms, Verdict, Window, judge

TERMS = Terms()
STABLE = Window(1000, 0, 200.0)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    requests = draw(st.integers(0, 5000))
    times = st.none() | st.floats(0, 60_000, allow_nan=False)
    return Window(requests, draw(st.integers(0, requests)), draw(times))


@pytest.mark.parametrize(
    ("canary", "stable", "verdict"),
    [
        (Window(200, 0, 200.0), STABLE, Verdict.PROMOTE),
        (Window(200, 2, 200.0), STABLE, Verdict.PROMOTE),
        (Window(200, 3, 200.0), STABLE, Verdict.RETREAT),
        (Window(200, 0, 300.0), STABLE, Verdict.PROMOTE),
        (Window(200, 0, 300.1), STABLE, Verdict.RETREAT),
        (Window(199, 0, 200.0), STABLE, Verdict.WAIT),
        (Window(200, 0, 200.0), Window(199, 0, 200.0), Verdict.WAIT),
        (Window(10, 3, 200.0), STABLE, Verdict.RETREAT),
        (Window(10, 2, 200.0), STABLE, Verdict.WAIT),
        (Window(200, 8, 200.0), Window(1000, 30, 200.0), Verdict.PROMOTE),
        (Window(200, 9, 200.0), Window(1000, 30, 200.0), Verdict.RETREAT),
        (Window(200, 0, None), STABLE, Verdict.WAIT),
        (Window(200, 0, 200.0), Window(1000, 0, None), Verdict.WAIT),
        (Window(0, 0, None), Window(0, 0, None), Verdict.WAIT),
        (None, STABLE, Verdict.WAIT),
        (STABLE, None, Verdict.WAIT),
        (None, None, Verdict.WAIT),
    ],
)
def test_the_gate_compares_errors_and_times(
    canary: Window | None, stable: Window | None, verdict: Verdict
) -> None:
    assert judge(canary, stable, TERMS).verdict is verdict


def test_the_reason_says_what_was_wrong() -> None:
    assert judge(Window(200, 30, 1.0), STABLE, TERMS).reason == "30 of 200 failed, 1.00 % may"


@given(windows(), windows())
def test_doubt_never_promotes(canary: Window, stable: Window) -> None:
    """Whatever is promoted was asked often enough, failed within bounds and was measured beside the stable app."""
    decision = judge(canary, stable, TERMS)

    if decision.verdict is Verdict.PROMOTE:
        assert min(canary.requests, stable.requests) >= TERMS.minimum_requests
        assert canary.p95_ms is not None
        assert stable.p95_ms is not None
        assert canary.p95_ms <= TERMS.slower_factor * stable.p95_ms
        bound = max(Fraction(1), Fraction(100 * stable.failed, stable.requests) + 1)
        assert Fraction(100 * canary.failed, canary.requests) <= bound


@given(windows(), windows(), st.integers(1, 100))
def test_more_failures_never_help(canary: Window, stable: Window, more: int) -> None:
    """A canary that is not promoted is not promoted for having failed more often."""
    worse = Window(canary.requests, min(canary.requests, canary.failed + more), canary.p95_ms)

    if judge(canary, stable, TERMS).verdict is not Verdict.PROMOTE:
        assert judge(worse, stable, TERMS).verdict is not Verdict.PROMOTE
