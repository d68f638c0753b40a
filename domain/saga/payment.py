"""The payment participant: captures once, when the stock is reserved and the card has authorised.

It reads inventory-events and order-events, and the card network's facts about the order's intent.
"Charge" is the capture of an intent that the customer's browser has authorised.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.saga import names
from domain.saga.signals import DEFAULT_LIMITS, Do, Limits, Signal, publish
from domain.saga.words import CHARGE, REFUND, STOP, Answer, Word

CONSUMER: Final = "payment"


class Phase(StrEnum):
    """What has become of the order's money."""

    NOTHING = ""  # nothing recorded
    IDLE = "idle"  # a card was declined, and the stock is not reserved yet
    WAITING = "waiting"  # the stock is reserved, the customer has not authorised yet
    AUTHORISED = "authorised"  # the customer has, the stock is not reserved yet
    CAPTURED = "captured"
    FAILED = (
        "failed"  # nothing is captured after it; also the tombstone of an order cancelled early
    )
    REFUNDED = "refunded"


START: Final = Word(Phase.NOTHING)
BEFORE_AUTHORISED: Final = frozenset({Phase.NOTHING, Phase.IDLE, Phase.WAITING})
BEFORE_RESERVED: Final = frozenset({Phase.NOTHING, Phase.IDLE})
UNDECIDED: Final = BEFORE_AUTHORISED | {Phase.AUTHORISED}


def decide(word: Word, signal: Signal, *, ok: bool, limits: Limits = DEFAULT_LIMITS) -> Answer:
    """What payment does about a signal; ``ok`` tells whether the capture succeeds.

    Safe to ask twice and in any order, but for ``Declined``, which is counted: the caller drops a
    webhook that it has applied.
    """
    if signal.kind == names.DECLINED:
        return _declined(word, signal, limits)
    hear = HEARS.get(signal.kind)
    return hear(word, signal, ok) if hear else Answer(word)


def _inventory_reserved(word: Word, signal: Signal, ok: bool) -> Answer:
    if word.phase in BEFORE_RESERVED:
        return Answer(replace(word, phase=Phase.WAITING))
    if word.phase == Phase.WAITING:
        return Answer(word)
    if word.phase == Phase.AUTHORISED:
        return _capture(signal, ok)
    return _tell(word, signal)


def _authorised(word: Word, signal: Signal, ok: bool) -> Answer:
    if word.phase in BEFORE_RESERVED:
        return Answer(Word(Phase.AUTHORISED))
    if word.phase == Phase.WAITING:
        return _capture(signal, ok)
    if word.phase == Phase.FAILED:
        # Too late: the hold on the card must not stay.
        return Answer(word, (STOP,))
    return Answer(word)


def _capture(signal: Signal, ok: bool) -> Answer:
    if ok:
        return _tell(Word(Phase.CAPTURED), signal, CHARGE)
    return _tell(Word(Phase.FAILED, "capture"), signal, STOP)


def _declined(word: Word, signal: Signal, limits: Limits) -> Answer:
    if word.phase not in BEFORE_AUTHORISED:
        return Answer(word)
    declines = word.declines + 1
    if declines >= limits.max_declines:
        return _tell(Word(Phase.FAILED, "declined"), signal, STOP)
    return Answer(Word(word.phase or Phase.IDLE, declines=declines))


def _succeeded(word: Word, signal: Signal, _ok: bool) -> Answer:
    """The network has taken the money: by our own capture, its answer late, or after we gave it up.

    In the second case the word is not taken back: the money is returned at once.
    """
    if word.phase in UNDECIDED:
        return _tell(Word(Phase.CAPTURED), signal)
    if word.phase != Phase.FAILED:
        return Answer(word)
    cancelled = word.reason == names.BY_ORDER_CANCELLED
    reason = names.BY_ORDER_CANCELLED if cancelled else names.BY_PAYMENT_FAILED
    return _tell(Word(Phase.REFUNDED, reason), signal, REFUND)


def _refunded(word: Word, signal: Signal, _ok: bool) -> Answer:
    """Somebody has given all of the money back at the network, by hand: nothing is left to do but to say so.

    Our own refund may be heard of before its word is recorded; asked again it is told as this one.
    """
    if word.phase != Phase.CAPTURED:
        return Answer(word)
    return _tell(Word(Phase.REFUNDED, names.BY_PAYMENT_REFUNDED), signal)


def _order_cancelled(word: Word, signal: Signal, _ok: bool) -> Answer:
    if word.phase in UNDECIDED:
        return _tell(Word(Phase.FAILED, names.BY_ORDER_CANCELLED), signal, STOP)
    if word.phase == Phase.CAPTURED:
        return _tell(Word(Phase.REFUNDED, names.BY_ORDER_CANCELLED), signal, REFUND)
    return _tell(word, signal)


HEARS: Final[Mapping[str, Callable[[Word, Signal, bool], Answer]]] = MappingProxyType(
    {
        names.INVENTORY_RESERVED: _inventory_reserved,
        names.AUTHORISED: _authorised,
        names.SUCCEEDED: _succeeded,
        names.REFUNDED: _refunded,
        names.ORDER_CANCELLED: _order_cancelled,
    }
)

SAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Phase.CAPTURED: names.PAYMENT_PROCESSED,
        Phase.FAILED: names.PAYMENT_FAILED,
        Phase.REFUNDED: names.REFUND_PROCESSED,
    }
)


def _tell(word: Word, signal: Signal, *first: Do) -> Answer:
    """The word as an event, after what has to be done for it."""
    told = replace(publish(CONSUMER, signal, SAYS[word.phase]), reason=word.reason)
    return Answer(word, (*first, told))
