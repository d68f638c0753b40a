"""Sessions, sealed secrets and token buckets: what the gate keeps. All hosts of a shop share them."""

from typing import Protocol

from domain.limit import Limit
from domain.signed_in import SignedIn
from usecases.ports.faults import PortFault

MOST_OF_A_USER = 100


class SessionsAway(PortFault):
    """The sessions do not answer: nobody is let in by one meanwhile."""


class Sessions(Protocol):
    """The sessions of people who have signed in. Every method raises ``SessionsAway``."""

    async def get(self, id: str) -> SignedIn | None:
        """The session, or ``None`` when there is none or its time is over."""

    async def put(self, session: SignedIn, ttl_seconds: int) -> bool:
        """Keep it as the next version; ``False``, and nothing is kept, when it is not at its version now."""

    async def drop(self, *ids: str) -> None:
        """End these sessions."""

    async def of_user(self, user_id: str) -> tuple[SignedIn, ...]:
        """The person's sessions, oldest first, at most a hundred."""


class Buckets(Protocol):
    """Token buckets by name, which many processes take from."""

    async def take(self, key: str, limit: Limit) -> float:
        """Take a token: 0 where there was one, else the seconds until there will be. Raises ``SessionsAway``."""


class Sealer(Protocol):
    """Secrets that others keep, or that lie at rest."""

    def seal(self, purpose: str, plain: bytes) -> str:
        """The sealed bytes as URL-safe text."""

    def open(self, purpose: str, sealed: str) -> bytes | None:
        """What was sealed for that purpose; ``None`` for anything else."""
