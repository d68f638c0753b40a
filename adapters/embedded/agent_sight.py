"""What the stand-ins of the agents can see, and how they read what they are asked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.embedded.parcels import Parcel

type Answer = dict[str, Any]
type Payload = Mapping[str, Any]

MOST_RESULTS: Final = 50


async def _nothing(_query: str, _limit: int) -> Sequence[Mapping[str, Any]]:
    return ()


async def _unknown(_name: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Sight:
    """What the agents can see.

    ``search(query, limit)`` finds products as mappings with ``sku`` and, where known, ``name``,
    ``description``, ``brand``, ``price``, ``currency``, ``url``, ``image_url``, ``available``,
    ``attributes``; ``available(sku)`` is the stock; ``parcel(tracking_id)`` what the carrier knows.
    """

    search: Callable[[str, int], Awaitable[Sequence[Mapping[str, Any]]]] = _nothing
    available: Callable[[str], Awaitable[int | None]] = _unknown
    parcel: Callable[[str], Awaitable[Parcel | None]] = _unknown


def count(payload: Payload, name: str, usual: int) -> int:
    """A whole number of the payload, or the usual one where it is missing or no count."""
    value = payload.get(name, usual)
    return value if isinstance(value, int) and value >= 0 else usual


def items(payload: Payload, name: str) -> list[Any]:
    """A list of the payload, empty where it is missing or no list."""
    value = payload.get(name)
    return value if isinstance(value, list) else []
