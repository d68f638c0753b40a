"""The return saga: one for each return, keyed by its order on every hub.

Money may go back early, by policy; stock rises only when goods arrive. The saga tracks a decision
and the arrival of the goods, which people report, and the two final words: StockLevelChanged from
inventory and RefundProcessed from payment. Both participants act once for a return and repeat their
word whenever they are asked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.saga import names
from domain.saga.return_facets import (
    RefundOn,
    ReturnFacets,
    Stage,
    Verdict,
    refund_is_due,
    stage,
    status,
)
from domain.saga.signals import (
    DEFAULT_LIMITS,
    Arm,
    Disarm,
    Effect,
    Limits,
    Publish,
    Reject,
    Signal,
    publish,
)
from domain.saga.words import REFUND_RETURN, RESTOCK_RETURN, Answer, Word

CONSUMER: Final = "returns"

UNKNOWN_RETURN: Final = "unknown_return"
ALREADY_DECIDED: Final = "already_decided"
NOT_APPROVED: Final = "not_approved"
GOODS_MISSING: Final = "goods_missing"


@dataclass(frozen=True, slots=True)
class ReturnDecision:
    """The return after a signal, ``None`` while there is none, and what is to be told, in order."""

    facets: ReturnFacets | None
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the shop has set: when money goes back, and how often a participant is asked again."""

    refund_on: RefundOn = RefundOn.APPROVED
    limits: Limits = DEFAULT_LIMITS


DEFAULT_RULES: Final = Rules()


class Phase(StrEnum):
    """What a participant has done for a return."""

    NOTHING = ""
    RESTOCKED = "restocked"
    REFUNDED = "refunded"


START: Final = Word(Phase.NOTHING)


def decide(
    facets: ReturnFacets | None, signal: Signal, rules: Rules = DEFAULT_RULES
) -> ReturnDecision:
    """What a signal changes in a return, and what there is to tell for it.

    Defined for every state and every signal. The caller checks first that a return may be
    requested: delivered, in the window, the items not in another return, and no more money than was
    captured. It passes on only the hub events of this return.
    """
    if facets is None:
        return _without_a_return(signal)
    refusal = _refusal(facets, signal)
    if refusal:
        return ReturnDecision(facets, (Reject(refusal),))
    after = _move(facets, signal, rules)
    if stage(after) != stage(facets):
        after = replace(after, attempt=0)
    return ReturnDecision(after, tuple(_effects(facets, after, signal, rules)))


def restock(word: Word, signal: Signal) -> Answer:
    """Inventory's answer to ReturnReceived: the first puts the goods back, each is answered."""
    if signal.type != names.RETURN_RECEIVED:
        return Answer(word)
    told = replace(publish("inventory", signal, names.STOCK_LEVEL_CHANGED), reason="return")
    return _once(word, Word(Phase.RESTOCKED), (RESTOCK_RETURN, told))


def refund(word: Word, signal: Signal) -> Answer:
    """Payment's answer to ReturnApproved: the first gives the money back, each is answered."""
    if signal.type != names.RETURN_APPROVED:
        return Answer(word)
    told = replace(publish("payment", signal, names.REFUND_PROCESSED), reason="return")
    return _once(word, Word(Phase.REFUNDED), (REFUND_RETURN, told))


def _once(word: Word, done: Word, effects: tuple[Effect, Effect]) -> Answer:
    deed, told = effects
    return Answer(done, (told,) if word == done else (deed, told))


def _without_a_return(signal: Signal) -> ReturnDecision:
    if signal.type != names.REQUEST_RETURN:
        return ReturnDecision(None, (Reject(UNKNOWN_RETURN),))
    requested = publish(CONSUMER, signal, names.RETURN_REQUESTED)
    return ReturnDecision(ReturnFacets(), (requested, Arm(Stage.DECISION, 0)))


VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {names.APPROVE_RETURN: Verdict.APPROVED, names.REJECT_RETURN: Verdict.REJECTED}
)


def _refusal(facets: ReturnFacets, signal: Signal) -> str:
    """The code with which a command is refused; '' when it is not, also when it was already done."""
    verdict = VERDICTS.get(signal.type)
    if verdict:
        undecided = facets.verdict in (Verdict.REQUESTED, verdict)
        return "" if undecided else ALREADY_DECIDED
    if signal.type == names.RECEIVE_GOODS:
        expected = facets.verdict in (Verdict.APPROVED, Verdict.EXPIRED)
        return "" if expected else NOT_APPROVED
    return ""


def _move(facets: ReturnFacets, signal: Signal, rules: Rules) -> ReturnFacets:
    if signal.type == names.TIMER:
        return _time_out(facets, signal, rules)
    move = MOVES.get(signal.type)
    return move(facets) if move else facets


def _approve(facets: ReturnFacets) -> ReturnFacets:
    return replace(facets, verdict=Verdict.APPROVED)


def _reject(facets: ReturnFacets) -> ReturnFacets:
    return replace(facets, verdict=Verdict.REJECTED)


def _receive(facets: ReturnFacets) -> ReturnFacets:
    """Goods that come late revive a return that has expired."""
    return replace(facets, verdict=Verdict.APPROVED, received=True)


def _restocked(facets: ReturnFacets) -> ReturnFacets:
    return replace(facets, restocked=facets.verdict != Verdict.REJECTED)


def _refunded(facets: ReturnFacets) -> ReturnFacets:
    return replace(facets, refunded=facets.verdict != Verdict.REJECTED)


MOVES: Final[Mapping[str, Callable[[ReturnFacets], ReturnFacets]]] = MappingProxyType(
    {
        names.APPROVE_RETURN: _approve,
        names.REJECT_RETURN: _reject,
        names.RECEIVE_GOODS: _receive,
        names.STOCK_LEVEL_CHANGED: _restocked,
        names.REFUND_PROCESSED: _refunded,
    }
)


def _time_out(facets: ReturnFacets, signal: Signal, rules: Rules) -> ReturnFacets:
    """Ask again, then hand the return to a person; goods that do not come are waited for once."""
    if not signal.stage or (signal.stage, signal.attempt) != (stage(facets), facets.attempt):
        return facets  # stale: that stage is over
    if signal.stage == Stage.GOODS:
        if rules.refund_on == RefundOn.RECEIVED:
            return replace(facets, verdict=Verdict.EXPIRED)
        return replace(facets, ticket=GOODS_MISSING)
    if facets.attempt < rules.limits.max_nudges:
        return replace(facets, attempt=facets.attempt + 1)
    return replace(facets, ticket=f"return_stuck_{signal.stage}")


def _effects(
    before: ReturnFacets, after: ReturnFacets, signal: Signal, rules: Rules
) -> Iterator[Effect]:
    yield from _requests(before, after, signal, rules)
    if after.verdict == Verdict.REJECTED and before.verdict != Verdict.REJECTED:
        yield publish(CONSUMER, signal, names.RETURN_REJECTED)
    if after.ticket != before.ticket:
        yield replace(publish(CONSUMER, signal, names.TICKET_CREATED), ticket=after.ticket)
    if (stage(after), after.attempt) != (stage(before), before.attempt):
        yield Arm(stage(after), after.attempt) if stage(after) else Disarm()
    if status(after) != status(before):
        updated = publish(CONSUMER, signal, names.ORDER_UPDATED)
        yield replace(updated, status=f"return_{status(after)}")


def _requests(
    before: ReturnFacets, after: ReturnFacets, signal: Signal, rules: Rules
) -> Iterator[Publish]:
    """What inventory and payment are asked for: when it is due, and by a nudge until they answer."""
    overdue = _is_overdue(before, after)
    if after.received and (not before.received or (overdue and not after.restocked)):
        yield publish(CONSUMER, signal, names.RETURN_RECEIVED)
    newly_due = not refund_is_due(before, rules.refund_on)
    if refund_is_due(after, rules.refund_on) and (newly_due or (overdue and not after.refunded)):
        yield publish(CONSUMER, signal, names.RETURN_APPROVED)


def _is_overdue(before: ReturnFacets, after: ReturnFacets) -> bool:
    """Whether a deadline has just passed for which the participants are asked again."""
    goods_missing = after.ticket == GOODS_MISSING and before.ticket != GOODS_MISSING
    return goods_missing or after.attempt > before.attempt
