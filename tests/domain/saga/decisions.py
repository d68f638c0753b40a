"""The functions under test, asked once for each state and signal, with all values interned as numbers."""

from typing import NamedTuple

from domain.saga import Arm, Disarm, Do, Effect, Facets, Limits, Publish, Signal, Word, stage
from tests.domain.saga.scenario import CURSORS, PARTICIPANTS, Functions
from tests.domain.saga.world import Broken, Letter, World


class Interned[T]:
    """Values by number."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self._numbers: dict[T, int] = {}

    def number(self, value: T) -> int:
        """The number of a value, a new one for a new value."""
        number = self._numbers.setdefault(value, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


class OrderStep(NamedTuple):
    """What one signal does to the order."""

    order: int
    letters: tuple[Letter, ...]
    changed: bool


class WordStep(NamedTuple):
    """What one signal does to a participant."""

    word: int
    letters: tuple[Letter, ...]
    verbs: tuple[str, ...]


class Decisions:
    """Every decision that a run has asked for; also which phases met which signals."""

    def __init__(self, functions: Functions, limits: Limits, can: dict[str, bool]) -> None:
        self.orders: Interned[Facets] = Interned()
        self.words: Interned[Word] = Interned()
        self.signals: Interned[Signal] = Interned()
        self.reached: set[tuple[str, str, str]] = set()
        self._functions = functions
        self._limits = limits
        self._can = can
        self._order_steps: dict[tuple[int, int], OrderStep] = {}
        self._word_steps: dict[tuple[int, int, int], WordStep] = {}

    def placed(self) -> OrderStep:
        """The order as it is when it has just been placed."""
        decision = self._functions.order(None, Signal("PlaceOrder", ""), self._limits)
        assert decision.facets is not None
        number = self.orders.number(decision.facets)
        return OrderStep(number, self.letters(decision.effects), changed=True)

    def of_order(self, order: int, signal: int) -> OrderStep:
        """What a signal does to the order."""
        step = self._order_steps.get((order, signal))
        if step is None:
            step = self._decide_order(self.orders.values[order], self.signals.values[signal])
            self._order_steps[order, signal] = step
        return step

    def of_participant(self, index: int, word: int, signal: int) -> WordStep:
        """What a signal does to a participant."""
        step = self._word_steps.get((index, word, signal))
        if step is None:
            step = self._decide_word(PARTICIPANTS[index], word, signal)
            self._word_steps[index, word, signal] = step
        return step

    def letters(self, effects: tuple[Effect, ...]) -> tuple[Letter, ...]:
        """A copy of each event for every cursor that reads it, in the order of publication."""
        return tuple(
            (cursor, self.signals.number(heard(event)))
            for event in effects
            if isinstance(event, Publish)
            for cursor, (_, hub, kinds) in enumerate(CURSORS)
            if hub == event.hub and heard(event).kind in kinds
        )

    def _decide_order(self, facets: Facets, signal: Signal) -> OrderStep:
        decision = self._functions.order(facets, signal, self._limits)
        after, effects = decision.facets, decision.effects
        assert after is not None
        check_deadline(facets, after, effects)
        changed = (after, effects) != (facets, ())
        return OrderStep(self.orders.number(after), self.letters(effects), changed)

    def _decide_word(self, name: str, word: int, signal: int) -> WordStep:
        before, told = self.words.values[word], self.signals.values[signal]
        self.reached.add((name, before.phase, told.kind))
        answer = self._functions.of(name)(before, told, ok=self._can[name])
        verbs = tuple(effect.verb for effect in answer.effects if isinstance(effect, Do))
        return WordStep(self.words.number(answer.word), self.letters(answer.effects), verbs)

    def describe(self, world: World) -> str:
        """A world in words, for the report of a broken law."""
        words = [str(self.words.values[word]) for word in world.words]
        mail = [[self.signals.values[letter].kind for letter in queue] for queue in world.mail]
        outside = [str(mail), str(world.outside), str(world.counts)]
        return "\n".join([str(self.orders.values[world.order]), *words, *outside])


def heard(event: Publish) -> Signal:
    """An event as its readers see it; without its id, as there is no inbox here."""
    return Signal(event.type, "", event.reason, event.restock, event.status)


def check_deadline(before: Facets, after: Facets, effects: tuple[Effect, ...]) -> None:
    """The deadline that is set is always the one that the state implies."""
    deadline = implied_deadline(before)
    for effect in effects:
        if isinstance(effect, Arm):
            deadline = (effect.stage, effect.attempt)
        if isinstance(effect, Disarm):
            deadline = None
    if deadline != implied_deadline(after):
        raise Broken(f"the deadline is not that of the stage: {before} {after} {effects}")


def implied_deadline(facets: Facets) -> tuple[str, int] | None:
    """What an order in this state waits for."""
    return (stage(facets), facets.attempt) if stage(facets) else None
