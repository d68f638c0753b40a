"""The names of everything outside: containers, hubs and groups. Bicep, emulators and code read this list."""

from dataclasses import dataclass

from domain.containers import PARTITION_KEYS
from domain.events import GROUPS_BY_HUB

DATABASE = "holiday-peak-hub"


@dataclass(frozen=True, slots=True)
class Container:
    """A container: its partition key, and the paths that are filtered or sorted, each an index.

    ``sorted_by`` are paths that a page of one partition is ordered by; ``filtered_by`` are paths that
    a sweep through all partitions looks for. A document of any of them may carry a ``ttl`` in seconds:
    events, markers and idempotency records lie beside every kind.
    """

    name: str
    partition_key: str
    sorted_by: tuple[str, ...] = ()
    filtered_by: tuple[str, ...] = ()


_SORTED = {
    "Products": ("price.amount", "name_folded", "created_at", "rating", "popularity"),
    "SearchIndex": ("rank",),
    "Orders": ("created_at",),
    "Shipments": ("created_at",),
    "Reviews": ("created_at",),
    "Tickets": ("created_at",),
    "AuditLogs": ("timestamp",),
    "DeadLetters": ("parked_at",),
}
_SORTED_EVERYWHERE = ("sequence",)
"""Events lie beside every kind, and what one aggregate says is relayed in its order."""

WAITING = "waiting_since"
SWEPT_EVERYWHERE = ("sent_at", WAITING)
"""What sweeps look for in every container: missing in an outbox document while it is unsent, and there in an
audit record while it is not projected."""

_FILTERED = {
    "Orders": ("due", "charged_at"),
    "Shipments": ("status",),
    "PaymentEvents": ("state",),
    "Users": ("leaves_traces",),
}


def _sorted_by(name: str) -> tuple[str, ...]:
    return (*_SORTED.get(name, ()), *_SORTED_EVERYWHERE)


CONTAINERS = tuple(
    Container(name, key, _sorted_by(name), _FILTERED.get(name, ()))
    for name, key in PARTITION_KEYS.items()
)
"""Every container of the database."""

ORDERS_BY_CONTAINER = {each.name: frozenset({"id", *each.sorted_by}) for each in CONTAINERS}
"""The paths that a page of each container may be ordered by."""

HUBS = tuple(GROUPS_BY_HUB)
"""Every hub of the namespace."""
