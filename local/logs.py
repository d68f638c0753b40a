"""The local log: one JSON object a line in a file, and on the terminal what needs a person."""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

from pydantic_core import to_json

from domain.moment import moment_text

MOST_WAITING = 256
"""Lines that wait for the disk at most."""

WAIT_SECONDS = 0.1
"""How long a line waits at most; a warning does not wait at all."""

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLine(logging.Formatter):
    """A record as one line: time, level, logger, message and every field given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "timestamp": moment_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _KNOWN},
        }
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return to_json(line, fallback=str).decode()


class WaitingFile(logging.FileHandler):
    """Writes lines in groups, since a system call a line costs more than the line itself.

    A killed process loses what was logged in its last tenth of a second, never a warning.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._waiting: list[logging.LogRecord] = []
        self._is_closed = threading.Event()
        self._writer = threading.Thread(target=self._write_for_ever, name="log", daemon=True)
        self._writer.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record for the next group; a warning, or a full group, is written at once."""
        self._waiting.append(record)
        if record.levelno >= logging.WARNING or len(self._waiting) >= MOST_WAITING:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        with self.lock or threading.RLock():
            records, self._waiting = self._waiting, []
            if records:
                self.stream = self.stream or self._open()
                self.stream.write("".join(f"{self.format(record)}\n" for record in records))
                self.stream.flush()

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self._is_closed.set()
        self.write()
        super().close()

    def _write_for_ever(self) -> None:
        while not self._is_closed.wait(WAIT_SECONDS):
            self.write()


def write_logs(path: Path) -> None:
    """Send every record of this process to ``path``, and warnings to the terminal as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    to_file = WaitingFile(path)
    to_file.setFormatter(JsonLine())
    to_terminal = logging.StreamHandler()
    to_terminal.setLevel(logging.WARNING)
    to_terminal.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    # no line tells them, and each costs time (the logging how-to, "Optimization")
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.logAsyncioTasks = False  # type: ignore[attr-defined]
    logging._srcfile = None
    logging.basicConfig(level=logging.INFO, handlers=[to_file, to_terminal], force=True)
    for noisy in ("azure", "azure.functions", "azure_functions_runtime", "uvicorn", "proxy_worker"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
