"""Publishing events, and the place for those that nobody could apply."""

from collections.abc import Sequence
from typing import Protocol

from domain.events import Event
from usecases.ports.faults import PortFault


class EventsBusy(PortFault):
    """The hub did not take all events; some may have been taken. Publish the same ones again."""


class Events(Protocol):
    """The seven hubs, to write to; reading is the Functions host's work."""

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        """Append to the partition of ``key``, in this order, at least once. Raises ``EventsBusy``."""

    async def check(self) -> None:
        """Return when the hubs can be reached. Raises ``EventsBusy``."""
