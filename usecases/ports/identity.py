"""Who a bearer token speaks for, and how people sign in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from domain.access import Role
from usecases.ports.faults import PortFault


class IssuerAway(PortFault):
    """The issuer of tokens does not answer: nobody can be signed in now, and unknown keys stay unknown."""


class SignInRefused(Exception):
    """The issuer refused a code or a refresh token, or what it gave out is not good."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A person whose token was good.

    ``subject`` never changes at its ``issuer`` (Entra's ``oid``). ``ceiling`` is the highest role that the
    token's claim leaves: it can lower what our own record says, never raise it. ``scopes`` are what the
    client may do in the person's name. ``email`` is empty unless the issuer vouches for it.
    ``issued_at`` is in seconds since 1970.
    """

    issuer: str
    subject: str
    ceiling: Role = Role.ADMIN
    scopes: frozenset[str] = frozenset()
    email: str = ""
    name: str = ""
    issued_at: int = 0


class Identity(Protocol):
    """The issuers of access tokens."""

    async def verify(self, token: str) -> Identified | None:
        """Whom the token speaks for; ``None`` when it is not good in any way. Raises ``IssuerAway``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sign-in that begins: what the browser brings to the issuer, and what must come back with it.

    ``challenge`` is the S256 of the PKCE verifier (RFC 7636, 4.2).
    """

    state: str
    nonce: str
    challenge: str
    is_new: bool = False
    """Whether the person wants to sign up."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the issuer gave for a code or a refresh token, verified."""

    who: Identified
    refresh_token: str = field(repr=False)


class SignIn(Protocol):
    """The issuers as a client sees them; ``issuer`` is one of ``names``, the first serves customers."""

    @property
    def names(self) -> Sequence[str]:
        """The issuers that people may sign in at."""

    async def address(self, name: str, asked: Asked) -> str:
        """Where to send the browser. Raises ``IssuerAway``."""

    async def exchange(self, name: str, *, code: str, verifier: str, nonce: str) -> Tokens:
        """The tokens for a code. Raises ``SignInRefused`` and ``IssuerAway``."""

    async def refresh(self, name: str, refresh_token: str) -> Tokens:
        """New tokens for a refresh token. Raises ``SignInRefused`` and ``IssuerAway``."""

    async def end_address(self, name: str, return_to: str) -> str:
        """Where to send the browser to end the issuer's own session. Raises ``IssuerAway``."""

    def self_service(self, name: str) -> str:
        """Where people change their password and second factor."""
