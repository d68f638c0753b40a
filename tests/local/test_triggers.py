"""Event Hubs triggers over the log: order, checkpoints, retries, leases and faults."""

import asyncio
import json
from collections.abc import Callable

import pytest

from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from local.faults import Faults
from local.leases import Lease, Leases
from local.triggers import EventTriggers
from local.worker import Function, Retry
from tests.local.conftest import HandClock, ScriptedWorker, event, event_function

KEYS = ("o-1", "o-2", "o-3", "o-6")  # their partitions differ


class Rig:
    """A host's event triggers, driven by hand."""

    def __init__(
        self, worker: ScriptedWorker, log: EventLog, leases: Leases, faults: Faults, most: int
    ) -> None:
        self.worker, self.log, self.leases = worker, log, leases
        self.ended: list[asyncio.Task[None]] = []
        self.triggers = EventTriggers(
            worker, log, leases, faults=faults, most_in_a_batch=most, ended=self.ended.append
        )
        for function in worker.functions:
            self.triggers.add(function, {})

    async def renew(self) -> dict[str, Lease]:
        """One beat of the host."""
        held = await self.leases.renew(self.triggers.names, self.triggers.busy)
        self.triggers.hold(held)
        return held

    async def settle(self) -> None:
        """Give out until nothing is new, and write the checkpoints."""
        while await self.triggers.give_out() or self.running:
            await asyncio.gather(*self.running)
        await self.triggers.flush()

    @property
    def running(self) -> list[asyncio.Task[None]]:
        """The batches in hand."""
        return [reader.task for reader in self.triggers.readers if reader.task]

    def seen(self, name: str = "on_views") -> list[list[str]]:
        """The event ids of each run of a function."""
        runs = [run for run in self.worker.runs if run[0] == name]
        return [[json.loads(body)["event_id"] for body in _bodies(run[1])] for run in runs]


def _bodies(data: object) -> list[str]:
    kind = getattr(data, "kind", "")
    return list(data.collection_string.string) if kind == "collection_string" else [data.string]  # type: ignore[attr-defined] # by kind


type MakeRig = Callable[..., Rig]


@pytest.fixture
def rig(file: SqliteFile, clock: HandClock, event_log: EventLog) -> MakeRig:
    """Make a host over the test's file."""

    def make(
        *functions: Function,
        host: str = "host",
        fails: int = 0,
        faults: Faults | None = None,
        most: int = 100,
    ) -> Rig:
        worker = ScriptedWorker(*(functions or (event_function(),)), fails=fails)
        leases = Leases(file, clock, host, seconds=3.0)
        return Rig(worker, event_log, leases, faults or Faults(), most)

    return make


async def test_a_batch_is_all_that_is_new_in_one_partition_in_order(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig()
    await event_log.publish("order-events", "o-1", [event("o-1", 1), event("o-1", 2)])
    await event_log.publish("order-events", "o-2", [event("o-2", 1)])
    await event_log.publish("order-events", "o-1", [event("o-1", 3)])
    await host.renew()

    await host.settle()

    assert sorted(host.seen()) == [["o-1-1", "o-1-2", "o-1-3"], ["o-2-1"]]


async def test_another_hub_is_not_read(rig: MakeRig, event_log: EventLog) -> None:
    host = rig()
    await event_log.publish("user-events", "u-1", [event("u-1", 1)])
    await host.renew()

    await host.settle()

    assert host.seen() == []


async def test_a_batch_is_bounded_and_the_rest_follows(rig: MakeRig, event_log: EventLog) -> None:
    host = rig(most=2)
    await event_log.publish("order-events", "o-1", [event("o-1", n) for n in range(5)])
    await host.renew()

    await host.settle()

    assert host.seen() == [["o-1-0", "o-1-1"], ["o-1-2", "o-1-3"], ["o-1-4"]]


async def test_more_events_than_one_query_fetches_all_arrive_once(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig(event_function("views"), event_function("payment"))
    for key in KEYS:
        await event_log.publish("order-events", key, [event(key, n) for n in range(150)])
    await host.renew()

    await host.settle()

    for name in ("on_views", "on_payment"):
        ids = [one for run in host.seen(name) for one in run]
        assert len(ids) == 600
        for key in KEYS:
            assert [i for i in ids if i.startswith(key)] == [f"{key}-{n}" for n in range(150)]


async def test_every_group_gets_every_event(rig: MakeRig, event_log: EventLog) -> None:
    host = rig(event_function("views"), event_function("payment"))
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()

    await host.settle()

    assert (host.seen("on_views"), host.seen("on_payment")) == ([["o-1-1"]], [["o-1-1"]])


async def test_one_at_a_time_keeps_order_and_carries_the_trace(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig(event_function(many=False))
    events = [event("o-1", 1, traceparent="00-a-b-01"), event("o-1", 2)]
    await event_log.publish("order-events", "o-1", events)
    await host.renew()

    await host.settle()

    assert host.seen() == [["o-1-1"], ["o-1-2"]]
    assert [run[3] for run in host.worker.runs] == ["00-a-b-01", ""]


async def test_the_checkpoint_moves_on_although_the_function_fails(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig(fails=1)
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()

    await host.settle()
    await host.leases.release()
    later = rig(host="later")
    await later.renew()
    await later.settle()

    assert host.seen() == [["o-1-1"]]
    assert later.seen() == []


async def test_a_retry_runs_the_whole_batch_again_in_place(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig(event_function(retry=Retry(3, 0, 0)), fails=2)
    await event_log.publish("order-events", "o-1", [event("o-1", 1), event("o-1", 2)])
    await host.renew()

    await host.settle()

    assert host.seen() == [["o-1-1", "o-1-2"]] * 3
    assert [run[4].retry_count for run in host.worker.runs] == [0, 1, 2]
    assert {run[4].max_retry_count for run in host.worker.runs} == {3}


async def test_a_partition_in_retry_does_not_hold_up_the_others(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig(event_function(retry=Retry(-1, 60, 60)), fails=1)
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.triggers.give_out()
    await asyncio.sleep(0.01)

    await event_log.publish("order-events", "o-2", [event("o-2", 1)])
    await event_log.publish("order-events", "o-1", [event("o-1", 2)])
    await host.triggers.give_out()
    await asyncio.sleep(0.01)

    assert host.seen() == [["o-1-1"], ["o-2-1"]]
    await host.triggers.stop(0)


async def test_a_restart_goes_on_at_the_checkpoint(rig: MakeRig, event_log: EventLog) -> None:
    host = rig()
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.settle()
    await host.leases.release()

    await event_log.publish("order-events", "o-1", [event("o-1", 2)])
    later = rig(host="later")
    held = await later.renew()
    await later.settle()

    assert later.seen() == [["o-1-2"]]
    assert held["order-events/views/2"].state == "1"


async def test_a_batch_in_hand_at_a_crash_is_delivered_again(
    rig: MakeRig, event_log: EventLog, clock: HandClock
) -> None:
    host, later = rig(), rig(host="later")
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.triggers.give_out()
    await asyncio.gather(*host.running)
    clock.move(3.1)

    await later.renew()
    await later.settle()

    assert host.seen() == later.seen() == [["o-1-1"]]


async def test_a_host_whose_lease_has_passed_on_stops_at_its_next_checkpoint(
    rig: MakeRig, event_log: EventLog, clock: HandClock
) -> None:
    host, later = rig(), rig(host="later")
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    clock.move(3.1)
    held = await later.renew()
    await later.settle()

    await host.settle()
    await event_log.publish("order-events", "o-1", [event("o-1", 2)])
    await host.settle()
    await later.settle()

    assert host.seen() == [["o-1-1"]]
    assert later.seen() == [["o-1-1"], ["o-1-2"]]
    assert held["order-events/views/2"].epoch == 2


async def test_a_lost_lease_ends_the_batch_in_hand(rig: MakeRig, event_log: EventLog) -> None:
    host = rig()
    ended = []

    async def work(function: Function) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append(function.name)
            raise

    host.worker.work = work
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.triggers.give_out()
    await asyncio.sleep(0.01)

    assert host.triggers.busy == {"order-events/views/2"}
    host.triggers.hold({})
    await asyncio.sleep(0.01)

    assert ended == ["on_views"]
    assert host.triggers.busy == set()
    assert not await host.triggers.give_out()


async def test_a_clean_stop_lets_a_batch_end_and_writes_its_checkpoint(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig()

    async def work(function: Function) -> None:
        await asyncio.sleep(0.05)

    host.worker.work = work
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.triggers.give_out()

    await host.triggers.stop(5)

    assert (await host.leases.renew(host.triggers.names))["order-events/views/2"].state == "1"


async def test_a_clean_stop_abandons_what_does_not_end_in_time(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig()

    async def work(function: Function) -> None:
        await asyncio.sleep(60)

    host.worker.work = work
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.triggers.give_out()

    await host.triggers.stop(0.01)

    assert (await host.leases.renew(host.triggers.names))["order-events/views/2"].state == ""


async def test_checkpoints_that_cannot_be_written_are_kept(
    rig: MakeRig, event_log: EventLog, file: SqliteFile
) -> None:
    host = rig()
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.triggers.give_out()
    await asyncio.gather(*host.running)
    file.close()

    await host.triggers.flush()

    assert host.triggers.busy == {"order-events/views/2"}


async def test_hub_and_group_may_be_settings(
    file: SqliteFile, clock: HandClock, event_log: EventLog
) -> None:
    function = event_function("%GROUP%")
    leases = Leases(file, clock, "host", seconds=3.0)
    triggers = EventTriggers(ScriptedWorker(), event_log, leases, most_in_a_batch=1, ended=print)

    triggers.add(function, {"GROUP": "night"})

    assert triggers.names == [f"order-events/night/{partition}" for partition in range(4)]


async def test_a_duplicate_comes_right_after_its_event(rig: MakeRig, event_log: EventLog) -> None:
    host = rig(faults=Faults(duplicate=1.0))
    await event_log.publish("order-events", "o-1", [event("o-1", 1), event("o-1", 2)])
    await host.renew()

    await host.settle()

    assert host.seen() == [["o-1-1", "o-1-1", "o-1-2", "o-1-2"]]


async def test_a_dropped_event_comes_after_a_restart_and_what_followed_comes_again(
    rig: MakeRig, event_log: EventLog
) -> None:
    faults = Faults(drop=0.5, seed=3)
    host = rig(faults=faults)
    await event_log.publish("order-events", "o-1", [event("o-1", n) for n in range(1, 7)])
    await host.renew()

    await host.settle()
    await host.leases.release()
    later = rig(host="later")
    held = await later.renew()
    await later.settle()

    assert host.seen() == [["o-1-1", "o-1-2", "o-1-4", "o-1-5", "o-1-6"]]
    assert held["order-events/views/2"].state == "2"
    assert later.seen() == [["o-1-3", "o-1-4", "o-1-5", "o-1-6"]]


async def test_reordering_lets_partitions_overtake_and_keeps_each_in_order(
    rig: MakeRig, event_log: EventLog
) -> None:
    host = rig(faults=Faults(reorder=0.05, seed=4), most=1)
    for number in (1, 2):
        for key in KEYS:
            await event_log.publish("order-events", key, [event(key, number)])
    await host.renew()

    await host.settle()

    ids = [run[0] for run in host.seen()]
    published = [f"{key}-{number}" for number in (1, 2) for key in KEYS]
    assert sorted(ids) == sorted(published)
    assert ids != published
    for key in KEYS:
        assert [i for i in ids if i.startswith(key)] == [f"{key}-1", f"{key}-2"]


async def test_watching_sees_news_at_once_and_survives_a_busy_file(
    rig: MakeRig, event_log: EventLog, file: SqliteFile
) -> None:
    host = rig()
    await host.renew()
    watch = asyncio.create_task(host.triggers.watch())
    save = asyncio.create_task(host.triggers.save())
    loop = asyncio.get_running_loop()

    published = loop.time()
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    while not host.seen():
        await asyncio.sleep(0.001)
    waited = loop.time() - published
    while host.triggers.busy:
        await asyncio.sleep(0.001)
    file.close()
    await asyncio.sleep(0.05)

    assert waited < 0.1
    assert not watch.done()
    assert not save.done()
    for task in (watch, save):
        task.cancel()
    await asyncio.gather(watch, save, return_exceptions=True)


async def test_a_reader_that_breaks_is_heard_of(rig: MakeRig, event_log: EventLog) -> None:
    host = rig()

    async def work(function: Function) -> None:
        raise LookupError("a bug of the host")

    host.worker.work = work
    await event_log.publish("order-events", "o-1", [event("o-1", 1)])
    await host.renew()
    await host.triggers.give_out()
    await asyncio.gather(*host.running, return_exceptions=True)
    await asyncio.sleep(0)

    assert isinstance(host.ended[0].exception(), LookupError)
