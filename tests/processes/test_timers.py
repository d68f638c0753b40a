"""Timers of an app that two hosts run."""

import time
from collections import Counter
from pathlib import Path

from tools.instance import Instance

APP = Path(__file__).parent / "apps" / "ticking"
TOGETHER_SECONDS = 3.0
ALONE_SECONDS = 4.0
MOST_MISSED = 3
"""Moments that pass while a dead host's lease runs out, which takes 1.5 s here."""


def test_a_timer_runs_once_at_each_moment_and_goes_on_when_its_host_dies(tmp_path: Path) -> None:
    hosts = [Instance(tmp_path, app=APP) for _ in range(2)]
    for host in hosts:
        host.start()
    time.sleep(TOGETHER_SECONDS)
    ticking = [host for host in hosts if host.pid == last_pid(tmp_path)]
    for host in ticking:
        host.kill()
    time.sleep(ALONE_SECONDS)
    survivors = {host.pid for host in hosts if host not in ticking}
    statuses = [host.stop() for host in hosts]

    moments = Counter(moment for moment, _ in ticks(tmp_path))
    assert (len(ticking), statuses) == (1, [0, 0])
    assert last_pid(tmp_path) in survivors
    assert set(moments.values()) == {1}
    assert max(moments) - min(moments) + 1 - len(moments) <= MOST_MISSED


def ticks(folder: Path) -> list[tuple[int, int]]:
    """The second of each run, and its process."""
    lines = (folder / "ticks").read_text().split("\n")[:-1]
    return [(int(moment), int(pid)) for moment, pid in map(str.split, lines)]


def last_pid(folder: Path) -> int:
    return ticks(folder)[-1][1]
