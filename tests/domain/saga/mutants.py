"""Wrong sagas: each breaks one rule in one place, and the checker must notice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from domain.saga import (
    Answer,
    Arm,
    Decision,
    Do,
    Facets,
    Limits,
    Publish,
    Shipment,
    Signal,
    Word,
)
from tests.domain.saga.scenario import Functions, OrderRule, ParticipantRule
from tests.domain.saga.spoiling import (
    Mutation,
    always,
    answers,
    decides,
    hears,
    ignores,
    keeps_quiet,
    omits,
    says,
)

CHARGE: Final = Do("charge", "{order}:charge")
FREE: Final = Do("release", "{order}:release")
FIRST_SCAN: Final = "ShipmentStatusUpdated:in_transit"
GOODS_LEFT: Final = (FIRST_SCAN, "DeliveryCompleted")


def answers_only_once(functions: Functions) -> Functions:
    """Payment does not repeat its word."""

    def change(right: ParticipantRule) -> ParticipantRule:
        def rule(word: Word, signal: Signal, *, ok: bool) -> Answer:
            answer = right(word, signal, ok=ok)
            return answer if answer.word != word else Answer(word)

        return rule

    return functions.with_participant("payment", change)


def released_for_nothing(word: Word) -> Answer:
    """Inventory answers the cancellation, and does not remember it."""
    return Answer(word, (Publish("inventory-events", "InventoryReleased", "", "order_cancelled"),))


def captured_again(_word: Word) -> Answer:
    """Payment captures whatever it has recorded."""
    return Answer(Word("captured"), (CHARGE, Publish("payment-events", "PaymentProcessed", "")))


def word_taken_back(_word: Word) -> Answer:
    """Payment says that it was taken after all, although it had said that it failed."""
    return Answer(Word("captured"), (Publish("payment-events", "PaymentProcessed", ""),))


def freed_too(answer: Answer) -> Answer:
    """Inventory frees what has left."""
    return Answer(answer.word, (FREE, *answer.effects))


def without_its_reason(answer: Answer) -> Answer:
    """Inventory releases without saying why."""
    effects = [
        replace(effect, reason="expired")
        if isinstance(effect, Publish) and effect.type == "InventoryReleased"
        else effect
        for effect in answer.effects
    ]
    return Answer(answer.word, tuple(effects))


def cancelled_although_sold(word: Word, signal: Signal) -> bool:
    """A cancellation for another reason than a loss reaches goods that were sold."""
    return hears("OrderCancelled", "sold")(word, signal) and signal.restock


def taken_after_release(word: Word, signal: Signal) -> bool:
    """The carrier takes what was freed."""
    return signal.kind in GOODS_LEFT and word.phase == "released"


def without_timers(right: OrderRule, facets: Facets, signal: Signal, limits: Limits) -> Decision:
    """No deadline ever passes."""
    return Decision(facets) if signal.type == "Timer" else right(facets, signal, limits)


def never_asks_again(right: OrderRule, facets: Facets, signal: Signal, limits: Limits) -> Decision:
    """The first deadline gives up."""
    return right(facets, signal, replace(limits, max_nudges=0))


def cancelled_after_shipping(
    right: OrderRule, facets: Facets, signal: Signal, limits: Limits
) -> Decision:
    """CancelOrder wins although MarkShipped has won already."""
    if signal.type != "CancelOrder" or facets.cancel:
        return right(facets, signal, limits)
    cancelled = Publish("order-events", "OrderCancelled", "", reason="customer")
    after = replace(facets, cancel="customer", attempt=0)
    return Decision(after, (cancelled, Arm("compensation", 0)))


def always_restocked(right: OrderRule, facets: Facets, signal: Signal, limits: Limits) -> Decision:
    """Lost goods are freed instead of written off."""
    decision = right(facets, signal, limits)
    effects = [
        replace(effect, restock=True) if isinstance(effect, Publish) else effect
        for effect in decision.effects
    ]
    return Decision(decision.facets, tuple(effects))


def void_label_ignored(
    right: OrderRule, facets: Facets, signal: Signal, limits: Limits
) -> Decision:
    """A scan of a voided label is taken for late."""
    scanned = facets.shipment == Shipment.CANCELLED and signal.kind in GOODS_LEFT
    return Decision(facets) if scanned else right(facets, signal, limits)


def found_goods_ignored(
    right: OrderRule, facets: Facets, signal: Signal, limits: Limits
) -> Decision:
    """The delivery of lost goods is taken for late."""
    found = facets.cancel == "lost_in_transit" and signal.type == "DeliveryCompleted"
    return Decision(facets) if found else right(facets, signal, limits)


def ticket_instead_of_compensation(
    right: OrderRule, facets: Facets, signal: Signal, limits: Limits
) -> Decision:
    """Goods are lost, but a person has a ticket already: nobody is asked to compensate."""
    after = right(facets, signal, limits)
    if facets.ticket and after.facets and after.facets.cancel != facets.cancel:
        return Decision(replace(after.facets, cancel=""), after.effects[-1:])
    return after


MUTANTS: Final[Mapping[str, Mutation]] = {
    "payment without a tombstone": ignores("payment", hears("OrderCancelled", "")),
    "logistics without a tombstone": ignores("logistics", hears("OrderCancelled", "")),
    "inventory without a tombstone": says(
        "inventory", hears("OrderCancelled", "held"), released_for_nothing
    ),
    "payment answers only once": answers_only_once,
    "payment charges on every InventoryReserved": says(
        "payment", hears("InventoryReserved", "captured"), captured_again
    ),
    "InventoryReleased loses its reason": answers("inventory", always, without_its_reason),
    "no timers": decides(without_timers),
    "the first deadline gives up": decides(never_asks_again),
    "cancel accepted after shipping": decides(cancelled_after_shipping),
    "a held order is cancelled and nothing freed": omits(
        "inventory", "release", hears("OrderCancelled", "held")
    ),
    "a reserved order is cancelled and nothing freed": omits(
        "inventory", "release", hears("OrderCancelled", "reserved")
    ),
    "a failed reservation keeps the rest": omits(
        "inventory", "release", hears("OrderCreated", "held")
    ),
    "sold goods are freed by a cancellation": answers(
        "inventory", hears("OrderCancelled", "sold"), freed_too
    ),
    "a cancellation of sold goods is not answered": ignores(
        "inventory", hears("OrderCancelled", "sold")
    ),
    "a cancellation of sold goods is answered only for a loss": ignores(
        "inventory", cancelled_although_sold
    ),
    "a nudge for sold goods is not answered": ignores("inventory", hears("OrderCreated", "sold")),
    "a first scan moves no stock": omits("inventory", "sell", hears(FIRST_SCAN, "reserved")),
    "only a first scan sells": ignores(
        "inventory", lambda _word, signal: signal.type == "DeliveryCompleted"
    ),
    "lost goods are freed": decides(always_restocked),
    "what was freed and taken is not counted": ignores("inventory", taken_after_release),
    "a scan of a void label is ignored": decides(void_label_ignored),
    "lost goods that arrive open no ticket": decides(found_goods_ignored),
    "a ticket stands in for a compensation": decides(ticket_instead_of_compensation),
    "a waiting payment does not answer a cancellation": keeps_quiet(
        "payment", hears("OrderCancelled", "waiting")
    ),
    "a waiting payment keeps its intent": omits(
        "payment", "stop", hears("OrderCancelled", "waiting", "authorised")
    ),
    "payment captures after its tombstone": says(
        "payment", hears("Authorised", "failed"), captured_again
    ),
    "a late authorisation stays on the card": omits(
        "payment", "stop", hears("Authorised", "failed")
    ),
    "no intent is ever cancelled": omits("payment", "stop", always),
    "an early authorisation is forgotten": ignores("payment", hears("Authorised", "", "idle")),
    "the third decline is not told": keeps_quiet("payment", hears("Declined", "waiting", "idle")),
    "payment takes its word back": says("payment", hears("Succeeded", "failed"), word_taken_back),
}
