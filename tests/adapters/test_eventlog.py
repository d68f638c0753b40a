"""The partitioned log in the store file."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from domain.events import Event
from usecases.ports.events import EventsBusy

NOON = datetime(2031, 1, 1, 12, tzinfo=UTC)


class HandClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Be there at once."""
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[SqliteFile]:
    """A store file."""
    opened = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield opened
    opened.close()


def created(key: str, number: int, **fields: Any) -> Event:
    """An OrderCreated event."""
    known: dict[str, Any] = {"data": {"order_id": key, "number": number}, **fields}
    return Event(
        event_id=f"{key}-{number}",
        event_type="OrderCreated",
        timestamp=NOON,
        subject=key,
        correlation_id="correlation",
        causation_id="cause",
        **known,
    )


async def test_an_event_is_read_as_it_was_published(file: SqliteFile) -> None:
    log = EventLog(file, HandClock())
    event = created("o-1", 1, traceparent="00-a-b-01")

    await log.publish("order-events", "o-1", [event])

    (record,) = await log.read_after(0, 10)
    assert (record.sequence, record.hub, record.key) == (1, "order-events", "o-1")
    assert record.partition == log.partition_of("o-1")
    assert record.enqueued == NOON
    assert Event.model_validate_json(record.body) == event
    assert json.loads(record.body)["timestamp"] == "2031-01-01T12:00:00Z"
    assert record.properties == {
        "event_type": "OrderCreated",
        "event_version": "1.0",
        "event_id": "o-1-1",
        "correlation_id": "correlation",
        "causation_id": "cause",
        "order_id": "o-1",
        "traceparent": "00-a-b-01",
        "Diagnostic-Id": "00-a-b-01",
    }


async def test_what_an_event_does_not_have_is_no_property(file: SqliteFile) -> None:
    log = EventLog(file, HandClock())

    await log.publish("user-events", "u-1", [created("u-1", 1, data={})])

    (record,) = await log.read_after(0, 10)
    assert set(record.properties) == {
        "event_type",
        "event_version",
        "event_id",
        "correlation_id",
        "causation_id",
    }


async def test_events_of_one_key_keep_their_order_and_partition(file: SqliteFile) -> None:
    log = EventLog(file, HandClock())

    await log.publish("order-events", "o-1", [created("o-1", 1), created("o-1", 2)])
    await log.publish("order-events", "o-1", [created("o-1", 3)])

    records = await log.read_after(0, 10)
    assert [json.loads(record.body)["data"]["number"] for record in records] == [1, 2, 3]
    assert len({record.partition for record in records}) == 1


async def test_keys_spread_over_all_partitions_and_stay_there(file: SqliteFile) -> None:
    log = EventLog(file, HandClock())

    assert {log.partition_of(f"key-{number}") for number in range(64)} == {0, 1, 2, 3}
    assert [log.partition_of(key) for key in ("o-1", "o-2", "sku-1", "é")] == [2, 0, 2, 2]


async def test_reading_goes_on_after_a_sequence_number_and_is_bounded(file: SqliteFile) -> None:
    log = EventLog(file, HandClock())
    await log.publish("order-events", "o-1", [created("o-1", number) for number in range(5)])

    assert [record.sequence for record in await log.read_after(2, 2)] == [3, 4]
    assert await log.read_after(5, 2) == []
    assert await log.newest() == 5


async def test_an_empty_log_has_no_newest_event(file: SqliteFile) -> None:
    assert await EventLog(file, HandClock()).newest() == 0


async def test_what_is_older_than_a_week_is_trimmed(file: SqliteFile) -> None:
    clock = HandClock()
    log = EventLog(file, clock)
    await log.publish("order-events", "o-1", [created("o-1", 1), created("o-1", 2)])
    clock.moment += timedelta(days=1)
    await log.publish("order-events", "o-1", [created("o-1", 3)])

    clock.moment = NOON + timedelta(days=7)
    none_yet = await log.trim()
    clock.moment += timedelta(seconds=1)
    trimmed, again = await log.trim(), await log.trim()

    assert (none_yet, trimmed, again) == (0, 2, 0)
    assert [record.sequence for record in await log.read_after(0, 10)] == [3]


async def test_a_sequence_number_is_never_given_twice(file: SqliteFile) -> None:
    clock = HandClock()
    log = EventLog(file, clock)
    await log.publish("order-events", "o-1", [created("o-1", 1)])
    clock.moment += timedelta(days=8)
    await log.trim()

    await log.publish("order-events", "o-1", [created("o-1", 2)])

    assert [record.sequence for record in await log.read_after(0, 10)] == [2]


async def test_a_file_that_cannot_be_used_is_busy_and_may_be_asked_again(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "shop.db")
    log = EventLog(file, HandClock())
    await log.check()
    file.close()

    with pytest.raises(EventsBusy):
        await log.publish("order-events", "o-1", [created("o-1", 1)])
    with pytest.raises(EventsBusy):
        await log.check()


async def test_another_process_reads_what_was_published(file: SqliteFile, tmp_path: Path) -> None:
    await EventLog(file, HandClock()).publish("order-events", "o-1", [created("o-1", 1)])
    program = (
        "import asyncio, sys\n"
        "from adapters.embedded.clock import SystemClock\n"
        "from adapters.sqlite.eventlog import EventLog\n"
        "from adapters.sqlite.file import SqliteFile\n"
        "file = SqliteFile(sys.argv[1])\n"
        "log = EventLog(file, SystemClock())\n"
        "print([record.key for record in asyncio.run(log.read_after(0, 9))])\n"
        "file.close()\n"
    )

    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program, str(tmp_path / "shop.db")],
        cwd=Path(__file__).parents[2],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout == "['o-1']\n"
