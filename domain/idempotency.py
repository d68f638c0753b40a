"""The memory of answers given under a caller's key."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from domain.entity import Entity
from domain.errors import Conflict, RuleBroken


class KeyInFlight(Conflict):
    """The first request under this key is still being answered."""

    code = "IDEMPOTENCY_KEY_IN_FLIGHT"
    message = "A request with this Idempotency-Key is still being answered."
    passing = True


class KeyReused(RuleBroken):
    """The key was used for another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another request."


class KeptAnswer(Entity):
    """A claim on a key, then the answer given under it; id ``key:<hash of operation and key>``.

    ``request_hash`` tells the same request from another one; while ``status`` is missing, the request
    is in flight until ``lease_until``, after which a repeat takes it over.
    """

    kind: ClassVar[str] = "kept-answer"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    request_hash: str
    lease_until: datetime
    status: int | None = None
    body: str = ""
    headers: dict[str, str] = Field(default_factory=dict)

    @property
    def is_answered(self) -> bool:
        """Whether the first request was answered."""
        return self.status is not None
