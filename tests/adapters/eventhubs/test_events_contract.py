"""The end in Azure keeps the contract of the events port, through the official SDK over a socket."""

from collections.abc import Sequence

import pytest

from adapters.eventhubs.events import EventHubsEvents
from tests.adapters.eventhubs.conftest import kept
from tests.adapters.events_contract import EventsContract, Hubs, Kept
from tools.eventhubs_emulator.server import Emulator


class TestEventHubs(EventsContract):
    """The cloud end."""

    @pytest.fixture
    def hubs(self, emulator: Emulator, events: EventHubsEvents) -> Hubs:
        async def read() -> Sequence[Kept]:
            return kept(emulator.namespace)

        return Hubs(events, read)
