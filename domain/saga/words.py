"""The word of a participant: what it has recorded of an order and repeats whenever it is asked."""

from dataclasses import dataclass
from typing import Final

from domain.saga.signals import Do, Effect

# Only these may be refused by the world (``ok=False``). Every other effect undoes or counts
# something: it is repeated under its key until it succeeds, or a person is called; no decision of
# ours makes it unnecessary.
REFUSABLE: Final = frozenset({"reserve", "charge", "label"})

RESERVE: Final = Do("reserve", "{order}:reserve")
RELEASE: Final = Do("release", "{order}:release")
SELL: Final = Do("sell", "{order}:sell")
CORRECT: Final = Do("correct", "{order}:correct")
CHARGE: Final = Do("charge", "{order}:charge")
REFUND: Final = Do("refund", "{order}:refund")
STOP: Final = Do("stop", "{order}:intent")
BUY_LABEL: Final = Do("label", "{order}:label")
VOID_LABEL: Final = Do("void", "{order}:void")
RESTOCK_RETURN: Final = Do("restock", "{order}:restock:{return}")
REFUND_RETURN: Final = Do("refund", "{order}:refund:{return}")


@dataclass(frozen=True, slots=True)
class Word:
    """A participant's record of one order. ``phase`` is a member of the participant's own ``Phase``.

    ``reason`` goes with a word that undoes something and is repeated with it; ``declines`` counts cards
    that were turned down.
    """

    phase: str
    reason: str = ""
    declines: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The word after a signal, and what is to be done and told for it, in order."""

    word: Word
    effects: tuple[Effect, ...] = ()
