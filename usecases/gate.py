"""The gate: everything that signing in needs. A shop that nobody wired one into lets nobody sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.limit import Limit
from domain.signed_in import SignedIn
from usecases.ports.identity import Asked, IssuerAway, SignIn, Tokens
from usecases.ports.sessions import Buckets, Sealer, Sessions


class NobodySignsIn:
    """No issuer at all."""

    @property
    def names(self) -> Sequence[str]:
        """None."""
        return ()

    async def address(self, name: str, asked: Asked) -> str:
        """Always ``IssuerAway``."""
        raise IssuerAway("nobody can sign in here")

    async def exchange(self, name: str, *, code: str, verifier: str, nonce: str) -> Tokens:
        """Always ``IssuerAway``."""
        raise IssuerAway("nobody can sign in here")

    async def refresh(self, name: str, refresh_token: str) -> Tokens:
        """Always ``IssuerAway``."""
        raise IssuerAway("nobody can sign in here")

    async def end_address(self, name: str, return_to: str) -> str:
        """Always ``IssuerAway``."""
        raise IssuerAway("nobody can sign in here")

    def self_service(self, name: str) -> str:
        """Nowhere."""
        return ""


class NoSessions:
    """No sessions, and none can begin."""

    async def get(self, id: str) -> SignedIn | None:
        """Nobody's."""
        return None

    async def put(self, session: SignedIn, ttl_seconds: int) -> bool:
        """Never kept."""
        return False

    async def drop(self, *ids: str) -> None:
        """There is nothing to end."""

    async def of_user(self, user_id: str) -> tuple[SignedIn, ...]:
        """None."""
        return ()


class NoBuckets:
    """Everybody may try as often as they like: for a shop without sign-in, and tests of other things."""

    async def take(self, key: str, limit: Limit) -> float:
        """At once."""
        return 0.0


class NoSealer:
    """Seals nothing."""

    def seal(self, purpose: str, plain: bytes) -> str:
        """Nothing is sealed without a key."""
        raise RuntimeError("this shop has no sealer")

    def open(self, purpose: str, sealed: str) -> bytes | None:
        """Nothing was sealed."""
        return None


@dataclass(frozen=True, slots=True)
class Gate:
    """The ports of signing in."""

    sign_in: SignIn
    sessions: Sessions
    buckets: Buckets
    sealer: Sealer


CLOSED: Final = Gate(NobodySignsIn(), NoSessions(), NoBuckets(), NoSealer())
"""The gate of a shop without sign-in."""
