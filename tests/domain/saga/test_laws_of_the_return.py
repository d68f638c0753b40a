"""Laws of a return that hold after any signals whatever, in any order."""

from itertools import permutations
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.saga import Publish, Reject, Signal, timer
from domain.saga.return_facets import RefundOn, ReturnFacets, Verdict
from domain.saga.returns import Rules, decide

POLICIES: Final = (Rules(RefundOn.APPROVED), Rules(RefundOn.RECEIVED))
REQUESTED: Final = ReturnFacets()
RETURNED: Final = ReturnFacets(Verdict.APPROVED, received=True, restocked=True, refunded=True)

APPROVE: Final = Signal("ApproveReturn", "e")
REJECT: Final = Signal("RejectReturn", "e")
RECEIVE: Final = Signal("ReceiveGoods", "e")
RESTOCKED: Final = Signal("StockLevelChanged", "e", reason="return")
REFUNDED: Final = Signal("RefundProcessed", "e", reason="return")


def orders_of_arrival() -> set[tuple[Signal, ...]]:
    """Both answers twice, in every order with the two commands; goods come after the approval."""
    doubled = (RESTOCKED, REFUNDED) * 2
    return {
        order
        for order in permutations((*doubled, APPROVE, RECEIVE))
        if order.index(APPROVE) < order.index(RECEIVE)
    }


@pytest.mark.parametrize("rules", POLICIES, ids=lambda rules: rules.refund_on)
def test_every_order_of_arrival_ends_the_same(rules: Rules) -> None:
    orders = orders_of_arrival()

    assert len(orders) == 90
    for order in orders:
        facets: ReturnFacets | None = REQUESTED
        asked: list[str] = []
        for signal in order:
            decision = decide(facets, signal, rules)
            facets = decision.facets
            asked += [e.type for e in decision.effects if isinstance(e, Publish)]
        assert facets == RETURNED
        assert asked.count("ReturnApproved") == 1
        assert asked.count("ReturnReceived") == 1


SIGNALS: Final = st.sampled_from([APPROVE, REJECT, RECEIVE, RESTOCKED, REFUNDED]) | st.builds(
    timer,
    st.just("r"),
    st.sampled_from(["decision", "goods", "settlement"]),
    st.integers(0, 2),
)


@settings(deadline=None)
@given(st.lists(SIGNALS, max_size=12), SIGNALS, st.sampled_from(POLICIES))
def test_a_repeated_signal_changes_and_tells_nothing(
    history: list[Signal], signal: Signal, rules: Rules
) -> None:
    """Deciding twice is deciding once, and what is stored is what was decided."""
    facets: ReturnFacets | None = REQUESTED
    for earlier in history:
        facets = decide(facets, earlier, rules).facets

    first = decide(facets, signal, rules)
    again = decide(first.facets, signal, rules)

    assert again.facets == first.facets
    assert all(isinstance(effect, Reject) for effect in again.effects)
    assert first.facets is not None
    stored = TypeAdapter(ReturnFacets)
    assert stored.validate_json(stored.dump_json(first.facets)) == first.facets
