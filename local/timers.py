"""Timer triggers: when they are due, and running them on the one host that holds their lease."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cronsim import CronSim, CronSimError

from local.attempts import attempt
from local.leases import Lease, Leases
from local.protos import TypedData
from local.settings import resolve
from local.worker import Function, Worker
from usecases.ports.clock import Clock
from usecases.ports.store import StoreBusy

_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_NEVER = "0001-01-01T00:00:00"
_MONITORED = timedelta(minutes=1)  # the real host keeps no record of timers that run more often
_LONGEST_NAP_SECONDS = 30.0  # so that a laptop that slept is not late by more
_log = logging.getLogger(__name__)
_FIELD = re.compile(r"(?:[0-9*,/-]|[A-Za-z]{3,})+")
_NAME = re.compile(r"[A-Za-z]{3,}")


class BadSchedule(ValueError):
    """A schedule that is no NCRONTAB expression."""


class Schedule:
    """An NCRONTAB expression: second, minute, hour, day, month, weekday; in UTC.

    Five fields leave the second out. Unlike in cron a day must fit both the day of the month and
    the weekday, and there is no ``L``, ``#`` or seventh weekday.
    Source: NCrontab's documentation of its expressions. Raises ``BadSchedule``.
    """

    def __init__(self, expression: str) -> None:
        fields = expression.split()
        if len(fields) == 5:
            fields.insert(0, "0")
        if len(fields) != 6 or not all(_FIELD.fullmatch(field) for field in fields):
            raise BadSchedule(f"{expression!r} is no NCRONTAB expression of six fields")
        if "7" in re.split(r"[,/-]", fields[5].split("/")[0]):
            raise BadSchedule(f"{expression!r}: weekdays are 0 to 6")
        self._expression = _NAME.sub(lambda name: name[0][:3], " ".join(fields))
        try:
            self.next(_ANY_MOMENT)
        except (CronSimError, StopIteration) as error:
            raise BadSchedule(f"{expression!r}: {error or 'it is never due'}") from error

    def next(self, after: datetime) -> datetime:
        """The first moment of the schedule that is later than ``after``."""
        moments = CronSim(self._expression, after)
        moments.day_and = True
        return next(moments)


class Timer:
    """One timer function; it runs on the host that holds its lease, never beside itself.

    What was due while no host ran is made up for once, as past due.
    """

    def __init__(self, function: Function, environment: Mapping[str, str]) -> None:
        self.function = function
        self.schedule = Schedule(resolve(function.trigger["schedule"], environment))
        self.lease: Lease | None = None
        self.is_running = False
        self._runs_on_startup = bool(function.trigger.get("runOnStartup"))
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The name of its lease."""
        return f"timer/{self.function.name}"

    def hold(self, lease: Lease | None, timers: "Timers") -> None:
        """Keep time with this lease; without one, not at all."""
        if lease and self.lease and lease.epoch == self.lease.epoch:
            return
        if self._task:
            self._task.cancel()
        self.lease, self.is_running = lease, False
        self._task = asyncio.create_task(self._keep_time(lease, timers)) if lease else None
        if self._task:
            self._task.add_done_callback(timers.ended)

    async def _keep_time(self, lease: Lease, timers: "Timers") -> None:
        status = json.loads(lease.state or "{}")
        now = timers.clock.now()
        is_past_due = (
            self._is_monitored(now) and status.get("next", now.isoformat()) < now.isoformat()
        )
        if self._runs_on_startup or is_past_due:
            self._runs_on_startup = False
            status = await self._fire(lease, timers, status, is_past_due=is_past_due)
        while True:
            due = self.schedule.next(timers.clock.now())
            status["next"] = due.isoformat()
            await timers.save(lease, json.dumps(status))
            await timers.sleep_until(due)
            status = await self._fire(lease, timers, status)

    async def _fire(
        self, lease: Lease, timers: "Timers", status: dict[str, str], *, is_past_due: bool = False
    ) -> dict[str, str]:
        now = timers.clock.now()
        self.is_running = True
        await timers.run(self, status, is_past_due=is_past_due)
        self.is_running = False
        return {"last": now.isoformat()}

    def _is_monitored(self, now: datetime) -> bool:
        first = self.schedule.next(now)
        return self.function.trigger.get("useMonitor", True) and (
            self.schedule.next(first) - first >= _MONITORED
        )


class Timers:
    """All timers of this app, of which this host keeps those whose lease it holds.

    ``ended`` hears of every task that ends; one that failed must not pass unseen.
    """

    def __init__(
        self, worker: Worker, leases: Leases, clock: Clock, *, ended: Callable[[Any], None]
    ) -> None:
        self._worker, self._leases, self.clock, self.ended = worker, leases, clock, ended
        self.timers: list[Timer] = []

    def add(self, function: Function, environment: Mapping[str, str]) -> None:
        """Keep time for this function. Raises ``BadSetting`` and ``BadSchedule``."""
        self.timers.append(Timer(function, environment))

    @property
    def names(self) -> list[str]:
        """The leases to hold."""
        return [timer.name for timer in self.timers]

    @property
    def busy(self) -> set[str]:
        """The leases that are at work."""
        return {timer.name for timer in self.timers if timer.is_running}

    def hold(self, leases: Mapping[str, Lease]) -> None:
        """Keep the timers of these leases and no other."""
        for timer in self.timers:
            timer.hold(leases.get(timer.name), self)

    async def run(self, timer: Timer, status: Mapping[str, str], *, is_past_due: bool) -> bool:
        """Run the function once, with what it is told about its schedule."""
        return await attempt(
            self._worker, timer.function, timer_data(status, is_past_due=is_past_due), {}
        )

    async def save(self, lease: Lease, state: str) -> None:
        """Keep a timer's state; without effect when its lease has passed on."""
        try:
            await self._leases.save({lease: state})
        except StoreBusy as busy:
            _log.warning("a timer's state was not kept", extra={"error": str(busy)})

    async def sleep_until(self, due: datetime) -> None:
        """Wait for a moment of the wall clock."""
        while (left := (due - self.clock.now()).total_seconds()) > 0:
            await asyncio.sleep(min(left, _LONGEST_NAP_SECONDS))


def timer_data(status: Mapping[str, str], *, is_past_due: bool) -> TypedData:
    """What a timer trigger hands to the worker."""
    told: dict[str, Any] = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": {
            "Last": status.get("last", _NEVER),
            "Next": status.get("next", _NEVER),
            "LastUpdated": status.get("last", _NEVER),
        },
        "IsPastDue": is_past_due,
    }
    return TypedData(json=json.dumps(told))
