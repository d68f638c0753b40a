"""Everything of a host that no request asks for: leases, event triggers, timers, trimming."""

import asyncio
import json
import logging
import os
import signal
import uuid
from collections.abc import Coroutine
from typing import Any

from adapters.embedded.clock import SystemClock
from adapters.eventhubs.account import Account, account_of
from adapters.eventhubs.clients import Clients
from adapters.sqlite.eventlog import EventLog, Record
from adapters.sqlite.file import SqliteFile
from local.attempts import attempt
from local.delivery import deliver
from local.faults import Faults
from local.hub_checkpoints import HubCheckpoints, create_tables
from local.hub_triggers import HubTriggers, Manner
from local.leases import Leases
from local.settings import Settings
from local.timers import Timers, timer_data
from local.triggers import EventTriggers
from local.worker import Function, Worker
from usecases.ports.store import StoreBusy

_BEATS_A_LEASE = 3  # a lease is renewed that often in its life, so that one lost beat loses nothing
_TRIM_SECONDS = 3600.0
_log = logging.getLogger(__name__)


class Triggers:
    """The background of one host over one store file."""

    def __init__(self, worker: Worker, settings: Settings, faults: Faults) -> None:
        account, clock = account_of(os.environ), SystemClock()
        self._worker, self._settings = worker, settings
        self._file = SqliteFile(settings.store_file)
        self._log = EventLog(self._file, clock)
        self._clock = clock
        seconds = settings.lease_seconds
        self._leases = Leases(self._file, clock, str(uuid.uuid4()), seconds=seconds)
        self.events = EventTriggers(
            worker,
            self._log,
            self._leases,
            faults=faults,
            most_in_a_batch=settings.most_in_a_batch,
            ended=self._ended,
        )
        self.timers = Timers(worker, self._leases, clock, ended=self._ended)
        self._renewed = clock.now()
        self._tasks: set[asyncio.Task[None]] = set()
        self.hubs = self._over(account, faults) if account else None
        for function in worker.of("eventhubtrigger"):
            (self.hubs or self.events).add(function, os.environ)
        for function in worker.of("timertrigger"):
            self.timers.add(function, os.environ)

    async def start(self) -> None:
        """Hold what is free, and begin."""
        await self.beat()
        events = [self.hubs.watch()] if self.hubs else [self.events.watch(), self.events.save()]
        for work in (self._beat_for_ever(), *events, self._trim()):
            self._begin(work)

    async def stop(self) -> None:
        """Take nothing new; end or leave what is in hand; give the leases away."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await (self.hubs or self.events).stop(self._settings.stop_seconds)
        self.events.hold({})
        self.timers.hold({})
        try:
            await self._leases.release()
        except StoreBusy as busy:
            _log.warning("the leases could not be given away", extra={"error": str(busy)})
        self._file.close()

    async def beat(self) -> None:
        """Renew the leases; a host that cannot for a lease's whole life stops working on them."""
        names = [*self.events.names, *self.timers.names]
        try:
            held = await self._leases.renew(names, self.events.busy | self.timers.busy)
            self._renewed = self._clock.now()
        except StoreBusy as busy:
            _log.warning("the leases could not be renewed", extra={"error": str(busy)})
            silent = self._clock.now() - self._renewed
            if silent.total_seconds() < self._settings.lease_seconds:
                return
            held = {}
        self.events.hold(held)
        self.timers.hold(held)

    def run_now(self, function: Function, body: bytes) -> None:
        """Run a function by hand; ``body`` is ``{"input": …}``. Raises ``ValueError``."""
        given = json.loads(body or b"{}")
        if not isinstance(given, dict):
            raise ValueError("the body is no JSON object")
        if function.kind == "timertrigger":
            data = timer_data({}, is_past_due=False)
            self._begin(self._run_timer(function, data))
            return
        text = given.get("input") or ""
        body = text.encode() if isinstance(text, str) else json.dumps(text).encode()
        hub, moment = function.trigger["eventHubName"], self._clock.now().timestamp()
        record = Record(0, hub, 0, "", moment, body, "{}")
        self._begin(deliver(self._worker, function, "$Default", [record]))

    def _over(self, account: Account, faults: Faults) -> HubTriggers:
        """The readers of the namespace that the triggers' connection names."""
        create_tables(self._file)
        manner = Manner(self._settings.most_in_a_batch, self._settings.lease_seconds, faults)
        return HubTriggers(
            self._worker,
            Clients(account),
            lambda place: HubCheckpoints(self._file, self._clock, place),
            manner=manner,
            ended=self._ended,
        )

    async def _run_timer(self, function: Function, data: Any) -> None:
        await attempt(self._worker, function, data, {})

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_seconds / _BEATS_A_LEASE)
            await self.beat()

    async def _trim(self) -> None:
        while True:
            try:
                while await self._log.trim():
                    await asyncio.sleep(0)
            except StoreBusy as busy:
                _log.warning("old events were not removed", extra={"error": str(busy)})
            await asyncio.sleep(_TRIM_SECONDS)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        go_down_with(task)


def go_down_with(task: asyncio.Task[None]) -> None:
    """A host that has lost a part of itself goes down as a whole, and says why."""
    if not task.cancelled() and (error := task.exception()):
        _log.critical("the host failed", exc_info=error)
        signal.raise_signal(signal.SIGTERM)
