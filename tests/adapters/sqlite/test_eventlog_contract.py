"""The log in the store file keeps the contract of the events port."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from adapters.embedded.clock import SystemClock
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from tests.adapters.events_contract import EventsContract, Hubs, Kept


class TestEventLog(EventsContract):
    """The embedded end."""

    @pytest.fixture
    async def hubs(self, tmp_path: Path) -> AsyncIterator[Hubs]:
        file = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
        log = EventLog(file, SystemClock())

        async def read() -> Sequence[Kept]:
            return [
                Kept(each.hub, str(each.partition), each.key, each.body.decode(), each.properties)
                for each in await log.read_after(0, 1000)
            ]

        yield Hubs(log, read)
        file.close()
