"""A host process of its own, on a free port over a fresh or shared store: for the demo, proofs and tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 10.0

QUICK = {
    "HPH_CARRIER_STEP_SECONDS": "0.2",
    "HPH_PACKING_SECONDS": "0.2",
    "HPH_RETURN_WINDOW_DEADLINE_SECONDS": "0.5",
    "HPH_RELAY_AFTER_SECONDS": "1",
    "HPH_LEASE_SECONDS": "1.5",
    "RELAY_SCHEDULE": "* * * * * *",
    "AUDIT_SCHEDULE": "*/2 * * * * *",
    "WATCHDOG_SCHEDULE": "* * * * * *",
    "WEBHOOK_SCHEDULE": "* * * * * *",
    "LEDGER_SCHEDULE": "*/2 * * * * *",
    "COUNTERS_SCHEDULE": "*/2 * * * * *",
    "HPH_LEDGER_YOUNG_SECONDS": "3",
    "CARRIER_SCHEDULE": "* * * * * *",
    "ROLLUP_SCHEDULE": "*/4 * * * * *",
}
"""Settings under which an order lives a whole life in seconds."""


def outer_environment() -> dict[str, str]:
    """This process's environment without the shop's settings: those of an instance are its own."""
    return {name: text for name, text in os.environ.items() if not name.startswith("HPH_")}


class DidNotStart(RuntimeError):
    """The host ended, or did not answer in time; the message is what it printed."""


class Instance:
    """One host process over the data in ``folder``; several may share a folder, on different ports.

    ``module`` is what is run: the local host, unless another takes its place; ``app`` is the folder of
    another app than the shop.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        module: str = "local",
        *,
        app: Path | None = None,
    ) -> None:
        self.folder, self.port, self._module = folder, free_port(), module
        self._more = ["--app", str(app)] if app else []
        self.base = f"http://localhost:{self.port}"
        self._settings = {**QUICK, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start the host and wait until it is ready; the seconds that took. Raises ``DidNotStart``."""
        began = time.monotonic()
        environment = {
            **outer_environment(),
            "HPH_LOCAL_DIR": str(self.folder),
            "HPH_BASE_URL": self.base,
            **self._settings,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, "--port", str(self.port), *self._more],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        self._await_ready(began + START_SECONDS)
        return time.monotonic() - began

    def kill(self) -> None:
        """End the process at once, as ``kill -9`` does."""
        self._signal(signal.SIGKILL)

    def stop(self) -> int:
        """Ask the process to end, and wait; its exit status."""
        return self._signal(signal.SIGTERM)

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status of a process that ended by itself; ``None`` while it runs."""
        return self._process.poll() if self._process else None

    @property
    def _output(self) -> Path:
        return self.folder / f"host-{self.port}.out"

    def _signal(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        status = self._process.wait(STOP_SECONDS)
        self._process = None
        return status

    def _await_ready(self, until: float) -> None:
        assert self._process is not None
        while time.monotonic() < until and self._process.poll() is None:
            if _answers(f"{self.base}/health/ready"):
                return
            time.sleep(0.02)
        self._process.kill()
        raise DidNotStart(self._output.read_text(errors="replace"))


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=6) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
