"""Read what Log Analytics answered to `infra/queries/canary-gate.kql`."""

import json
import math
from typing import Any

from tools.canary.gate import Window


class UnreadableAnswer(ValueError):
    """The answer is not the table that the query promises; nobody may be promoted on it."""


def read_windows(text: str) -> dict[str, Window]:
    """The window of each app by its role name; the command line gives every number as text."""
    try:
        rows = json.loads(text)
        windows = {str(row["Role"]): _window(row) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableAnswer(f"{type(error).__name__}: {error}") from error
    if len(windows) != len(rows):
        raise UnreadableAnswer("an app is there twice")
    return windows


def _window(row: dict[str, Any]) -> Window:
    requests, failed = int(row["Requests"]), int(row["Failed"])
    if not 0 <= failed <= requests:
        raise UnreadableAnswer(f"{failed} failures in {requests} requests")
    return Window(requests, failed, _milliseconds(row["P95Ms"]))


def _milliseconds(value: Any) -> float | None:
    if value in (None, "", "None", "NaN"):
        return None
    number = float(value)
    if not (math.isfinite(number) and number >= 0):
        raise UnreadableAnswer(f"{value} ms")
    return number
