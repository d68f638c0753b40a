"""The exponent of growth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.bench.fit import exponent

SIZES = (1_000, 10_000, 100_000)


@given(st.floats(-2, 2), st.floats(0.01, 1_000))
def test_a_power_is_found_again_whatever_its_factor(k: float, factor: float) -> None:
    """The exponent of c·n^k is k."""
    assert exponent({size: factor * size**k for size in SIZES}) == pytest.approx(k, abs=1e-9)


def test_what_does_not_grow_has_exponent_nought() -> None:
    assert exponent(dict.fromkeys(SIZES, 5.0)) == 0


def test_a_bump_in_the_middle_bends_nothing() -> None:
    assert exponent({1_000: 5.0, 10_000: 7.0, 100_000: 5.0}) == pytest.approx(0)
