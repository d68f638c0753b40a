"""No interleaving and no fault changes how a return ends."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pytest

from domain.saga import Answer, Publish, Signal, Word, returns
from domain.saga.return_facets import RefundOn, ReturnFacets
from tests.domain.saga.return_worlds import (
    ReturnCase,
    ReturnEnd,
    ReturnFunctions,
    explore_return,
)
from tests.domain.saga.scenario import Faults
from tests.domain.saga.world import Broken

FAULTS: Final = (
    Faults(),
    Faults(redeliveries=1),
    Faults(redeliveries=2),
    Faults(losses=1),
    Faults(losses=1, replayed=True),
    Faults(redeliveries=1, losses=1),
)
GOODS: Final = ("prompt", "late", "never")
RETURNED: Final = ReturnEnd("returned", "", (1, 1))

CASES: Final = [
    ReturnCase(refund_on, goods, faults)
    for refund_on in RefundOn
    for goods in GOODS
    for faults in FAULTS
]
REJECTED: Final = [
    ReturnCase(refund_on, "never", Faults(redeliveries=1, losses=1), "RejectReturn")
    for refund_on in RefundOn
]


def expected_ends(case: ReturnCase) -> set[ReturnEnd]:
    if case.verdict == "RejectReturn":
        return {ReturnEnd("rejected", "", (0, 0))}
    refunded_early = case.refund_on == RefundOn.APPROVED
    if case.goods == "never" and refunded_early:
        return {ReturnEnd("approved", "goods_missing", (0, 1))}
    if case.goods == "never":
        return {ReturnEnd("expired", "", (0, 0))}
    if case.goods == "late" and refunded_early:
        return {RETURNED, RETURNED._replace(ticket="goods_missing")}
    return {RETURNED}


def explore_all(functions: ReturnFunctions) -> int:
    """The number of worlds of all cases; ``Broken`` where one ends otherwise."""
    worlds = 0
    for case in (*CASES, *REJECTED):
        size, ends = explore_return(case, functions)
        if ends != expected_ends(case):
            raise Broken(f"{case} ended as {ends}")
        worlds += size
    return worlds


def test_no_interleaving_changes_how_a_return_ends() -> None:
    assert explore_all(ReturnFunctions()) == 4228


def restocked_on_approval(word: Word, signal: Signal) -> Answer:
    approved = signal.type == "ReturnApproved"
    return returns.restock(word, Signal("ReturnReceived", "") if approved else signal)


def restocked_every_time(_word: Word, signal: Signal) -> Answer:
    return returns.restock(Word(""), signal)


def refunded_every_time(_word: Word, signal: Signal) -> Answer:
    return returns.refund(Word(""), signal)


def nudged_for_the_refund_only(
    facets: ReturnFacets | None, signal: Signal, rules: returns.Rules
) -> returns.ReturnDecision:
    decision = returns.decide(facets, signal, rules)
    if signal.type != "Timer":
        return decision
    kept = [
        effect
        for effect in decision.effects
        if not (isinstance(effect, Publish) and effect.type == "ReturnReceived")
    ]
    return replace(decision, effects=tuple(kept))


def no_ticket_for_missing_goods(
    facets: ReturnFacets | None, signal: Signal, rules: returns.Rules
) -> returns.ReturnDecision:
    if signal.stage == "goods" and rules.refund_on == RefundOn.APPROVED:
        return returns.ReturnDecision(facets)
    return returns.decide(facets, signal, rules)


MUTANTS: Final[Mapping[str, Callable[[], ReturnFunctions]]] = {
    "restocked on approval": lambda: ReturnFunctions(restock=restocked_on_approval),
    "restocked on every ReturnReceived": lambda: ReturnFunctions(restock=restocked_every_time),
    "refunded on every ReturnApproved": lambda: ReturnFunctions(refund=refunded_every_time),
    "nudged for the refund only": lambda: ReturnFunctions(decide=nudged_for_the_refund_only),
    "no ticket for missing goods": lambda: ReturnFunctions(decide=no_ticket_for_missing_goods),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_return_saga_is_noticed(name: str) -> None:
    with pytest.raises(Broken):
        explore_all(MUTANTS[name]())
