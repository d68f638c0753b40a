"""The return saga, row by row of the specification, and its laws."""

from dataclasses import replace
from typing import Final

import pytest

from domain.events import event_id
from domain.saga import (
    Answer,
    Arm,
    Disarm,
    Do,
    Limits,
    Publish,
    Reject,
    Signal,
    Word,
    returns,
    timer,
)
from domain.saga.return_facets import RefundOn, ReturnFacets, Verdict, stage, status
from domain.saga.returns import ReturnDecision, Rules

EARLY: Final = Rules(RefundOn.APPROVED)
LATE: Final = Rules(RefundOn.RECEIVED)

REQUESTED: Final = ReturnFacets()
APPROVED: Final = ReturnFacets(Verdict.APPROVED)
REJECTED: Final = ReturnFacets(Verdict.REJECTED)
EXPIRED: Final = ReturnFacets(Verdict.EXPIRED)
RECEIVED: Final = replace(APPROVED, received=True)
RETURNED: Final = replace(RECEIVED, restocked=True, refunded=True)

APPROVE: Final = Signal("ApproveReturn", "e")
REJECT: Final = Signal("RejectReturn", "e")
RECEIVE: Final = Signal("ReceiveGoods", "e")
RESTOCKED: Final = Signal("StockLevelChanged", "e", reason="return")
REFUNDED: Final = Signal("RefundProcessed", "e", reason="return")


def said(event_type: str, cause: str = "e") -> Publish:
    return Publish("support-events", event_type, event_id("returns", cause, event_type))


def updated(name: str) -> Publish:
    event = Publish("order-events", "OrderUpdated", event_id("returns", "e", "OrderUpdated"))
    return replace(event, status=f"return_{name}")


def ticket(reason: str, cause: str) -> Publish:
    return replace(said("TicketCreated", cause), ticket=reason)


def hear(facets: ReturnFacets | None, signal: Signal, rules: Rules = EARLY) -> ReturnDecision:
    return returns.decide(facets, signal, rules)


def test_a_request_asks_for_a_decision() -> None:
    decision = hear(None, Signal("RequestReturn", "q"))

    assert decision == ReturnDecision(REQUESTED, (said("ReturnRequested", "q"), Arm("decision", 0)))
    assert hear(REQUESTED, Signal("RequestReturn", "q")) == ReturnDecision(REQUESTED)


def test_without_a_return_a_signal_is_told_so() -> None:
    assert hear(None, APPROVE) == ReturnDecision(None, (Reject("unknown_return"),))


def test_an_approval_starts_the_refund_where_the_policy_says_so() -> None:
    waiting = (Arm("goods", 0), updated("approved"))

    assert hear(REQUESTED, APPROVE, EARLY) == ReturnDecision(
        APPROVED, (said("ReturnApproved"), *waiting)
    )
    assert hear(REQUESTED, APPROVE, LATE) == ReturnDecision(APPROVED, waiting)


def test_a_rejection_ends_the_return() -> None:
    effects = (said("ReturnRejected"), Disarm(), updated("rejected"))

    assert hear(REQUESTED, REJECT) == ReturnDecision(REJECTED, effects)


@pytest.mark.parametrize(
    ("facets", "same", "other"), [(APPROVED, APPROVE, REJECT), (REJECTED, REJECT, APPROVE)]
)
def test_of_two_decisions_the_first_stands(
    facets: ReturnFacets, same: Signal, other: Signal
) -> None:
    assert hear(facets, same) == ReturnDecision(facets)
    assert hear(facets, other) == ReturnDecision(facets, (Reject("already_decided"),))


@pytest.mark.parametrize("signal", [APPROVE, REJECT])
def test_an_expired_return_is_not_decided_again(signal: Signal) -> None:
    assert hear(EXPIRED, signal) == ReturnDecision(EXPIRED, (Reject("already_decided"),))


@pytest.mark.parametrize("facets", [REQUESTED, REJECTED])
def test_goods_are_received_only_after_an_approval(facets: ReturnFacets) -> None:
    assert hear(facets, RECEIVE) == ReturnDecision(facets, (Reject("not_approved"),))


def test_goods_that_come_raise_the_stock_and_start_a_late_refund() -> None:
    waiting = (Arm("settlement", 0), updated("received"))
    received = said("ReturnReceived")

    assert hear(APPROVED, RECEIVE, EARLY) == ReturnDecision(RECEIVED, (received, *waiting))
    late = (received, said("ReturnApproved"), *waiting)
    assert hear(APPROVED, RECEIVE, LATE) == ReturnDecision(RECEIVED, late)
    assert hear(RECEIVED, RECEIVE, LATE) == ReturnDecision(RECEIVED)


def test_goods_that_do_not_come_expire_an_unpaid_return_and_revive_it_later() -> None:
    expired = hear(APPROVED, replace(timer("r", "goods", 0), id="e"), LATE)
    revived = hear(expired.facets, RECEIVE, LATE)

    assert expired == ReturnDecision(EXPIRED, (Disarm(), updated("expired")))
    assert revived.facets == RECEIVED
    assert revived.effects[:2] == (said("ReturnReceived"), said("ReturnApproved"))


@pytest.mark.parametrize("refunded", [True, False])
def test_goods_that_do_not_come_after_an_early_refund_are_a_persons_case(refunded: bool) -> None:
    waiting = replace(APPROVED, refunded=refunded)
    deadline = timer("r", "goods", 0)

    decision = hear(waiting, deadline, EARLY)

    missing = replace(waiting, ticket="goods_missing")
    asked_again = () if refunded else (said("ReturnApproved", deadline.id),)
    assert decision == ReturnDecision(missing, (*asked_again, ticket("goods_missing", deadline.id)))
    assert hear(missing, deadline, EARLY) == ReturnDecision(missing)


def test_a_decision_that_is_owed_is_waited_for_and_then_a_persons_case() -> None:
    last = replace(REQUESTED, attempt=2)
    deadline = timer("r", "decision", 2)

    asked = hear(REQUESTED, timer("r", "decision", 0))

    assert asked == ReturnDecision(replace(REQUESTED, attempt=1), (Arm("decision", 1),))
    assert hear(last, deadline) == ReturnDecision(
        replace(last, ticket="return_stuck_decision"),
        (ticket("return_stuck_decision", deadline.id),),
    )


@pytest.mark.parametrize(
    ("restocked", "refunded", "asked"),
    [
        (False, False, ("ReturnReceived", "ReturnApproved")),
        (True, False, ("ReturnApproved",)),
        (False, True, ("ReturnReceived",)),
    ],
)
def test_whoever_has_not_answered_is_asked_again(
    restocked: bool, refunded: bool, asked: tuple[str, ...]
) -> None:
    waiting = replace(RECEIVED, restocked=restocked, refunded=refunded)
    deadline = timer("r", "settlement", 0)

    decision = hear(waiting, deadline)

    again = tuple(said(event_type, deadline.id) for event_type in asked)
    assert decision.effects == (*again, Arm("settlement", 1))


def test_a_settlement_that_does_not_come_is_a_persons_case() -> None:
    rules = Rules(limits=Limits(max_nudges=0))

    decision = hear(RECEIVED, timer("r", "settlement", 0), rules)

    assert decision.facets == replace(RECEIVED, ticket="return_stuck_settlement")


@pytest.mark.parametrize(("first", "second"), [(RESTOCKED, REFUNDED), (REFUNDED, RESTOCKED)])
def test_both_answers_settle_a_return_in_either_order(first: Signal, second: Signal) -> None:
    halfway = hear(RECEIVED, first)

    assert halfway.effects == ()
    assert hear(halfway.facets, first) == halfway
    settled = ReturnDecision(RETURNED, (Disarm(), updated("returned")))
    assert hear(halfway.facets, second) == settled


@pytest.mark.parametrize("facets", [REJECTED, RETURNED])
@pytest.mark.parametrize(
    "signal", [RESTOCKED, REFUNDED, timer("r", "goods", 0), timer("r", "", 0), Signal("New", "e")]
)
def test_what_has_ended_hears_nothing_new(facets: ReturnFacets, signal: Signal) -> None:
    assert hear(facets, signal) == ReturnDecision(facets)


def test_the_first_request_of_each_kind_is_carried_out_and_each_is_answered() -> None:
    restock, refund = (
        Do("restock", "{order}:restock:{return}"),
        Do("refund", "{order}:refund:{return}"),
    )
    received, approved = Signal("ReturnReceived", "e"), Signal("ReturnApproved", "e")
    stock = Publish(
        "inventory-events",
        "StockLevelChanged",
        event_id("inventory", "e", "StockLevelChanged"),
        "return",
    )
    money = Publish(
        "payment-events", "RefundProcessed", event_id("payment", "e", "RefundProcessed"), "return"
    )

    restocked = returns.restock(returns.START, received)
    refunded = returns.refund(returns.START, approved)

    assert restocked == Answer(Word("restocked"), (restock, stock))
    assert refunded == Answer(Word("refunded"), (refund, money))
    assert returns.restock(restocked.word, received) == Answer(restocked.word, (stock,))
    assert returns.refund(refunded.word, approved) == Answer(refunded.word, (money,))
    assert returns.restock(returns.START, approved) == Answer(returns.START)
    assert returns.refund(returns.START, received) == Answer(returns.START)


def test_a_return_shows_what_it_waits_for() -> None:
    shown = [(status(f), stage(f)) for f in (REQUESTED, APPROVED, RECEIVED, RETURNED, EXPIRED)]

    assert shown == [
        ("requested", "decision"),
        ("approved", "goods"),
        ("received", "settlement"),
        ("returned", ""),
        ("expired", ""),
    ]
