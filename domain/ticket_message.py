"""What was said on a ticket: a document of its own for each message, so that a ticket stays small."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Self

from domain.entity import Entity


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says: the id of the message is known before it is said, so that it is said once."""

    message_id: str
    author_id: str
    text: str
    at: datetime


class TicketMessage(Entity):
    """One message, in the ticket's partition; ``sequence`` is its place on the ticket, from 1.

    What ``is_internal`` is a note among staff.
    """

    kind: ClassVar[str] = "ticket-message"
    container: ClassVar[str] = "Tickets"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    ticket_id: str
    author_id: str
    author_type: Literal["customer", "staff"]
    message: str
    is_internal: bool = False
    sequence: int
    created_at: datetime

    def anonymised(self) -> Self:
        """That something was said, and not what."""
        return self.but(message="")


def message_id_of(opening: str) -> str:
    """The id of the message that this request says."""
    return f"message:{opening}"
