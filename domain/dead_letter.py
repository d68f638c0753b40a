"""An event that could not be applied, kept until a person has looked."""

from typing import ClassVar

from domain.document_id import outside_part
from domain.entity import Audited
from domain.moment import Moment

MOST_BODY_CHARACTERS = 200_000
"""Of a body that is larger, only the beginning is kept: it is no event of ours."""


class DeadLetter(Audited):
    """A parked event; id of ``letter_id``. ``body`` is what arrived, to the letter."""

    kind: ClassVar[str] = "dead-letter"
    container: ClassVar[str] = "DeadLetters"
    partition_field: ClassVar[str] = "hub"
    personal: ClassVar[frozenset[str]] = frozenset({"body"})

    hub: str
    group: str
    event_id: str
    event_type: str = ""
    reason: str
    detail: str
    body: str
    attempts: int
    parked_at: Moment
    replayed_at: Moment | None = None


def letter_id(group: str, event_id: str) -> str:
    """The id of a group's letter about an event: ``<group>:<event id>``."""
    return f"{group}:{outside_part(event_id)}"
