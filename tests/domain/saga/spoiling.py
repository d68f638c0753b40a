"""How to make a sound saga wrong in one place."""

from collections.abc import Callable

from domain.saga import Answer, Decision, Do, Effect, Facets, Limits, Signal, Word
from tests.domain.saga.scenario import Functions, OrderRule, ParticipantRule

type Condition = Callable[[Word, Signal], bool]
type Mutation = Callable[[Functions], Functions]


def hears(kind: str, *phases: str) -> Condition:
    """A signal of this kind, in one of these phases."""
    return lambda word, signal: signal.kind == kind and word.phase in phases


def always(_word: Word, _signal: Signal) -> bool:
    """In every phase, whatever comes."""
    return True


def answers(participant: str, when: Condition, wrong: Callable[[Answer], Answer]) -> Mutation:
    """A participant whose right answer is spoilt under a condition."""

    def change(right: ParticipantRule) -> ParticipantRule:
        def rule(word: Word, signal: Signal, *, ok: bool) -> Answer:
            answer = right(word, signal, ok=ok)
            return wrong(answer) if when(word, signal) else answer

        return rule

    return lambda functions: functions.with_participant(participant, change)


def says(participant: str, when: Condition, answer: Callable[[Word], Answer]) -> Mutation:
    """A participant that gives another answer under a condition."""

    def change(right: ParticipantRule) -> ParticipantRule:
        def rule(word: Word, signal: Signal, *, ok: bool) -> Answer:
            return answer(word) if when(word, signal) else right(word, signal, ok=ok)

        return rule

    return lambda functions: functions.with_participant(participant, change)


def ignores(participant: str, when: Condition) -> Mutation:
    """A participant that does nothing under a condition."""
    return says(participant, when, Answer)


def omits(participant: str, verb: str, when: Condition) -> Mutation:
    """A participant that forgets an outside effect."""

    def wrong(answer: Answer) -> Answer:
        kept = [effect for effect in answer.effects if not is_do(effect, verb)]
        return Answer(answer.word, tuple(kept))

    return answers(participant, when, wrong)


def keeps_quiet(participant: str, when: Condition) -> Mutation:
    """A participant that acts and tells nobody."""

    def wrong(answer: Answer) -> Answer:
        deeds = [effect for effect in answer.effects if isinstance(effect, Do)]
        return Answer(answer.word, tuple(deeds))

    return answers(participant, when, wrong)


def is_do(effect: Effect, verb: str) -> bool:
    """Whether an effect is this outside effect."""
    return isinstance(effect, Do) and effect.verb == verb


def decides(wrong: Callable[[OrderRule, Facets, Signal, Limits], Decision]) -> Mutation:
    """An order that decides otherwise once it is placed."""

    def change(right: OrderRule) -> OrderRule:
        def rule(facets: Facets | None, signal: Signal, limits: Limits) -> Decision:
            if facets is None:
                return right(facets, signal, limits)
            return wrong(right, facets, signal, limits)

        return rule

    return lambda functions: functions.with_order(change)
