"""Who a bearer token speaks for."""

from dataclasses import dataclass
from typing import Protocol

from domain.access import Role


@dataclass(frozen=True, slots=True)
class Identified:
    """A person whose token was good."""

    user_id: str
    role: Role


class Identity(Protocol):
    """The issuer of access tokens."""

    async def verify(self, token: str) -> Identified | None:
        """Whom the token speaks for; ``None`` when it is not good in any way."""
