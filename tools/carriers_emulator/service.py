"""The three APIs behind one socket: ``/fedex``, ``/ups``, ``/usps``; and switches for what shall go wrong."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Final

from tools.carriers_emulator import fedex, ups, usps
from tools.carriers_emulator.desk import Desk
from tools.carriers_emulator.refusal import Refusal
from tools.carriers_emulator.tokens import Tokens
from tools.carriers_emulator.yard import Yard
from tools.stripe_emulator.faults import Fault, Faults
from tools.stripe_emulator.wire import Answer, ConnectionDropped, Request

CONTROL: Final = "_emulator"
"""The path under which parcels are picked up and switches are set; no carrier has such a thing."""
CARRIERS: Final[dict[str, ModuleType]] = {"fedex": fedex, "ups": ups, "usps": usps}
SORTS: Final = {
    "token": "token",
    "payment-authorization": "payment",
    "shipments": "label",
    "ship": "label",
    "label": "label",
    "recovery": "find",
    "label-reprint": "find",
    "trackingnumbers": "track",
    "tracking": "track",
    "cancel": "void",
}
"""The last word of a path to the sort of request that a switch names."""
MOST_LOGGED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that was answered; ``status`` is 0 where the connection was dropped instead."""

    carrier: str
    sort: str
    status: int


class Emulator:
    """One yard, three doors. ``now`` gives seconds since 1970."""

    def __init__(self, *, now: Callable[[], float] = time.time, step_seconds: float = 3.0) -> None:
        self.yard = Yard(now, step_seconds)
        self.desk = Desk(self.yard, Tokens(now))
        self.faults = Faults()
        self.log: deque[Logged] = deque(maxlen=MOST_LOGGED)

    async def answer(self, request: Request) -> Answer:
        """What the carrier answers. Raises ``ConnectionDropped``."""
        door = request.segments[0] if request.segments else ""
        if door == CONTROL:
            return self._control(request)
        if door not in CARRIERS:
            return Answer(404, {})
        sort = sort_of(request)
        try:
            answer = await self._befallen(request, self.faults.next(sort, is_write=sort != "track"))
        except ConnectionDropped:
            self.log.append(Logged(door, sort, 0))
            raise
        self.log.append(Logged(door, sort, answer.status))
        return answer

    def asked(self, sort: str) -> int:
        """How often that sort of request came."""
        return sum(one.sort == sort for one in self.log)

    async def _befallen(self, request: Request, fault: Fault | None) -> Answer:
        if fault is None:
            return self._done(request)
        await asyncio.sleep(fault.delay_seconds)
        answer = self._done(request) if fault.is_done else Answer(fault.status, {})
        if fault.drops:
            raise ConnectionDropped
        return Answer(fault.status, {}) if fault.status else answer

    def _done(self, request: Request) -> Answer:
        carrier = CARRIERS[request.segments[0]]
        try:
            answer: Answer = carrier.answer(self.desk, request)
        except Refusal as refusal:
            return Answer(refusal.status, carrier.error(refusal))
        if self.yard.loses_answer:
            self.yard.loses_answer = False
            raise ConnectionDropped
        return answer

    def _control(self, request: Request) -> Answer:
        match (request.method, *request.segments[1:]):
            case ("GET", "waiting", seconds):
                return Answer(200, [asdict(one) for one in self.yard.waiting(float(seconds))])
            case ("POST", "picked-up", number):
                return Answer(200 if self.yard.hand_over(number) else 404, {})
            case ("POST", "faults"):
                self.faults.set_json(json.loads(request.body))
                return Answer(200, {})
        return Answer(404, {})


def sort_of(request: Request) -> str:
    """A word for what is asked."""
    segments = request.segments
    last = next((SORTS[one] for one in reversed(segments) if one in SORTS), "")
    if request.method == "DELETE":
        return "void"
    return last or ("track" if "track" in segments else "other")
