"""``python -m tools.proofs.kills``: hosts that die at any moment, by ``kill -9`` and right after a commit.

Customers go on asking whichever host answers. In the end every order that anybody was promised is
there, once, and over.
"""

import asyncio
import random
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tools.instance import DidNotStart, Instance
from tools.proofs.busy_day import SETTINGS, STOCK, Size, business, ended
from tools.proofs.crowd import Crowd
from tools.proofs.customers import KINDS, Bought, Customer
from tools.proofs.rest import unfinished
from tools.proofs.stage import Stage, check, stage

EARLIEST_SECONDS: Final = 0.1
LATEST_SECONDS: Final = 1.5
CRASHED: Final = 137
LIFE_SECONDS: Final = 4.0
LOOK_SECONDS: Final = 0.05


@dataclass(slots=True)
class Murder:
    """Kills one of the hosts so many ``times``, and starts it anew."""

    hosts: Sequence[Instance]
    dice: random.Random
    times: int

    async def go_on(self) -> None:
        """One after the other."""
        for _ in range(self.times):
            await asyncio.sleep(self.dice.uniform(EARLIEST_SECONDS, LATEST_SECONDS))
            await asyncio.to_thread(_again, self.dice.choice(self.hosts))


def _again(host: Instance) -> None:
    host.kill()
    host.start()


def prove_kills(size: Size, times: int) -> str:
    """A busy day during which hosts are killed; its figures. Raises ``NotHeld``."""
    with stage(STOCK, SETTINGS) as there:
        there.start()
        murder = Murder(there.hosts, random.Random(size.seed), times)
        bought = business(there, size, beside=murder.go_on())
        return f"{times} times kill -9; {ended(there, bought).figures}"


def prove_crashes(commits: Iterable[int]) -> str:
    """An order is placed and paid at a host that dies after its n-th commit, for each n.

    Another host stays, and completes what was begun. Raises ``NotHeld``.
    """
    with stage(STOCK, SETTINGS) as there:
        there.start(1)
        bought, numbers = [], list(commits)
        for number in numbers:
            bought.append(_crashed(there, number))
        figures = ended(there, bought).figures
    return f"crashed after {len(numbers)} different commits, up to the {max(numbers)}th; {figures}"


def _crashed(there: Stage, number: int) -> Bought:
    mortal = Instance(there.folder, {**there.settings, "HPH_FAULTS": f"crash={number}"})
    with suppress(DidNotStart):  # a timer may commit, and crash it, before it is ready
        mortal.start()
    bought = asyncio.run(_buy([mortal.base, *there.bases], number))
    until = time.monotonic() + LIFE_SECONDS
    while mortal.status is None and time.monotonic() < until and unfinished(there.store):
        time.sleep(LOOK_SECONDS)  # the saga's commits count too
    check(mortal.status in (None, CRASHED), f"the host ended with {mortal.status}")
    mortal.kill()
    return bought


async def _buy(bases: Sequence[str], number: int) -> Bought:
    """The mortal host is asked first, and always, while it lives."""
    async with Crowd(bases) as crowd:
        return await Customer(KINDS[0], crowd.clients, random.Random(number), loyal=True).buy(
            {"lamp": 1, "vase": 2}
        )


def main() -> int:
    """Both in full size."""
    print(f"kills: {prove_kills(Size(), times=20)}; lost 0, twice 0, stuck 0", flush=True)
    print(f"kills: ok, {prove_crashes(range(1, 41))}; lost 0, twice 0, stuck 0")
    return 0


if __name__ == "__main__":
    sys.exit(main())
