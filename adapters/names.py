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
    "Orders": ("created_at", "sequence"),
    "Shipments": ("created_at",),
    "Reviews": ("created_at",),
    "AuditLogs": ("timestamp",),
    "DeadLetters": ("parked_at",),
}
_FILTERED = {
    "Orders": ("due",),
    "Shipments": ("status",),
    "PaymentEvents": ("state",),
}

CONTAINERS = tuple(
    Container(name, key, _SORTED.get(name, ()), _FILTERED.get(name, ()))
    for name, key in PARTITION_KEYS.items()
)
"""Every container of the database."""

HUBS = tuple(GROUPS_BY_HUB)
"""Every hub of the namespace."""
