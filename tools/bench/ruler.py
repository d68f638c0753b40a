"""The ruler: a bare FastAPI hello-world, measured right before and right after whatever is measured.

CPU time on a shared machine drifts by the minute; the ratio of two neighbours drifts little.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from time import monotonic
from typing import Final, Self

from tools.bench.load import Ask, Connection, Cost, Journey, Server, asking, measure
from tools.instance import ROOT, free_port

HELLOS: Final = 2_500
START_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Compared:
    """The cost of a journey, the median of its rounds; ``multiple`` is in hellos."""

    multiple: float
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    operations: float


class Ruler:
    """The hello-world in a process of its own."""

    def __init__(self) -> None:
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        """Start it and wait until it listens."""
        command = [sys.executable, "-m", "tools.bench.yardstick", str(self._port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        await _listens(self._port)
        await self.hello()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        if self._process:
            self._process.terminate()
            self._process.wait()

    async def hello(self) -> float:
        """CPU milliseconds of one hello, now."""
        assert self._process is not None, "not started"
        server = Server(self._process.pid, self._port)
        return (await measure(server, [asking(Ask.of("GET", "/hello"))] * HELLOS)).cpu_ms

    async def compare(self, server: Server, rounds: Iterable[Sequence[Journey]]) -> Compared:
        """What a journey costs in hellos: every round stands between two of the ruler's own."""
        return middle([await self.once(server, journeys) for journeys in rounds])

    async def once(
        self, server: Server, journeys: Sequence[Journey], *, with_aftermath: bool = False
    ) -> Compared:
        """One round."""
        before = await self.hello()
        cost = await measure(server, journeys, with_aftermath=with_aftermath)
        return compared(cost, (before, await self.hello()))


def compared(cost: Cost, hellos: Sequence[float]) -> Compared:
    """The cost beside the hellos around it."""
    multiple = cost.cpu_ms / fmean(hellos)
    return Compared(multiple, cost.cpu_ms, cost.p50_ms, cost.p95_ms, cost.operations)


def middle(rounds: Sequence[Compared]) -> Compared:
    """The median of each figure."""
    return Compared(
        multiple=median(one.multiple for one in rounds),
        cpu_ms=median(one.cpu_ms for one in rounds),
        p50_ms=median(one.p50_ms for one in rounds),
        p95_ms=median(one.p95_ms for one in rounds),
        operations=median(one.operations for one in rounds),
    )


async def _listens(port: int) -> None:
    until = monotonic() + START_SECONDS
    while True:
        try:
            return await (await Connection.to(port)).close()
        except OSError:
            if monotonic() > until:
                raise
        await asyncio.sleep(0.05)
