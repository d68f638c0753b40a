"""Event Hubs triggers over a real namespace: the same as over the log, through the official SDK."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from azure.eventhub import EventData
from azure.eventhub.amqp import AmqpAnnotatedMessage

from adapters.environment import BadSettings
from local.background import Triggers
from local.faults import Faults
from local.hub_triggers import record_of
from local.settings import Settings
from local.worker import Function, Retry
from tests.brisk_sdk import LEAKS, brisk_sdk, collect_leaks
from tests.local.conftest import LoadApp, ScriptedWorker, event, event_function
from tests.local.hub_host import namespace, publisher, triggers
from tools.eventhubs_emulator.hubs import Hub, Namespace
from tools.eventhubs_emulator.server import Emulator

APP = """
from typing import List
seen = []

@app.event_hub_message_trigger(
    "events", event_hub_name="order-events", connection="EVENT_HUBS", consumer_group="views",
    cardinality="many")
async def views_on_order_events(events: List[func.EventHubEvent]) -> None:
    seen.extend(events)
"""


pytestmark = LEAKS


@pytest.fixture(autouse=True)
def brisk() -> Iterator[None]:
    """An SDK without its long naps."""
    with brisk_sdk():
        yield


@pytest.fixture(autouse=True, scope="module")
def leaks() -> Iterator[None]:
    """Collect what the SDK leaves behind."""
    yield
    collect_leaks()


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """One hub with two partitions."""
    async with namespace() as served:
        yield served


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so, within bounds."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def reading(
    emulator: Emulator, worker: ScriptedWorker, folder: Path, **options: Any
) -> AsyncIterator[None]:
    """A host's readers at work."""
    stop_seconds = options.pop("stop_seconds", 1.0)
    hubs, file = triggers(emulator, worker, folder, **options)
    task = asyncio.create_task(hubs.watch())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await hubs.stop(stop_seconds)
    file.close()


def bodies_of(run: Any) -> list[str]:
    """The bodies of one run, which took many."""
    return list(run[1].collection_string.string)


def ids(worker: ScriptedWorker) -> list[str]:
    """The ids of the events of all runs, in their order."""
    bodies = [body for run in worker.runs for body in bodies_of(run)]
    return [json.loads(body)["event_id"] for body in bodies]


async def test_what_the_shop_publishes_arrives_in_the_function_through_the_host(
    emulator: Emulator, load_app: LoadApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_HUBS", emulator.connection_string)
    worker = await load_app(APP)
    import sys

    seen: list[Any] = sys.modules["function_app"].seen
    settings = Settings(tmp_path, tmp_path, tmp_path / "shop.db", lease_seconds=0.9)
    host = Triggers(worker, settings, Faults())
    await host.start()

    async with publisher(emulator) as shop:
        events = [event("o-1", n, traceparent="00-a-b-01") for n in range(3)]
        await shop.publish("order-events", "o-1", events)
        await until(lambda: len(seen) == 3)
    await host.stop()

    assert [one.get_body().decode() for one in seen] == [e.model_dump_json() for e in events]
    assert [one.partition_key for one in seen] == ["o-1"] * 3
    assert [one.sequence_number for one in seen] == [0, 1, 2]
    assert seen[0].metadata["PropertiesArray"][0]["traceparent"] == "00-a-b-01"
    assert len({one.offset for one in seen}) == 3


async def test_a_batch_is_of_one_partition_in_order_and_bounded(
    emulator: Emulator, tmp_path: Path
) -> None:
    worker = ScriptedWorker(event_function(), event_function("payment"))
    async with publisher(emulator) as shop:
        for key in ("o-1", "o-2", "o-3"):
            await shop.publish("order-events", key, [event(key, n) for n in range(15)])

    async with reading(emulator, worker, tmp_path):
        await until(lambda: len(ids(worker)) == 90)

    for name in ("on_views", "on_payment"):
        runs = [run for run in worker.runs if run[0] == name]
        assert max(len(bodies_of(run)) for run in runs) <= 10
        bodies = [json.loads(b)["event_id"] for r in runs for b in bodies_of(r)]
        for key in ("o-1", "o-2", "o-3"):
            assert [b for b in bodies if b.startswith(key)] == [f"{key}-{n}" for n in range(15)]


async def test_a_restart_goes_on_at_the_checkpoint_also_after_a_failure(
    emulator: Emulator, tmp_path: Path
) -> None:
    first = ScriptedWorker(event_function(retry=Retry(1, 0, 0)), fails=2)
    second = ScriptedWorker(event_function())
    async with publisher(emulator) as shop:
        await shop.publish("order-events", "o-1", [event("o-1", 1)])
        async with reading(emulator, first, tmp_path):
            await until(lambda: len(first.runs) == 2)
        await shop.publish("order-events", "o-1", [event("o-1", 2)])
        async with reading(emulator, second, tmp_path):
            await until(lambda: len(second.runs) == 1)

    assert ids(first) == ["o-1-1", "o-1-1"]
    assert [run[4].retry_count for run in first.runs] == [0, 1]
    assert ids(second) == ["o-1-2"]


async def test_a_stop_lets_a_batch_end_and_leaves_one_that_does_not(
    emulator: Emulator, tmp_path: Path
) -> None:
    quick, slow = ScriptedWorker(event_function()), ScriptedWorker(event_function())
    ended = []

    async def work(function: Function) -> None:
        await asyncio.sleep(0.6)
        ended.append(function.name)

    async def never(function: Function) -> None:
        await asyncio.sleep(60)

    quick.work, slow.work = work, never
    async with publisher(emulator) as shop:
        await shop.publish("order-events", "o-1", [event("o-1", 1)])
        async with reading(emulator, quick, tmp_path, stop_seconds=5.0):
            await until(lambda: len(quick.runs) == 1)
        await shop.publish("order-events", "o-1", [event("o-1", 2)])
        async with reading(emulator, slow, tmp_path, stop_seconds=0.0):
            await until(lambda: len(slow.runs) == 1)
    last = ScriptedWorker(event_function())
    async with reading(emulator, last, tmp_path):
        await until(lambda: len(last.runs) == 1)

    assert ended == ["on_views"]
    assert ids(slow) == ids(last) == ["o-1-2"]


async def test_two_hosts_share_the_partitions(emulator: Emulator, tmp_path: Path) -> None:
    one, two = ScriptedWorker(event_function()), ScriptedWorker(event_function())
    stop = asyncio.Event()

    async def publish() -> None:
        async with publisher(emulator) as shop:
            number = 0
            while not stop.is_set():
                for key in ("o-1", "o-2", "o-3", "o-4"):
                    await shop.publish("order-events", key, [event(key, number)])
                number += 1
                await asyncio.sleep(0.05)

    async with reading(emulator, one, tmp_path), reading(emulator, two, tmp_path):
        publishing = asyncio.create_task(publish())
        await until(lambda: bool(one.runs) and bool(two.runs))
        stop.set()
        await publishing


async def test_kept_back_events_come_after_a_restart_and_doubled_ones_twice(
    emulator: Emulator, tmp_path: Path
) -> None:
    worker, later = ScriptedWorker(event_function()), ScriptedWorker(event_function())
    async with publisher(emulator) as shop:
        await shop.publish("order-events", "o-1", [event("o-1", n) for n in range(12)])

    async with reading(emulator, worker, tmp_path, faults=Faults(drop=0.3, duplicate=0.3, seed=2)):
        await until(lambda: len(worker.runs) == 2)
        await asyncio.sleep(0.1)
    async with reading(emulator, later, tmp_path):
        await until(lambda: ids(later)[-1:] == ["o-1-11"])

    kept_back = {f"o-1-{n}" for n in range(12)} - set(ids(worker))
    assert kept_back
    assert len(ids(worker)) > len(set(ids(worker)))
    assert kept_back <= set(ids(later))
    assert set(ids(worker)) | set(ids(later)) == {f"o-1-{n}" for n in range(12)}


async def test_a_hub_that_was_made_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    worker = ScriptedWorker(event_function())

    async def made_and_read(made_ms: int, last: str) -> None:
        hub = Hub("order-events", 1, ("views",), clock=lambda: made_ms)
        async with Emulator(Namespace([hub]), port=0) as emulator, publisher(emulator) as shop:
            await shop.publish("order-events", last, [event(last, 1)])
            async with reading(emulator, worker, tmp_path):
                await until(lambda: ids(worker)[-1:] == [f"{last}-1"])

    await made_and_read(1_900_000_000_000, "o-1")
    await made_and_read(1_900_000_000_001, "o-2")

    assert ids(worker) == ["o-1-1", "o-2-1"]


async def test_a_checkpoint_that_cannot_be_written_stops_nothing(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    worker = ScriptedWorker(event_function())
    hubs, file = triggers(emulator, worker, tmp_path)

    async def lose_the_file(function: Function) -> None:
        file.close()

    worker.work = lose_the_file
    async with publisher(emulator) as shop:
        await shop.publish("order-events", "o-1", [event("o-1", 1)])
        task = asyncio.create_task(hubs.watch())
        await until(lambda: any("was not written" in one.message for one in caplog.records))
        worker.work = None
        await shop.publish("order-events", "o-1", [event("o-1", 2)])
        await until(lambda: len(worker.runs) == 2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await hubs.stop(1)

    assert ids(worker) == ["o-1-1", "o-1-2"]


async def test_a_group_that_is_not_there_is_said_and_the_others_are_read(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    worker = ScriptedWorker(event_function("nobody"), event_function())
    async with publisher(emulator) as shop:
        await shop.publish("order-events", "o-1", [event("o-1", 1)])

    async with reading(emulator, worker, tmp_path):
        await until(lambda: len(worker.runs) == 1)
        await until(
            lambda: any("no consumer group nobody" in str(r.__dict__) for r in caplog.records)
        )

    assert [run[0] for run in worker.runs] == ["on_views"]


def test_a_half_configured_namespace_is_refused_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_HUBS__credential", "managedidentity")
    settings = Settings(tmp_path, tmp_path, tmp_path / "shop.db")

    with pytest.raises(BadSettings, match="EVENT_HUBS__fullyQualifiedNamespace is missing"):
        Triggers(ScriptedWorker(event_function()), settings, Faults())


def test_an_event_of_somebody_else_is_taken_as_it_is() -> None:
    strange = EventData(b"\xff\x00")
    strange.properties = {b"a": 1, "b": b"\xfe"}

    record = record_of("h", "3", strange)

    assert (record.sequence, record.partition, record.key, record.enqueued_at) == (0, 3, "", 0.0)
    assert record.body == b"\xff\x00"
    assert record.properties == {"a": 1, "b": "\ufffd"}


def test_a_body_that_is_a_value_is_taken_as_text() -> None:
    event = EventData("")
    event._raw_amqp_message = AmqpAnnotatedMessage(value_body="text", annotations={})

    assert record_of("h", "0", event).body == b"text"
