"""Documents that the store writes beside an entity, in the same partition and the same batch."""

from datetime import datetime
from functools import cache
from typing import Any, ClassVar, cast

from domain.containers import PARTITION_KEYS
from domain.entity import Entity
from domain.events import Event
from domain.moment import Moment

OUTBOX_TTL_SECONDS = 8 * 24 * 3600
"""How long a sent outbox document is kept for replay: a day longer than the hubs keep events."""

MARKER_TTL_SECONDS = 8 * 24 * 3600
"""How long a consumed event is remembered: a day longer than the hubs can deliver it again."""


class Outbox(Entity):
    """Events that follow from a commit; unsent while ``sent_at`` is missing.

    ``key`` is the events' partition key and ``sequence`` the first event's, so that what one aggregate
    says is relayed in order.
    """

    kind: ClassVar[str] = "outbox"

    key: str
    sequence: int
    events: tuple[Event, ...]
    created_at: Moment
    sent_at: datetime | None = None


class Marker(Entity):
    """An event that a consumer group has applied; id ``in:<group>:<event_id>``."""

    kind: ClassVar[str] = "marker"


class AuditRecord(Entity):
    """Who changed what: before and after by field, chained to the entity's previous record by hash.

    It has ``waiting_since`` until it is in the audit's container too, and then ``projected_at`` instead.
    Neither is hashed.
    """

    kind: ClassVar[str] = "audit"

    entity_type: str
    entity_id: str
    action: str
    actor_id: str
    actor_type: str
    changes: dict[str, dict[str, Any]]
    previous: str
    hash: str
    correlation_id: str
    timestamp: Moment
    waiting_since: Moment | None = None
    projected_at: Moment | None = None


@cache
def beside[C: Entity](kind: type[C], container: str) -> type[C]:
    """The companion kind as it lies in ``container``, with that container's partition key."""
    field = PARTITION_KEYS[container]
    members = {
        "__annotations__": {field: str},
        "__module__": kind.__module__,
        "container": container,
        "partition_field": field,
    }
    return cast("type[C]", type(f"{container}{kind.__name__}", (kind,), members))
