"""``python -m tools.demo [BASE]``: play the story on a private instance, or against a running shop.

``ENDS=cloud`` plays it on the ends for Azure: Cosmos DB, Event Hubs and Redis on local sockets, two hosts.
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

from tools.demo.story import Broken, Story
from tools.instance import ROOT, Instance

HOSTS_IN_THE_CLOUD = 2


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
        return _privately(there.environment, hosts=HOSTS_IN_THE_CLOUD)


def _privately(settings: Mapping[str, str], *, hosts: int) -> str:
    with tempfile.TemporaryDirectory(prefix="holiday-peak-hub-") as folder:
        _seed(Path(folder), settings)
        instances = [Instance(Path(folder), settings) for _ in range(hosts)]
        try:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Instance.start, instances))
            return asyncio.run(Story(instances[0].base, instances[0]).play())
        finally:
            for instance in instances:
                instance.stop()


def _seed(folder: Path, settings: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "tools.seed", "--store", str(folder / "shop.db")]
    environment = {**os.environ, **settings, "HPH_LOCAL_DIR": str(folder)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
