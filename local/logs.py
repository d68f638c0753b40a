"""The local log: one JSON object a line in a file, and on the terminal what needs a person."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLine(logging.Formatter):
    """A record as one line: time, level, logger, message and every field given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "timestamp": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _KNOWN},
        }
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def write_logs(path: Path) -> None:
    """Send every record of this process to ``path``, and warnings to the terminal as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    to_file = logging.FileHandler(path, encoding="utf-8", delay=True)
    to_file.setFormatter(JsonLine())
    to_terminal = logging.StreamHandler()
    to_terminal.setLevel(logging.WARNING)
    to_terminal.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[to_file, to_terminal], force=True)
    for noisy in ("azure.functions", "azure_functions_runtime", "uvicorn", "proxy_worker"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
