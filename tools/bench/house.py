"""The shops that are measured: host processes over seeded data, paced as a shop is, not as a demo."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tools.bench.load import Server
from tools.instance import ROOT, Instance

ORDINARY: Final = {
    "HPH_CARRIER_STEP_SECONDS": "3",
    "HPH_PACKING_SECONDS": "2",
    "HPH_RETURN_WINDOW_DEADLINE_SECONDS": str(30 * 24 * 3600),
    "HPH_RELAY_AFTER_SECONDS": "5",
    "HPH_LEASE_SECONDS": "3",
    "RELAY_SCHEDULE": "*/5 * * * * *",
    "AUDIT_SCHEDULE": "*/20 * * * * *",
    "WATCHDOG_SCHEDULE": "*/10 * * * * *",
    "WEBHOOK_SCHEDULE": "*/10 * * * * *",
    "LEDGER_SCHEDULE": "*/30 * * * * *",
    "COUNTERS_SCHEDULE": "0 * * * * *",
    "CARRIER_SCHEDULE": "*/2 * * * * *",
    "ROLLUP_SCHEDULE": "*/30 * * * * *",
}
"""The settings of ``local.settings.sample.json`` and the code, where the demo hurries."""


@contextmanager
def workroom() -> Iterator[Path]:
    """A folder on the disk that the shop's own data would lie on; gone afterwards."""
    place = ROOT / ".local"
    place.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=place) as folder:
        yield Path(folder)


def seed(folder: Path, products: int = 0) -> None:
    """Fill the data of a shop in ``folder``: so many plain products, or else the built-in catalogue."""
    command = [sys.executable, "-m", "tools.seed", "--store", str(folder / "shop.db")]
    wanted: Sequence[str] = ("--products", str(products)) if products else ()
    subprocess.run([*command, *wanted], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def front(folder: Path, *, with_agents: bool = False) -> Iterator[Server]:
    """The HTTP functions over the data in ``folder``.

    ``with_agents``: the stand-ins of the agents, which are other systems, answer in the same process.
    """
    settings = ORDINARY | {"HPH_AGENTS_ENABLED": str(with_agents).lower()}
    yield from _running(Instance(folder, settings, "tools.bench.front"))


@contextmanager
def whole(folder: Path) -> Iterator[Server]:
    """The whole host with triggers and timers over the data in ``folder``."""
    yield from _running(Instance(folder, ORDINARY))


def _running(instance: Instance) -> Iterator[Server]:
    instance.start()
    try:
        yield Server(instance.pid, instance.port)
    finally:
        instance.stop()
