"""A ticket: what a customer asks of the shop, or what the shop itself puts before a person.

    new ── assign ──▶ assigned ──▶ in_progress ──▶ resolved ──▶ closed
                                        ▲              │
                                        └── reopened ──┘   by staff, or by the customer's reply

Whoever is named in it may leave the shop: then the ticket stays, and its words go.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self

from domain.access import Trace
from domain.entity import Audited
from domain.errors import Conflict, NotFound, RuleBroken
from domain.events import Event, event_id
from domain.moment import Moment
from domain.ticket_message import TicketMessage, Words

type TicketStatus = Literal["new", "assigned", "in_progress", "resolved", "closed"]
type TicketPriority = Literal["low", "normal", "high", "urgent"]
type TicketTopic = Literal[
    "question", "order", "delivery", "payment", "return", "product", "account"
]
"""What a customer may ask about."""
type TicketType = TicketTopic | Literal["incident"]
"""An ``incident`` is what the saga of an order hands to a person."""

TRANSITIONS: Final[Mapping[TicketStatus, frozenset[TicketStatus]]] = {
    "new": frozenset({"assigned"}),
    "assigned": frozenset({"in_progress"}),
    "in_progress": frozenset({"resolved"}),
    "resolved": frozenset({"closed", "in_progress"}),
    "closed": frozenset(),
}
"""The only table of where a ticket may go from where it is."""

ENDED: Final = frozenset({"resolved", "closed"})
LONGEST_TEXT: Final = 5_000
LONGEST_SUBJECT: Final = 200
MOST_MESSAGES: Final = 80
"""A ticket with all its messages is one batch of the store, so that its words can be erased at once."""
KEPT_FOR_STAFF: Final = 20
"""So many of the messages the customer cannot use up."""
_TOLD: Final = ("status", "assigned_to", "resolution", "message_count", "is_anonymous")


class TicketNotFound(NotFound):
    """There is no such ticket, or it is not the caller's."""

    code = "TICKET_NOT_FOUND"
    message = "There is no such ticket, or it is not yours."


class WrongStatus(Conflict):
    """The ticket cannot go there from where it is; ``allowed`` names where it can go."""

    code = "TICKET_STATUS"
    message = "The ticket cannot go to that status from the one it has."


class TicketClosed(Conflict):
    """A closed ticket stays as it is."""

    code = "TICKET_CLOSED"
    message = "The ticket is closed; open another one."


class TicketUnassigned(RuleBroken):
    """Nobody has the ticket yet."""

    code = "TICKET_UNASSIGNED"
    message = "Assign the ticket to a member of staff first."


class TicketFull(RuleBroken):
    """The ticket takes no more messages."""

    code = "TICKET_FULL"
    message = "The ticket has too many messages; open another one."


class TicketErased(RuleBroken):
    """The customer has left the shop: nothing is written about them any more."""

    code = "TICKET_ERASED"
    message = "The customer has left the shop; the ticket takes no more text."


class ResolutionTooEarly(RuleBroken):
    """How it was resolved can be said when it is."""

    code = "RESOLUTION_TOO_EARLY"
    message = "A resolution belongs to a ticket that is resolved or closed."


class Ticket(Audited):
    """A ticket, in its customer's partition; every change of it is told and counted by ``sequence``.

    ``reference`` names what the shop itself has opened it for; such a one ``is_internal``: for staff only.
    ``message_count`` counts all that was said after the description, internal notes too.
    """

    kind: ClassVar[str] = "ticket"
    container: ClassVar[str] = "Tickets"
    partition_field: ClassVar[str] = "user_id"
    personal: ClassVar[frozenset[str]] = frozenset({"subject", "description", "resolution"})

    user_id: str
    ticket_id: str
    ticket_number: str
    type: TicketType
    priority: TicketPriority = "normal"
    status: TicketStatus = "new"
    subject: str
    description: str
    order_id: str = ""
    reference: str = ""
    assigned_to: str = ""
    resolution: str = ""
    is_internal: bool = False
    is_anonymous: bool = False
    message_count: int = 0
    sequence: int = 0
    created_at: Moment
    updated_at: datetime
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None

    def assigned(self, staff_id: str, at: datetime) -> Self:
        """The ticket in that person's hands; a new one is ``assigned`` by it. Raises ``TicketClosed``."""
        if self.status == "closed":
            raise TicketClosed
        if self.assigned_to == staff_id:
            return self
        status = "assigned" if self.status == "new" else self.status
        return self.but(assigned_to=staff_id, status=status, updated_at=at)

    def moved(self, status: TicketStatus, at: datetime, resolution: str = "") -> Self:
        """The ticket at that status; where it is there already, only a new ``resolution`` changes it.

        Raises ``WrongStatus``, ``TicketUnassigned``, ``ResolutionTooEarly`` and ``TicketErased``.
        """
        if status not in TRANSITIONS[self.status] | {self.status}:
            raise WrongStatus(status=self.status, allowed=sorted(TRANSITIONS[self.status]))
        if status != "new" and not self.assigned_to:
            raise TicketUnassigned
        if resolution and status not in ENDED:
            raise ResolutionTooEarly
        if resolution and self.is_anonymous:
            raise TicketErased
        moved = self._at(status, at)
        moved = moved.but(resolution=resolution) if resolution else moved
        return moved.but(updated_at=at) if moved != self else self

    def replied(self, words: Words) -> tuple[Self, TicketMessage]:
        """The ticket after its customer said something, and the message; a resolved one is open again.

        Raises ``TicketClosed``, ``TicketFull`` and ``TicketErased``.
        """
        self._check_takes(MOST_MESSAGES - KEPT_FOR_STAFF)
        status: TicketStatus = "in_progress" if self.status == "resolved" else self.status
        return self._at(status, words.at)._with(words, "customer")

    def responded(self, words: Words, *, is_internal: bool) -> tuple[Self, TicketMessage]:
        """The ticket after staff answered, or wrote a note that no customer sees, and the message.

        Raises ``TicketClosed``, ``TicketFull`` and ``TicketErased``.
        """
        self._check_takes(MOST_MESSAGES)
        after, message = self._with(words, "staff")
        if is_internal:
            return after, message.but(is_internal=True)
        return after.but(first_response_at=self.first_response_at or words.at), message

    def anonymised(self, at: datetime) -> Self:
        """The ticket without the person: what became of it stays, what was said does not."""
        return self.but(subject="", description="", resolution="", is_anonymous=True, updated_at=at)

    def changed_since(self, before: "Ticket") -> tuple[str, ...]:
        """The names of what has changed and is told."""
        return tuple(name for name in _TOLD if getattr(self, name) != getattr(before, name))

    def telling(
        self, changed: tuple[str, ...] = (), *, trace: Trace, at: datetime
    ) -> tuple[Self, Event]:
        """The ticket with one event more, and the event: ``TicketCreated`` where nothing has changed yet."""
        told = self.but(sequence=self.sequence + 1)
        type_ = _event_type(self.status, changed)
        event = Event(
            event_id=event_id("tickets", self.ticket_id, type_, told.sequence),
            event_type=type_,
            timestamp=at,
            subject=self.ticket_id,
            sequence=told.sequence,
            data=self._news() | {"changed": list(changed)},
            correlation_id=trace.correlation_id,
            causation_id=trace.causation_id,
            traceparent=trace.traceparent,
        )
        return told, event

    def _news(self) -> dict[str, Any]:
        about = {"order_id": self.order_id} if self.order_id else {}
        return about | {
            "ticket_id": self.ticket_id,
            "ticket_number": self.ticket_number,
            "user_id": self.user_id,
            "type": self.type,
            "priority": self.priority,
            "status": self.status,
        }

    def _at(self, status: TicketStatus, at: datetime) -> Self:
        """At the status, with what was resolved told only while it is."""
        if status in ENDED:
            return self.but(status=status, resolved_at=self.resolved_at or at)
        return self.but(status=status, resolved_at=None, resolution="")

    def _check_takes(self, most: int) -> None:
        if self.status == "closed":
            raise TicketClosed
        if self.is_anonymous:
            raise TicketErased
        if self.message_count >= most:
            raise TicketFull(most=most)

    def _with(
        self, words: Words, author_type: Literal["customer", "staff"]
    ) -> tuple[Self, TicketMessage]:
        number = self.message_count + 1
        message = TicketMessage(
            id=words.message_id,
            user_id=self.user_id,
            ticket_id=self.ticket_id,
            author_id=words.author_id,
            author_type=author_type,
            message=words.text,
            sequence=number,
            created_at=words.at,
        )
        return self.but(message_count=number, updated_at=words.at), message


def _event_type(status: TicketStatus, changed: tuple[str, ...]) -> str:
    if not changed:
        return "TicketCreated"
    is_resolved = status == "resolved" and "status" in changed
    return "TicketResolved" if is_resolved else "TicketUpdated"
