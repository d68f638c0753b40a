"""NCRONTAB schedules, and timers under leases."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.embedded.clock import SystemClock
from adapters.sqlite.file import SqliteFile
from local.leases import Leases
from local.timers import BadSchedule, Schedule, Timers, timer_data
from local.worker import Function
from tests.local.conftest import ScriptedWorker, timer_function


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("0 */5 * * * *", "2031-01-01T00:00:00", "2031-01-01T00:05:00"),
        ("0 0 * * * *", "2031-01-01T00:59:59.999", "2031-01-01T01:00:00"),
        ("*/10 * * * * *", "2031-01-01T00:00:00.5", "2031-01-01T00:00:10"),
        ("30 5 9-17/4 * * MON-FRI", "2031-01-03T17:06:00", "2031-01-06T09:05:30"),
        ("0 0 3 1 1,july *", "2031-01-01T03:00:00", "2031-07-01T03:00:00"),
        ("0 30 9 * Jan Monday", "2031-01-01T00:00:00", "2031-01-06T09:30:00"),
        ("0 0 0 29 2 *", "2031-01-01T00:00:00", "2032-02-29T00:00:00"),
        ("5/20 * * * * *", "2031-01-01T00:00:06", "2031-01-01T00:00:25"),
        ("*/15 3 * * *", "2031-01-01T00:00:00", "2031-01-01T03:00:00"),
        # a day must fit both fields: the 13th that is a Friday
        ("0 0 0 13 * FRI", "2031-01-01T00:00:00", "2031-06-13T00:00:00"),
        ("0 0 0 1,15 * 0", "2031-01-01T00:00:00", "2031-06-01T00:00:00"),
    ],
)
def test_the_next_moment_of_a_schedule(expression: str, after: str, due: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)

    assert Schedule(expression).next(moment) == datetime.fromisoformat(due).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * * *",
        "* * * * * * *",
        "60 * * * * *",
        "* * 24 * * *",
        "* * * 0 * *",
        "* * * * 13 *",
        "* * * * * 7",
        "* * * * * 1-7",
        "* * * L * *",
        "* * * * * 5#2",
        "* * * ? * *",
        "00:05:00",
        "@daily",
        "*/0 * * * * *",
        "0 0 0 30 2 *",
        "0 0 0 31 2,4 FRI",
    ],
)
def test_what_is_no_ncrontab_expression_is_refused(expression: str) -> None:
    with pytest.raises(BadSchedule):
        Schedule(expression)


def test_a_timer_is_told_about_its_schedule() -> None:
    data = timer_data({"last": "A", "next": "B"}, is_past_due=True)

    assert json.loads(data.json) == {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": {"Last": "A", "Next": "B", "LastUpdated": "A"},
        "IsPastDue": True,
    }


class Rig:
    """A host's timers, over the machine's own clock."""

    def __init__(self, file: SqliteFile, *functions: Function, host: str = "host") -> None:
        self.worker = ScriptedWorker(*functions)
        self.ended: list[asyncio.Task[None]] = []
        self.leases = Leases(file, SystemClock(), host, seconds=3.0)
        self.timers = Timers(self.worker, self.leases, SystemClock(), ended=self.ended.append)
        for function in functions:
            self.timers.add(function, {})

    async def renew(self) -> None:
        """One beat of the host."""
        self.timers.hold(await self.leases.renew(self.timers.names, self.timers.busy))

    async def state(self) -> dict[str, Any]:
        """What is kept of the first timer."""
        held = await self.leases.renew(self.timers.names)
        read: dict[str, Any] = json.loads(held[self.timers.names[0]].state or "{}")
        return read

    async def keep(self, **state: str) -> None:
        """Write a state, as an earlier host would have."""
        held = await self.leases.renew(self.timers.names)
        await self.leases.save({held[self.timers.names[0]]: json.dumps(state)})

    @property
    def told(self) -> list[dict[str, Any]]:
        """What each run was told."""
        return [json.loads(run[1].json) for run in self.worker.runs]

    async def until(self, is_so: Callable[[], bool], seconds: float = 3.0) -> None:
        """Wait until it is so, within bounds."""
        async with asyncio.timeout(seconds):
            while not is_so():
                await asyncio.sleep(0.005)


@pytest.fixture
async def rig(file: SqliteFile) -> Any:
    """Make a host over the test's file; it is stopped afterwards."""
    made: list[Rig] = []

    def make(*functions: Function, host: str = "host") -> Rig:
        made.append(Rig(file, *functions, host=host))
        return made[-1]

    yield make
    for each in made:
        each.timers.hold({})
    await asyncio.sleep(0)


def ago(**span: int) -> str:
    """A moment of the past."""
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


async def test_a_timer_runs_every_time_it_is_due_and_not_at_start(rig: Any) -> None:
    host = rig(timer_function("* * * * * *"))

    await host.renew()
    await asyncio.sleep(0)
    at_start = list(host.told)
    await host.until(lambda: len(host.told) == 2)

    assert at_start == []
    assert not any(told["IsPastDue"] for told in host.told)
    first, second = (told["ScheduleStatus"]["Next"] for told in host.told)
    gap = datetime.fromisoformat(second) - datetime.fromisoformat(first)
    assert gap == timedelta(seconds=1)


async def test_a_timer_that_never_ran_is_not_past_due_but_notes_when_it_will_be(rig: Any) -> None:
    host = rig(timer_function("0 0 3 * * *"))

    await host.renew()
    await asyncio.sleep(0.05)

    assert host.told == []
    due = datetime.fromisoformat((await host.state())["next"])
    assert (due.hour, due.minute) == (3, 0)
    assert due > datetime.now(UTC)


async def test_what_was_due_while_no_host_ran_is_made_up_for_once(rig: Any) -> None:
    host = rig(timer_function("0 0 3 * * *"))
    last, due = ago(days=3), ago(days=2)
    await host.keep(last=last, next=due)

    await host.renew()
    await host.until(lambda: len(host.told) == 1)
    await asyncio.sleep(0.05)

    assert host.told == [
        {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": {"Last": last, "Next": due, "LastUpdated": last},
            "IsPastDue": True,
        }
    ]
    assert (await host.state())["last"] > last


@pytest.mark.parametrize(
    "function",
    [
        timer_function("*/30 * * * * *"),
        timer_function("0 0 3 * * *", useMonitor=False),
    ],
)
async def test_frequent_and_unmonitored_timers_make_up_for_nothing(
    rig: Any, function: Function
) -> None:
    host = rig(function)
    await host.keep(next=ago(days=2))

    await host.renew()
    await asyncio.sleep(0.05)

    assert host.told == []


async def test_a_timer_may_run_at_startup(rig: Any) -> None:
    host = rig(timer_function("0 0 3 * * *", runOnStartup=True))

    await host.renew()
    await host.until(lambda: len(host.told) == 1)

    assert host.told[0]["IsPastDue"] is False


async def test_a_timer_at_work_keeps_its_lease_and_never_runs_beside_itself(rig: Any) -> None:
    host = rig(timer_function("* * * * * *"))
    running: list[int] = []

    async def work(function: Function) -> None:
        running.append(1)
        await asyncio.sleep(1.2)

    host.worker.work = work
    await host.renew()
    await host.until(lambda: bool(running))
    await asyncio.sleep(1.05)

    assert host.timers.busy == {"timer/tick"}
    assert len(running) == 1


async def test_a_timer_runs_on_one_of_two_hosts(rig: Any) -> None:
    function = timer_function("* * * * * *")
    first, second = rig(function, host="first"), rig(function, host="second")

    await first.renew()
    await second.renew()
    await first.until(lambda: len(first.told) == 1)

    assert second.told == []


async def test_a_lost_lease_stops_the_timer(rig: Any) -> None:
    host = rig(timer_function("* * * * * *"))
    await host.renew()

    host.timers.hold({})
    await asyncio.sleep(1.1)

    assert host.told == []


async def test_a_failing_timer_goes_on(rig: Any) -> None:
    host = rig(timer_function("* * * * * *"))
    host.worker.fails = 1

    await host.renew()

    await host.until(lambda: len(host.told) == 2)


async def test_a_state_that_cannot_be_kept_does_not_stop_a_timer(
    rig: Any, file: SqliteFile
) -> None:
    host = rig(timer_function("* * * * * *"))
    await host.renew()
    file.close()

    await host.until(lambda: len(host.told) == 1)


async def test_a_timer_that_breaks_is_heard_of(rig: Any) -> None:
    host = rig(timer_function("* * * * * *"))
    held = await host.leases.renew(host.timers.names)
    await host.leases.save({held["timer/tick"]: "no JSON"})

    await host.renew()
    await host.until(lambda: bool(host.ended))

    assert isinstance(host.ended[0].exception(), json.JSONDecodeError)
