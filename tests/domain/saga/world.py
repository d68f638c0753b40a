"""One order's whole world at one moment, as a small tuple of numbers."""

from typing import NamedTuple

type Letter = tuple[int, int]
"""A cursor and an interned signal."""

type Mail = tuple[tuple[int, ...], ...]
"""What each cursor has not read yet, interned, in the order of its hub."""


class Broken(AssertionError):
    """A law does not hold."""


class Counts(NamedTuple):
    """How often each outside effect was really done, counted outside."""

    reserve: int = 0
    release: int = 0
    sell: int = 0
    correct: int = 0
    charge: int = 0
    refund: int = 0
    label: int = 0
    void: int = 0
    stop: int = 0


class Outside(NamedTuple):
    """What the customer, staff, the carrier and the network may still do, and have done."""

    may_cancel: bool
    may_ship: bool = True
    may_scan: bool = False
    goods_left: int = 0
    carrier_told: int = 0
    network_told: int = 0
    payment_must_stop: bool = False
    may_go_unanswered: bool = False
    may_meddle: bool = False


class World(NamedTuple):
    """One reachable situation."""

    order: int
    words: tuple[int, ...]
    mail: Mail
    redeliveries: int
    losses: int
    parked: tuple[Letter, ...]
    outside: Outside
    counts: Counts


def send(mail: Mail, letters: tuple[Letter, ...]) -> Mail:
    """The mail with new letters at the end of their queues."""
    if not letters:
        return mail
    queues = list(mail)
    for cursor, signal in letters:
        queues[cursor] = (*queues[cursor], signal)
    return tuple(queues)


def count(counts: Counts, verbs: tuple[str, ...], harmless: frozenset[str]) -> Counts:
    """The counts after these effects; a harmless repetition is not counted twice."""
    for verb in verbs:
        done: int = getattr(counts, verb)
        counts = counts._replace(**{verb: 1 if verb in harmless else done + 1})
    return counts
