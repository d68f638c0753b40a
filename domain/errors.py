"""Everything the shop can refuse, in one tree.

    Refusal                      a rule said no; nothing was changed
    ├── Invalid                  what was asked does not parse or validate
    ├── Unauthenticated          nobody knows who asks
    ├── Forbidden                the caller may not do this
    ├── NotFound                 it is not there, or not yours
    ├── Conflict                 the thing is in another state than the caller believed
    │   └── PreconditionFailed   the caller said which version was meant (If-Match), and it is not that
    ├── RuleBroken               understood, and against a rule of the shop
    ├── TooMany                  too often
    └── Unavailable              something we depend on does not answer; try again

A refusal carries a stable ``code`` that a client can act on, a plain sentence and facts. What it
means on the wire is decided in one table, ``blueprints/_errors.py``.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """A rule of the shop said no.

    ``code`` is stable and upper case; ``message`` is a plain sentence; ``facts`` are JSON values that
    name what stood in the way. ``passing`` tells that the same request may succeed later, so its
    answer is never kept under an idempotency key.
    """

    code: ClassVar[str] = "REFUSED"
    message: ClassVar[str] = "The request was refused."
    passing: ClassVar[bool] = False

    def __init__(self, message: str | None = None, **facts: Any) -> None:
        super().__init__(message or self.message)
        self.facts = facts


class Invalid(Refusal):
    """The request does not parse or validate; ``fields`` names each fault."""

    code = "INVALID_REQUEST"
    message = "The request is not valid."


class Unauthenticated(Refusal):
    """The caller has no token or session, or one that is not good."""

    code = "UNAUTHORIZED"
    message = "Sign in, or start a guest session, first."


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"
    message = "You may not do this."


class NotFound(Refusal):
    """It is not there, or it is not the caller's: both look the same."""

    code = "RESOURCE_NOT_FOUND"
    message = "There is no such thing here."


class Conflict(Refusal):
    """The thing is in another state than the caller believed."""

    code = "CONFLICT"
    message = "The thing has changed; read it again."


class PreconditionFailed(Conflict):
    """The thing is no longer at the version that the caller named."""

    code = "PRECONDITION_FAILED"
    message = "The thing has changed since you read it; read it again."


class RuleBroken(Refusal):
    """Understood, and against a rule of the shop."""

    code = "UNPROCESSABLE_ENTITY"
    message = "A rule of the shop forbids this."


class TooMany(Refusal):
    """The caller asks too often; ``retry_after`` is in seconds."""

    code = "RATE_LIMIT_EXCEEDED"
    message = "Too many requests; wait a moment."
    passing = True


class Unavailable(Refusal):
    """Something we depend on does not answer; ``retry_after`` is in seconds."""

    code = "SERVICE_UNAVAILABLE"
    message = "A service we depend on does not answer; try again."
    passing = True
