"""The checker is worth what it notices: it must pass the saga, and fail each wrong one."""

from typing import Final

import pytest

from tests.domain.saga.checker import (
    NO_FAULTS,
    ODD_CASES,
    ONE_LOST,
    ONE_REDELIVERY,
    Run,
    explore,
)
from tests.domain.saga.mutants import MUTANTS
from tests.domain.saga.scenario import Case, Faults, Functions
from tests.domain.saga.world import Broken


def run(case: Case, faults: Faults = NO_FAULTS, *, cancel: bool = False) -> Run:
    return Run("mutants", case, faults, cancel)


ALL_WELL: Final = Case("all well")
LOST: Final = Case("lost in transit", fate="lost")
TAKEN: Final = Case("taken unasked", scanned=True)

RUNS: Final = (
    run(ALL_WELL, cancel=True),
    run(Case("a hold is missing", inventory=False), cancel=True),
    run(Case("the capture fails", payment=False), cancel=True),
    run(Case("never authorised", network=""), cancel=True),
    run(LOST),
    run(ODD_CASES[-1]),
    run(Case("lost, then delivered", fate="found")),
    run(Case("authorised at the deadline", late=True)),
    run(Case("three declines, then authorised", network="DDDA")),
    run(ALL_WELL, ONE_REDELIVERY),
    run(ALL_WELL, ONE_LOST),
    run(Case("no label", logistics=False), ONE_LOST),
    run(Case("the capture fails, but was taken", payment=False, network="AS"), ONE_LOST),
    run(LOST, ONE_LOST),
    run(TAKEN, cancel=True),
    run(TAKEN, ONE_LOST),
    run(ALL_WELL, ONE_LOST, cancel=True),
)


def explore_all(functions: Functions) -> int:
    return sum(explore(each, functions).worlds for each in RUNS)


def test_the_saga_itself_passes() -> None:
    assert explore_all(Functions()) > 40_000


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_saga_is_noticed(name: str) -> None:
    functions = MUTANTS[name](Functions())

    with pytest.raises(Broken):
        explore_all(functions)
