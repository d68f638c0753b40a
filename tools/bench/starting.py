"""What starting costs: a host up to its first answer, and the app alone beside an app of one function."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from tools.bench.house import ORDINARY
from tools.bench.load import cpu_seconds
from tools.instance import ROOT, Instance, outer_environment

STARTS: Final = 3
LOADS: Final = 5
FLOOR: Final = """
import azure.functions
from pydantic import BaseModel
class Model(BaseModel):
    id: str
"""
APP: Final = "import function_app"
HELLO: Final = """
import azure.functions as func
from pydantic import BaseModel
class Hello(BaseModel):
    word: str
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
@app.route(route="hello", methods=["GET"])
async def hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(Hello(word="hello").model_dump_json())
"""
"""The least app that answers with a model."""

FIRST_CALLS: Final[Mapping[str, str]] = {
    "health check": "health/live",
    "product page": "api/products/{id}",
    "cart": "api/cart",
}
"""Calls that may be the first of an instance, and their routes."""


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
    _cpu_of(["-c", APP])
    pairs = [(_cpu_of(["-c", APP]), _cpu_of(["-c", FLOOR])) for _ in range(LOADS)]
    return median(app / floor for app, floor in pairs)


def answers_over_hello() -> dict[str, float]:
    """CPU seconds of loading the app and answering one call, as a multiple of an app of one function and one model."""
    with TemporaryDirectory(prefix="bench-hello-") as folder:
        (Path(folder) / "function_app.py").write_text(HELLO, "utf-8")
        settings = {
            "HPH_LOCAL": "true",
            "HPH_SECRET_KEY": "k" * 32,
            "HPH_STORE_FILE": str(Path(folder) / "shop.db"),
        }
        return {name: _answer(folder, route, settings) for name, route in FIRST_CALLS.items()}


def _answer(hello: str, route: str, settings: Mapping[str, str]) -> float:
    ours, other = (
        ["-m", "tools.bench.answering", *words] for words in ([str(ROOT), route], [hello, "hello"])
    )
    _cpu_of(ours, settings)
    pairs = [(_cpu_of(ours, settings), _cpu_of(other, settings)) for _ in range(LOADS)]
    return median(app / floor for app, floor in pairs)


def _start(folder: Path) -> Start:
    instance = Instance(folder, ORDINARY)
    wall = instance.start()
    try:
        return Start(cpu_seconds(instance.pid), wall)
    finally:
        instance.stop()


def _cpu_of(arguments: Sequence[str], settings: Mapping[str, str] | None = None) -> float:
    """User and system seconds of a Python process."""
    environment = {**outer_environment(), "PYTHONDONTWRITEBYTECODE": "", **(settings or {})}
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
