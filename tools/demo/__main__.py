"""``python -m tools.demo [BASE]``: play the story on a private instance, or against a running shop.

``ENDS=cloud`` plays it on the ends for Azure: Cosmos DB, Event Hubs, Redis and Stripe on local sockets, two hosts.
``AGENTS=carrier-selection=slow`` and the like are the moods of the agents on a private instance (``HPH_AGENTS``).
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tools.audit import audit_of
from tools.audit.books import read_books
from tools.demo.story import Broken, Story
from tools.instance import ROOT, Instance
from tools.proofs.cloud_books import read_cloud_books, unfinished_in_the_cloud
from tools.proofs.rest import unfinished

if TYPE_CHECKING:
    from tools.peers import Peers

HOSTS_IN_THE_CLOUD = 2
PATIENCE_SECONDS = 30.0


def main(arguments: list[str]) -> int:
    """Play it; the exit status is 0 only if all of it held."""
    began = time.monotonic()
    try:
        figures = _played(arguments, os.environ.get("ENDS", ""))
    except Broken as fault:
        print(f"demo: BROKEN, {fault}")
        return 1
    print(f"demo: ok, {figures} in {time.monotonic() - began:.1f} s")
    return 0


def _played(arguments: list[str], ends: str) -> str:
    if arguments:
        return asyncio.run(Story(arguments[0].rstrip("/")).play())
    if ends == "cloud":
        return _on_cloud_ends()
    if ends not in ("", "embedded"):
        raise Broken(f"ENDS is embedded or cloud, not {ends!r}")
    return _privately({}, hosts=1)


def _on_cloud_ends() -> str:
    from tools.peers import peers  # noqa: PLC0415 - the SDKs, which the other demo does without

    with peers() as there:
        return _privately(there.environment, hosts=HOSTS_IN_THE_CLOUD, there=there)


def _privately(settings: Mapping[str, str], *, hosts: int, there: "Peers | None" = None) -> str:
    with tempfile.TemporaryDirectory(prefix="holiday-peak-hub-") as folder:
        seed(Path(folder), settings)
        moods = {"HPH_AGENTS": os.environ.get("AGENTS", "")}
        instances = [Instance(Path(folder), {**settings, **moods}) for _ in range(hosts)]
        try:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Instance.start, instances))
            if there:
                there.deliver_to([one.base for one in instances])
            charges = there.captured if there else None
            figures = asyncio.run(Story(instances[0].base, instances[0], charges).play())
            _come_to_rest(Path(folder) / "shop.db", there)
        finally:
            for instance in instances:
                instance.stop()
        return _audited(Path(folder) / "shop.db", there, figures)


def _come_to_rest(store: Path, there: "Peers | None") -> None:
    """Wait until nobody has anything left to do."""
    until = time.monotonic() + PATIENCE_SECONDS
    while left := unfinished_in_the_cloud(there, store) if there else unfinished(store):
        if time.monotonic() > until:
            raise Broken(f"still under way: {left[0]}")
        time.sleep(0.1)


def _audited(store: Path, there: "Peers | None", figures: str) -> str:
    """Hold the shop's books against the card network's and the carriers' own. Raises ``Broken``."""
    found = audit_of(read_cloud_books(there, store) if there else read_books(store))
    if found.faults:
        raise Broken(found.faults[0])
    print(f"  audit      {found.figures}")
    return f"{figures}, every unit and every cent accounted for"


def seed(folder: Path, settings: Mapping[str, str]) -> None:
    """Put the built-in catalogue into the store of ``folder``."""
    command = [sys.executable, "-m", "tools.seed", "--store", str(folder / "shop.db")]
    environment = {**os.environ, **settings, "HPH_LOCAL_DIR": str(folder)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
