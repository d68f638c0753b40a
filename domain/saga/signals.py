"""What comes into the saga and what it asks for: small frozen values, without any I/O.

A ``Signal`` is a command, a hub event, a fact of the card network, or a timer. The effects are
asked for and not yet done: the caller commits the new state together with each ``Publish`` in one
transaction, and does each ``Do`` before that, under its key.
"""

from dataclasses import dataclass
from typing import Final

from domain.events import HUB_OF, event_id
from domain.saga import names


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that happened, reduced to what the saga decides by.

    ``id`` is the event's or command's own id: the same id twice is the same cause, and gives the
    same ids to what follows. ``reason`` and ``restock`` travel with OrderCancelled and with words
    that undo something, ``status`` with ShipmentStatusUpdated, ``stage`` and ``attempt`` with a
    Timer.
    """

    type: str
    id: str
    reason: str = ""
    restock: bool = True
    status: str = ""
    stage: str = ""
    attempt: int = 0

    @property
    def kind(self) -> str:
        """The type, with the status where that tells what happened:
        ``ShipmentStatusUpdated:failed``.
        """
        if self.type == names.SHIPMENT_STATUS_UPDATED:
            return f"{self.type}:{self.status}"
        return self.type


@dataclass(frozen=True, slots=True)
class Publish:
    """An event for a hub, keyed by the order.

    ``id`` follows from its cause, so that a repeated decision publishes a duplicate and no second
    event. Of StockLevelChanged ``reason`` is the cause of the change: sale, adjustment or return.
    """

    hub: str
    type: str
    id: str
    reason: str = ""
    restock: bool = True
    status: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """Set the one deadline to the length of this stage; when it passes, ``timer`` is the signal.

    A deadline that has passed is spent: the caller clears it when the decision arms no other.
    """

    stage: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Disarm:
    """Clear the deadline: nothing is waited for that a machine owes."""


@dataclass(frozen=True, slots=True)
class Do:
    """An outside effect; its key makes a repetition harmless, ``key_for`` fills in whose it is."""

    verb: str
    key: str

    def key_for(self, order_id: str, return_id: str = "") -> str:
        """The idempotency key, such as ``o-1:charge``; only the effects of a return need
        ``return_id``.
        """
        return self.key.format(order=order_id, **{"return": return_id})


@dataclass(frozen=True, slots=True)
class Reject:
    """A command came too late or too early: a stable code for the answer; nothing has changed."""

    code: str


type Effect = Publish | Arm | Disarm | Do | Reject


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient the saga is.

    ``max_nudges``: how often a request is repeated before it is given up; ``max_declines``: with
    which declined card the payment fails.
    """

    max_nudges: int = 2
    max_declines: int = 3


DEFAULT_LIMITS: Final = Limits()


def publish(consumer: str, signal: Signal, event_type: str) -> Publish:
    """The bare event that a consumer publishes because of a signal; its hub follows from the type.

    No decision publishes a type twice, so that each cause gives each consumer one id for a type.
    """
    return Publish(HUB_OF[event_type], event_type, event_id(consumer, signal.id, event_type))


def timer(subject_id: str, stage: str, attempt: int) -> Signal:
    """The deadline of an order or a return has passed; each attempt is a cause of its own."""
    return Signal(names.TIMER, f"{subject_id}:{stage}:{attempt}", stage=stage, attempt=attempt)
