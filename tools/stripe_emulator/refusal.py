"""What Stripe says no with: https://docs.stripe.com/api/errors"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Refusal(Exception):
    """An error object with its HTTP status.

    ``is_kept``: it came from the endpoint itself, so that the idempotency key gives it again; what failed
    validation before is not kept: https://docs.stripe.com/api/idempotent_requests
    """

    status: int
    message: str
    code: str = ""
    param: str = ""
    type: str = "invalid_request_error"
    is_kept: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The error as JSON; fields that say nothing are left out."""
        named = {"code": self.code, "param": self.param}
        told = {name: value for name, value in named.items() if value}
        return {"error": {"message": self.message, "type": self.type, **told, **self.more}}


def bad(message: str, code: str = "", param: str = "") -> Refusal:
    """The parameters are wrong: nothing was begun, nothing is kept."""
    return Refusal(400, message, code, param)


def missing(kind: str, id: str, param: str = "") -> Refusal:
    """There is no such thing: 404 where the path names it, 400 where a parameter does."""
    message = f"No such {kind}: '{id}'"
    return Refusal(400 if param else 404, message, "resource_missing", param or "id")


def state(message: str, code: str = "", **more: Any) -> Refusal:
    """The thing is not in a state where this can be asked; kept under the key."""
    return Refusal(400, message, code, is_kept=True, more=more)
