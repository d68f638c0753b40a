"""What a refusal means on the wire: one table, one envelope."""

import json
from datetime import datetime
from typing import Any, Final

from domain import errors
from domain.errors import Refusal

STATUS: Final[dict[type[Refusal], int]] = {
    errors.Invalid: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.RuleBroken: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
"""Family of refusal to HTTP status (the plan's nine codes; the ninth is the unexpected one, 500)."""

RETRY_AFTER_SECONDS: Final = {429: 10, 503: 2}
"""What ``Retry-After`` says when the refusal itself does not know."""


class TooLong(errors.Invalid):
    """The body is larger than the shop reads."""

    code = "PAYLOAD_TOO_LARGE"
    message = "The body is larger than 1 MiB."


class LengthRequired(errors.Invalid):
    """A chunked body, which the Functions host would drop."""

    code = "LENGTH_REQUIRED"
    message = "Send the body with a Content-Length."


_OWN_STATUS: Final[dict[type[Refusal], int]] = {
    TooLong: 413,
    LengthRequired: 411,
    errors.PreconditionFailed: 412,
}


def status_of(refusal: type[Refusal]) -> int:
    """The HTTP status of a kind of refusal."""
    for kind in refusal.__mro__:
        if kind in _OWN_STATUS or kind in STATUS:
            return _OWN_STATUS.get(kind) or STATUS[kind]
    raise TypeError(f"{refusal.__name__} belongs to no family of refusals")


def envelope(
    code: str, message: str, facts: dict[str, Any], at: datetime, request_id: str
) -> bytes:
    """The plan's error body."""
    error = {
        "code": code,
        "message": message,
        "details": facts,
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "request_id": request_id,
    }
    return json.dumps({"error": error}, separators=(",", ":"), default=str).encode()


def headers_of(refusal: Refusal, status: int) -> dict[str, str]:
    """The headers that belong to the status."""
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="holiday-peak-hub"'}
    seconds = refusal.facts.get("retry_after", RETRY_AFTER_SECONDS.get(status))
    return {"Retry-After": str(seconds)} if seconds else {}
