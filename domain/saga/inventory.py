"""The inventory participant: a hold becomes a reservation, then a sale or free stock.

The holds were taken while the order was placed, before OrderCreated: its answer asserts them and
makes them the recorded word. A hold is freed or sold
exactly once, never both. It reads order-events, payment-events and shipping-events.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.saga import names
from domain.saga.signals import Do, Publish, Signal, publish
from domain.saga.words import CORRECT, RELEASE, RESERVE, SELL, Answer, Word

CONSUMER: Final = "inventory"


class Phase(StrEnum):
    """What has become of the order's stock."""

    HELD = "held"  # by the request that placed the order; nothing is recorded yet
    RESERVED = "reserved"  # the hold is asserted and told
    FAILED = "failed"  # a hold went missing and could not be taken again
    RELEASED = "released"  # free again; also the tombstone of an order cancelled early
    SOLD = "sold"  # the goods have left
    GONE = "gone"  # released, but the goods had left: counted out, not free


START: Final = Word(Phase.HELD)


def decide(word: Word, signal: Signal, *, ok: bool) -> Answer:
    """What inventory does about a signal; ``ok``: every hold still stands or could be taken again.

    Safe to ask twice and in any order: a repeated request is answered with the recorded word,
    anything else is ignored.
    """
    hear = HEARS.get(signal.kind)
    return hear(word, signal, ok) if hear else Answer(word)


def _order_created(word: Word, signal: Signal, ok: bool) -> Answer:
    if word.phase != Phase.HELD:
        return _tell(word, signal)
    if ok:
        return _tell(Word(Phase.RESERVED), signal, RESERVE)
    return _tell(Word(Phase.FAILED), signal, RELEASE)


def _order_cancelled(word: Word, signal: Signal, _ok: bool) -> Answer:
    if word.phase == Phase.HELD or (word.phase == Phase.RESERVED and signal.restock):
        return _tell(Word(Phase.RELEASED, names.BY_ORDER_CANCELLED), signal, RELEASE)
    if word.phase == Phase.RESERVED:
        # The loss overtook the first scan: the goods are written off, never freed.
        gone = Word(Phase.GONE, names.BY_ORDER_CANCELLED)
        return _tell(gone, signal, SELL, _stock_moved(signal, "sale"))
    if word.phase == Phase.SOLD:
        return _tell(Word(Phase.GONE, names.BY_ORDER_CANCELLED), signal)
    return _tell(word, signal)


def _payment_failed(word: Word, signal: Signal, _ok: bool) -> Answer:
    if word.phase != Phase.RESERVED:
        return Answer(word)
    cancelled = signal.reason == names.BY_ORDER_CANCELLED
    reason = names.BY_ORDER_CANCELLED if cancelled else names.BY_PAYMENT_FAILED
    return _tell(Word(Phase.RELEASED, reason), signal, RELEASE)


def _goods_left(word: Word, signal: Signal, _ok: bool) -> Answer:
    if word.phase == Phase.RESERVED:
        return Answer(Word(Phase.SOLD), (SELL, _stock_moved(signal, "sale")))
    if word.phase == Phase.RELEASED:
        # The carrier took what was free again: only the count is put right.
        moved = _stock_moved(signal, "adjustment")
        return _tell(Word(Phase.GONE, word.reason), signal, CORRECT, moved)
    return Answer(word)


HEARS: Final[Mapping[str, Callable[[Word, Signal, bool], Answer]]] = MappingProxyType(
    {
        names.ORDER_CREATED: _order_created,
        names.ORDER_CANCELLED: _order_cancelled,
        names.PAYMENT_FAILED: _payment_failed,
        names.SHIPMENT_IN_TRANSIT: _goods_left,
        names.DELIVERY_COMPLETED: _goods_left,
    }
)

SAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Phase.RESERVED: names.INVENTORY_RESERVED,
        Phase.SOLD: names.INVENTORY_RESERVED,
        Phase.FAILED: names.INVENTORY_RESERVATION_FAILED,
        Phase.RELEASED: names.INVENTORY_RELEASED,
        Phase.GONE: names.INVENTORY_RELEASED,
    }
)


def _tell(word: Word, signal: Signal, *first: Do | Publish) -> Answer:
    """The word as an event, after what has to be done for it."""
    told = replace(publish(CONSUMER, signal, SAYS[word.phase]), reason=word.reason)
    return Answer(word, (*first, told))


def _stock_moved(signal: Signal, cause: str) -> Publish:
    return replace(publish(CONSUMER, signal, names.STOCK_LEVEL_CHANGED), reason=cause)
