"""All of a host that runs beside its requests, in one process."""

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from adapters.embedded.clock import SystemClock
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from local.background import Triggers
from local.defaults import fill
from local.faults import Faults
from local.settings import Settings
from local.world import World
from tests.local.conftest import ScriptedWorker, event, event_function, timer_function

SINGLE, NIGHTLY = event_function(many=False), timer_function("0 0 3 * * *", "nightly")


class Host:
    """A background, its worker and a log of the app's own on the same file."""

    def __init__(self, folder: Path, *, lease_seconds: float = 0.3) -> None:
        self.worker = ScriptedWorker(SINGLE, NIGHTLY)
        store = folder / "shop.db"
        settings = Settings(folder, folder, store, lease_seconds=lease_seconds, stop_seconds=0.2)
        self.triggers = Triggers(self.worker, settings, Faults())
        self.file = SqliteFile(folder / "shop.db")
        self.log = EventLog(self.file, SystemClock())

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so, within bounds."""
        async with asyncio.timeout(3):
            while not is_so():
                await asyncio.sleep(0.005)


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    """A host that is stopped afterwards."""
    made = Host(tmp_path)
    await made.triggers.start()
    yield made
    await made.triggers.stop()
    made.file.close()


async def test_it_consumes_what_the_app_publishes(host: Host) -> None:
    await host.log.publish("order-events", "o-1", [event("o-1", 1)])

    await host.until(lambda: len(host.worker.runs) == 1)

    assert json.loads(host.worker.runs[0][1].string)["event_id"] == "o-1-1"


async def test_it_keeps_its_leases_by_renewing_them(tmp_path: Path) -> None:
    host = Host(tmp_path, lease_seconds=2)  # long enough that a busy machine loses none
    await host.triggers.start()
    epochs = {reader.name: reader.lease for reader in host.triggers.events.readers}

    await asyncio.sleep(2.5)

    assert None not in epochs.values()
    assert {reader.name: reader.lease for reader in host.triggers.events.readers} == epochs
    await host.triggers.stop()
    host.file.close()


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (b'{"input": "text"}', "text"),
        (b'{"input": {"a": 1}}', '{"a": 1}'),
        (b"", ""),
    ],
)
async def test_an_event_function_is_run_by_hand(host: Host, body: bytes, seen: str) -> None:
    host.triggers.run_now(SINGLE, body)

    await host.until(lambda: len(host.worker.runs) == 1)
    assert host.worker.runs[0][1].string == seen


async def test_a_timer_is_run_by_hand(host: Host) -> None:
    host.triggers.run_now(NIGHTLY, b"{}")

    await host.until(lambda: len(host.worker.runs) == 1)
    assert json.loads(host.worker.runs[0][1].json)["IsPastDue"] is False


@pytest.mark.parametrize("body", [b"[]", b"{"])
async def test_what_is_no_json_object_runs_nothing(host: Host, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        host.triggers.run_now(SINGLE, body)

    assert host.worker.runs == []


async def test_a_host_that_cannot_renew_stops_when_its_leases_are_over(tmp_path: Path) -> None:
    host = Host(tmp_path)
    await host.triggers.start()
    file: Any = host.triggers._file
    file.close()

    await host.triggers.beat()
    held_at_first = [reader.lease for reader in host.triggers.events.readers]
    await asyncio.sleep(0.35)
    await host.triggers.beat()

    assert None not in held_at_first
    assert {reader.lease for reader in host.triggers.events.readers} == {None}
    await host.triggers.stop()
    host.file.close()


async def test_a_host_that_loses_a_part_of_itself_goes_down(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: got.append(number))

    async def broken() -> None:
        raise LookupError("a bug")

    host.triggers._begin(broken())
    await host.until(lambda: bool(got))
    signal.signal(signal.SIGTERM, before)

    assert got == [signal.SIGTERM]
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]


async def test_a_host_whose_world_fails_goes_down_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: got.append(number))
    environment: dict[str, str] = {}
    fill(environment, tmp_path, 7071)
    world = World(str(tmp_path / "shop.db"), environment)

    async def broken() -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(world, "_deliver", broken)
    await world.start()
    async with asyncio.timeout(2):
        while not got:
            await asyncio.sleep(0.005)
    await world.stop()
    signal.signal(signal.SIGTERM, before)

    assert got == [signal.SIGTERM]
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]


async def test_where_stripe_takes_the_payments_there_is_no_card_network_here(
    tmp_path: Path,
) -> None:
    environment = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
    fill(environment, tmp_path, 7071)
    world = World(str(tmp_path / "shop.db"), environment)
    asked, page = Asked(), world.mounts()["_local"]

    await world.start()
    for path in ("/_local/cards", "/_local/parcels"):
        scope = {"path": path, "method": "GET", "query_string": b""}
        await page(scope, asked.receive, asked.send)
    await world.stop()

    assert asked.statuses == [404, 200]


class Asked:
    """A browser without a socket."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    async def receive(self) -> dict[str, object]:
        return {"type": "http.request"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.statuses.append(message["status"])


async def test_old_events_are_trimmed_at_start(tmp_path: Path) -> None:
    host = Host(tmp_path)
    await host.log.publish("user-events", "u-1", [event("u-1", 1)])
    await host.file.write(
        lambda connection: connection.execute("UPDATE event_log SET enqueued_at=0")
    )

    await host.triggers.start()
    async with asyncio.timeout(2):
        while await host.log.newest():
            await asyncio.sleep(0.005)

    await host.triggers.stop()
    host.file.close()
