"""What starting costs: a host up to its first answer, and the app alone over the libraries it must load."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tools.bench.house import ORDINARY
from tools.bench.load import cpu_seconds
from tools.instance import ROOT, Instance

STARTS: Final = 3
LOADS: Final = 5
FLOOR: Final = """
import azure.functions
from pydantic import BaseModel
class Model(BaseModel):
    id: str
"""
APP: Final = "import function_app"


@dataclass(frozen=True, slots=True)
class Start:
    """CPU and wall seconds from the command to the first 200."""

    cpu_seconds: float
    wall_seconds: float


def first_answer(folder: Path) -> Start:
    """The median of some starts of the local host over seeded data."""
    starts = [_start(folder) for _ in range(STARTS)]
    return Start(
        cpu_seconds=median(start.cpu_seconds for start in starts),
        wall_seconds=median(start.wall_seconds for start in starts),
    )


def load_over_floor() -> float:
    """CPU seconds of loading the app, as a multiple of what ``azure.functions`` and one pydantic model cost.

    Both are compiled, as the package for Azure is.
    """
    _cpu_of(APP)
    pairs = [(_cpu_of(APP), _cpu_of(FLOOR)) for _ in range(LOADS)]
    return median(app / floor for app, floor in pairs)


def _start(folder: Path) -> Start:
    instance = Instance(folder, ORDINARY)
    wall = instance.start()
    try:
        return Start(cpu_seconds(instance.pid), wall)
    finally:
        instance.stop()


def _cpu_of(statement: str) -> float:
    """User and system seconds of a Python process that runs one statement."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen([sys.executable, "-c", statement], cwd=ROOT, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{statement!r} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
