"""The tables of the participants for docs/saga.md, from their functions."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, Protocol

from domain.saga import Answer, Do, Publish, Signal, Word, inventory, logistics, payment

SIGNALS: Final = (
    Signal("OrderCreated", "e"),
    Signal("OrderCancelled", "e", reason="customer"),
    Signal("OrderCancelled", "e", reason="lost_in_transit", restock=False),
    Signal("InventoryReserved", "e"),
    Signal("Authorised", "e"),
    Signal("Declined", "e"),
    Signal("Succeeded", "e"),
    Signal("Refunded", "e"),
    Signal("PaymentProcessed", "e"),
    Signal("PaymentFailed", "e", reason="declined"),
    Signal("PaymentFailed", "e", reason="order_cancelled"),
    Signal("ShipmentStatusUpdated", "e", status="in_transit"),
    Signal("DeliveryCompleted", "e"),
)

WORDS: Final[dict[str, tuple[Word, ...]]] = {
    "inventory": (
        Word("held"),
        Word("reserved"),
        Word("failed"),
        Word("released", "order_cancelled"),
        Word("released", "payment_failed"),
        Word("sold"),
        Word("gone", "order_cancelled"),
    ),
    "payment": (
        Word(""),
        Word("idle", declines=1),
        Word("idle", declines=2),
        Word("waiting"),
        Word("waiting", declines=2),
        Word("authorised"),
        Word("captured"),
        Word("failed", "declined"),
        Word("failed", "order_cancelled"),
        Word("refunded", "order_cancelled"),
    ),
    "logistics": (
        Word(""),
        Word("scheduled"),
        Word("failed"),
        Word("cancelled"),
        Word("shipped"),
    ),
}


class Participant(Protocol):
    """A participant's function."""

    def __call__(self, word: Word, signal: Signal, *, ok: bool) -> Answer:
        """The word after the signal, and what is to be done and told."""


PARTICIPANTS: Final[dict[str, Participant]] = {
    "inventory": inventory.decide,
    "payment": payment.decide,
    "logistics": logistics.decide,
}

HEAD: Final = ("word", "event", "new word", "outside effect", "publishes")


class Row(NamedTuple):
    """One line of a participant's table."""

    word: str
    event: str
    after: str
    deeds: str
    told: str


def participants(table: Callable[[tuple[str, ...], Iterable[Row]], str]) -> str:
    """The section on the participants."""
    sections = (f"## {name.capitalize()}\n\n{table(HEAD, rows(name))}" for name in PARTICIPANTS)
    return "\n".join(sections)


def rows(name: str) -> Iterator[Row]:
    """The rows of one participant; where the world's refusal makes a difference, each outcome has its own."""
    decide = PARTICIPANTS[name]
    for word in WORDS[name]:
        for signal in SIGNALS:
            done = decide(word, signal, ok=True)
            refused = decide(word, signal, ok=False)
            yield from _row(word, _event(signal), done)
            if refused != done:
                yield from _row(word, f"{_event(signal)}, refused by the world", refused)


def _row(word: Word, event: str, answer: Answer) -> Iterator[Row]:
    if answer == Answer(word):
        return
    deeds = [f"{effect.verb} `{effect.key}`" for effect in answer.effects if isinstance(effect, Do)]
    told = [_told(effect) for effect in answer.effects if isinstance(effect, Publish)]
    yield Row(
        _name(word), event, _name(answer.word), ", ".join(deeds) or "-", ", ".join(told) or "-"
    )


def _event(signal: Signal) -> str:
    fact = signal.reason or signal.status
    return signal.type + (f"({fact})" if fact else "")


def _told(event: Publish) -> str:
    fact = event.reason or event.status
    return event.type + (f"({fact})" if fact else "")


def _name(word: Word) -> str:
    facts = [fact for fact in (word.reason, str(word.declines or "")) if fact]
    return (word.phase or "-") + (f"({', '.join(facts)})" if facts else "")
