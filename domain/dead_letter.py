"""An event that could not be applied, kept until a person has looked."""

from datetime import datetime
from typing import ClassVar, Final, Self

from domain.document_id import outside_part
from domain.entity import Audited
from domain.errors import NotFound, RuleBroken
from domain.moment import Moment

MOST_BODY_CHARACTERS: Final = 200_000
"""Of a body that is larger, only the beginning is kept: it is no event of ours."""

REPLAYED_TTL_SECONDS: Final = 90 * 24 * 3600
"""How long a letter is kept after its event was published again; one that waits stays."""


class LetterNotFound(NotFound):
    """Nothing is parked under that id."""

    code = "DEAD_LETTER_NOT_FOUND"
    message = "There is no such parked event."


class NotReplayable(RuleBroken):
    """What was parked is no event: to publish it again would only park it again."""

    code = "NOT_REPLAYABLE"
    message = "What was parked cannot be read as an event, so it cannot be published again."


class DeadLetter(Audited):
    """A parked event; id of ``letter_id``. ``body`` is what arrived, to the letter.

    ``replayed_at`` is when it was last published again, as long as it has not come back since.
    """

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

    def come_back(self, again: Self) -> Self:
        """The letter after the event could not be applied once more: ``again`` says how, and it waits anew."""
        told = {name: getattr(again, name) for name in ("reason", "detail", "parked_at")}
        attempts = self.attempts + again.attempts
        return self.but(attempts=attempts, replayed_at=None, ttl=None, **told)

    def replayed(self, at: datetime) -> Self:
        """The letter whose event was published again."""
        return self.but(replayed_at=at, ttl=REPLAYED_TTL_SECONDS)


def letter_id(group: str, event_id: str) -> str:
    """The id of a group's letter about an event: ``<group>:<event id>``."""
    return f"{group}:{outside_part(event_id)}"
