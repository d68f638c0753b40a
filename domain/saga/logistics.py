"""The logistics participant: buys one label when the order is paid, voids it when it is cancelled.

It reads payment-events, order-events and shipping-events.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.saga import names
from domain.saga.signals import Do, Signal, publish
from domain.saga.words import BUY_LABEL, VOID_LABEL, Answer, Word

CONSUMER: Final = "logistics"


class Phase(StrEnum):
    """What has become of the order's parcel."""

    NOTHING = ""  # nothing recorded
    SCHEDULED = "scheduled"  # a label is bought
    FAILED = "failed"  # no label could be bought
    CANCELLED = "cancelled"  # voided; also the tombstone of an order cancelled early
    SHIPPED = "shipped"  # the carrier has it


START: Final = Word(Phase.NOTHING)


def decide(word: Word, signal: Signal, *, ok: bool) -> Answer:
    """What logistics does about a signal; ``ok`` tells whether a label can be bought.

    Safe to ask twice and in any order: a repeated request is answered with the recorded word,
    anything else is ignored.
    """
    hear = HEARS.get(signal.kind)
    return hear(word, signal, ok) if hear else Answer(word)


def _payment_processed(word: Word, signal: Signal, ok: bool) -> Answer:
    if word.phase != Phase.NOTHING:
        return _tell(word, signal)
    if ok:
        return _tell(Word(Phase.SCHEDULED), signal, BUY_LABEL)
    return _tell(Word(Phase.FAILED), signal)


def _order_cancelled(word: Word, signal: Signal, _ok: bool) -> Answer:
    if word.phase == Phase.NOTHING:
        return _tell(Word(Phase.CANCELLED), signal)
    if word.phase == Phase.SCHEDULED:
        return _tell(Word(Phase.CANCELLED), signal, VOID_LABEL)
    return _tell(word, signal)


def _in_transit(word: Word, _signal: Signal, _ok: bool) -> Answer:
    return Answer(Word(Phase.SHIPPED) if word.phase == Phase.SCHEDULED else word)


HEARS: Final[Mapping[str, Callable[[Word, Signal, bool], Answer]]] = MappingProxyType(
    {
        names.PAYMENT_PROCESSED: _payment_processed,
        names.ORDER_CANCELLED: _order_cancelled,
        names.SHIPMENT_IN_TRANSIT: _in_transit,
    }
)

SAYS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        Phase.SCHEDULED: (names.SHIPMENT_SCHEDULED, ""),
        Phase.FAILED: (names.SHIPMENT_STATUS_UPDATED, names.STATUS_FAILED),
        Phase.CANCELLED: (names.SHIPMENT_STATUS_UPDATED, names.STATUS_CANCELLED),
        Phase.SHIPPED: (names.SHIPMENT_STATUS_UPDATED, names.IN_TRANSIT),
    }
)


def _tell(word: Word, signal: Signal, *first: Do) -> Answer:
    """The word as an event, after what has to be done for it."""
    event_type, status = SAYS[word.phase]
    told = replace(publish(CONSUMER, signal, event_type), status=status)
    return Answer(word, (*first, told))
