"""What happened to an order, step by step, for staff."""

from typing import ClassVar

from domain.document_id import outside_part
from domain.entity import Entity
from domain.moment import Moment


class TimelineEntry(Entity):
    """One step: who acted, on what, and what followed; written in the batch of the step itself.

    ``cause`` is the command, event or deadline; ``state`` is the status or word after it; ``published``
    are the event types that it told.
    """

    kind: ClassVar[str] = "timeline"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    order_id: str
    actor: str
    cause: str
    cause_id: str
    state: str
    published: tuple[str, ...] = ()
    created_at: Moment


def entry_id(order_id: str, actor: str, cause_id: str) -> str:
    """The id of the step: the same cause makes one entry for each actor."""
    return f"step:{order_id}:{actor}:{outside_part(cause_id)}"
