"""Every way in which one order's world can go on.

The order, three participants, the mail of eleven cursors, the card network, the carrier, and what
is left of the faults. There is no inbox: every event may be seen again.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from domain.events import HUB_OF
from domain.saga import Facets, Limits, Publish, Signal, Status, Word, stage, status, timer
from tests.domain.saga.decisions import Decisions, OrderStep
from tests.domain.saga.scenario import (
    CARRIER_FACTS,
    CURSORS,
    FIRST_SCAN,
    NETWORK_FACTS,
    PARTICIPANTS,
    READERS,
    REFUNDS,
    SHIPPING_WORDS,
    TRACKER,
    Case,
    Faults,
    Functions,
)
from tests.domain.saga.world import Broken, Counts, Letter, Outside, World, count, send

PAYMENT: Final = PARTICIPANTS.index("payment")


class Multiverse:
    """All worlds that follow from one case, one set of faults, and with or without a wish to
    cancel.
    """

    def __init__(self, functions: Functions, case: Case, faults: Faults, *, cancel: bool) -> None:
        limits = Limits(max_nudges=1) if faults.hasty else Limits()
        self.case = case
        self.faults = faults
        self.cancel = cancel
        self.harmless = harmless_repetitions(case)
        self.decisions = Decisions(
            functions, limits, {name: case.can(name) for name in PARTICIPANTS}
        )

    def start(self) -> World:
        """The order has just been placed; its stock is held."""
        placed = self.decisions.placed()
        held, nothing = map(self.decisions.words.number, (Word("held"), Word("")))
        return World(
            placed.order,
            (held, nothing, nothing),
            send(((),) * len(CURSORS), placed.letters),
            self.faults.redeliveries,
            self.faults.losses,
            (),
            Outside(
                self.cancel,
                may_scan=self.case.scanned,
                may_go_unanswered=self.case.unanswered,
                may_meddle=self.case.aside is not None,
            ),
            Counts(),
        )

    def order(self, world: World) -> Facets:
        """The order of a world."""
        return self.decisions.orders.values[world.order]

    def word(self, world: World, participant: str) -> Word:
        """The word that a participant has recorded in a world."""
        return self.decisions.words.values[world.words[PARTICIPANTS.index(participant)]]

    def must_follow(self, world: World) -> list[World]:
        """What will happen unless something else does first; nothing: the world has come to rest."""
        worlds = [*self._deliveries(world), *self._replays(world)]
        worlds += self._carrier_facts(world)
        worlds += self._network_facts(world)
        if self.faults.hasty or self._is_still(world):
            worlds += self._time_outs(world)
        return worlds

    def may_follow(self, world: World) -> Iterator[World]:
        """What a person or the carrier may do, or not."""
        outside = world.outside
        if outside.may_cancel:
            changed = outside._replace(may_cancel=False)
            wish = Signal("CancelOrder", "", reason="customer")
            yield self._tell_order(world._replace(outside=changed), wish)
        if outside.may_scan and world.counts.label and not outside.goods_left:
            changed = outside._replace(may_scan=False, goods_left=1)
            yield self._announce(world._replace(outside=changed), FIRST_SCAN)
        if self.case.aside and outside.may_meddle:
            yield from self._meddle(world, self.case.aside)

    def _meddle(self, world: World, aside: Signal) -> Iterator[World]:
        counts = world.counts
        if aside.type in REFUNDS:
            if counts.refund or not counts.charge:
                return  # there is nothing to give back
            counts = counts._replace(refund=1)
        changed = world._replace(outside=world.outside._replace(may_meddle=False), counts=counts)
        if aside.type == "Refunded":  # a fact, which only payment hears
            yield self._tell_participant(changed, PAYMENT, self.decisions.signals.number(aside))
        else:
            yield self._announce(changed, aside)

    def _deliveries(self, world: World) -> Iterator[World]:
        for cursor, letters in enumerate(world.mail):
            if not letters:
                continue
            signal = letters[0]
            if self._goes_unanswered(world, READERS[cursor], signal):
                yield charged_unheard(world)
                continue
            read = (*world.mail[:cursor], letters[1:], *world.mail[cursor + 1 :])
            delivered = world._replace(mail=read)
            yield self._hear(delivered, cursor, signal)
            if world.redeliveries:  # a crash after the commit, before the checkpoint
                again = world._replace(redeliveries=world.redeliveries - 1)
                yield self._hear(again, cursor, signal)
            if world.losses:  # poisoned: skipped without effect
                yield delivered._replace(losses=world.losses - 1, parked=self._park(cursor, signal))

    def _park(self, cursor: int, signal: int) -> tuple[Letter, ...]:
        """Parked events matter when they are replayed, and where they explain the end: on the
        shipping hub.
        """
        explains = self.decisions.signals.values[signal].kind in SHIPPING_WORDS
        return ((cursor, signal),) if self.faults.replayed or explains else ()

    def _replays(self, world: World) -> Iterator[World]:
        if self.faults.replayed:
            for cursor, signal in world.parked:
                yield self._hear(world._replace(parked=()), cursor, signal)

    def _carrier_facts(self, world: World) -> Iterator[World]:
        outside = world.outside
        if outside.may_ship and status(self.order(world)) == Status.PROCESSING:
            changed = outside._replace(may_ship=False, goods_left=1)
            yield self._tell_order(world._replace(outside=changed), Signal("MarkShipped", ""))
        if self._carrier_will_tell(world):
            fact = CARRIER_FACTS[self.case.fate][outside.carrier_told]
            changed = outside._replace(carrier_told=outside.carrier_told + 1)
            yield self._announce(world._replace(outside=changed), fact)

    def _carrier_will_tell(self, world: World) -> bool:
        facts = CARRIER_FACTS[self.case.fate]
        return bool(world.outside.goods_left) and world.outside.carrier_told < len(facts)

    def _network_facts(self, world: World) -> Iterator[World]:
        letter = self._next_network_fact(world)
        if not letter:
            return
        outside = world.outside._replace(network_told=world.outside.network_told + 1)
        counts = world.counts
        if letter == "A":  # the card holds the money, whatever was cancelled before
            counts = counts._replace(stop=0)
        if letter == "S":  # the network has taken the money by itself
            counts = counts._replace(charge=1)
        told = world._replace(outside=outside, counts=counts)
        fact = self.decisions.signals.number(Signal(NETWORK_FACTS[letter], ""))
        if self._goes_unanswered(world, "payment", fact):
            yield charged_unheard(world)
            return
        yield self._tell_participant(told, PAYMENT, fact)

    def _next_network_fact(self, world: World) -> str:
        """The letter of the next fact; a capture succeeds after all when it seemed to fail or went unheard."""
        letter = self.case.network[world.outside.network_told :][:1]
        seemed_to_fail = self.word(world, "payment") == Word("failed", "capture")
        went_unheard = self.case.unanswered and world.counts.charge
        return "" if letter == "S" and not (seemed_to_fail or went_unheard) else letter

    def _goes_unanswered(self, world: World, reader: str, signal: int) -> bool:
        """Whether this signal makes payment capture, and the answer is the one that is lost."""
        if reader != "payment" or not world.outside.may_go_unanswered:
            return False
        step = self.decisions.of_participant(PAYMENT, world.words[PAYMENT], signal)
        return "charge" in step.verbs

    def _is_still(self, world: World) -> bool:
        """Whether nothing is under way, so that a deadline may pass."""
        if any(world.mail) or self._carrier_will_tell(world):
            return False
        return self.case.late or not self._next_network_fact(world)

    def _time_outs(self, world: World) -> Iterator[World]:
        facets = self.order(world)
        now = stage(facets)
        if now:
            deadline = replace(timer("", now, facets.attempt), id="")
            step = self.decisions.of_order(world.order, self.decisions.signals.number(deadline))
            if step.changed:
                yield self._after(world, step)

    def _hear(self, world: World, cursor: int, signal: int) -> World:
        reader = READERS[cursor]
        if reader == TRACKER:
            return self._after(world, self.decisions.of_order(world.order, signal))
        return self._tell_participant(world, PARTICIPANTS.index(reader), signal)

    def _tell_order(self, world: World, signal: Signal) -> World:
        return self._after(
            world, self.decisions.of_order(world.order, self.decisions.signals.number(signal))
        )

    def _announce(self, world: World, fact: Signal) -> World:
        """A fact as our webhook publishes it, or as somebody else's event."""
        event = Publish(HUB_OF[fact.type], fact.type, "", fact.reason, status=fact.status)
        letters = self.decisions.letters((event,))
        return world._replace(mail=send(world.mail, letters))

    def _after(self, world: World, step: OrderStep) -> World:
        return world._replace(order=step.order, mail=send(world.mail, step.letters))

    def _tell_participant(self, world: World, index: int, signal: int) -> World:
        step = self.decisions.of_participant(index, world.words[index], signal)
        words = (*world.words[:index], step.word, *world.words[index + 1 :])
        outside = world.outside
        if index == PAYMENT and self.decisions.signals.values[signal].type == "OrderCancelled":
            outside = outside._replace(payment_must_stop=True)
        if "charge" in step.verbs:
            self._check_charge(world)
        return world._replace(
            words=words,
            mail=send(world.mail, step.letters),
            outside=outside,
            counts=count(world.counts, step.verbs, self.harmless),
        )

    def _check_charge(self, world: World) -> None:
        if world.outside.payment_must_stop:
            raise Broken("captured after it was told to stop", self.decisions.describe(world))
        if self.word(world, "payment").phase == "failed":
            raise Broken("captured after it had said that the payment failed")


def harmless_repetitions(case: Case) -> frozenset[str]:
    """The effects whose repetition the outside knows by its key, or refuses because it is done already."""
    known = {"stop"}
    if case.unanswered:
        known.add("charge")
    if case.aside and case.aside.type in REFUNDS:
        known.add("refund")
    return frozenset(known)


def charged_unheard(world: World) -> World:
    """The money is taken, nothing is recorded, and the signal will come again."""
    outside = world.outside._replace(may_go_unanswered=False)
    return world._replace(outside=outside, counts=world.counts._replace(charge=1))
