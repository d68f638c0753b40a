"""Who may do what: roles in a hierarchy, permissions in one table."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Role(IntEnum):
    """Each role may do what the ones before it may."""

    ANONYMOUS = 0
    GUEST = 1
    CUSTOMER = 2
    STAFF = 3
    ADMIN = 4
    SYSTEM = 5


KEEPS_SESSION: Final = "session:keep"
"""The permission of what concerns a session itself: a token of another client does not do."""

PERMISSIONS: Final = {
    "anyone": Role.ANONYMOUS,
    "catalog:read": Role.ANONYMOUS,
    "session:start": Role.ANONYMOUS,
    "order:look-up": Role.ANONYMOUS,
    "webhook:deliver": Role.ANONYMOUS,
    "sign-in:begin": Role.ANONYMOUS,
    "cart:use": Role.GUEST,
    "checkout:use": Role.GUEST,
    "order:place": Role.GUEST,
    "order:cancel": Role.GUEST,
    "payment:make": Role.GUEST,
    KEEPS_SESSION: Role.CUSTOMER,
    "self:read": Role.CUSTOMER,
    "self:change": Role.CUSTOMER,
    "cart:merge": Role.CUSTOMER,
    "ticket:read": Role.CUSTOMER,
    "ticket:open": Role.CUSTOMER,
    "ticket:reply": Role.CUSTOMER,
    "order:audit": Role.STAFF,
    "ticket:handle": Role.STAFF,
    "catalog:keep": Role.STAFF,
    "stock:keep": Role.STAFF,
    "promotion:keep": Role.STAFF,
    "analytics:read": Role.STAFF,
    "user:administer": Role.ADMIN,
    "config:administer": Role.ADMIN,
    "audit:read": Role.ADMIN,
    "event:replay": Role.ADMIN,
}
"""Permission to the lowest role that has it."""

FULL_SCOPES: Final = frozenset({"access_as_user", "write"})
READ_SCOPES: Final = FULL_SCOPES | {"read"}
"""What a client's token must be for, where it acts in a person's name: writing includes reading."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a chain of causes began and what caused this step."""

    correlation_id: str
    causation_id: str
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person, an agent, a consumer or a clock, with the trace of the request.

    ``user_id`` is empty for anonymous callers and ``guest:<id>`` for guest sessions. ``scopes`` are those
    of a bearer token; a cookie has none, since no other client stands between. ``session_id`` names the
    session of a cookie. ``email_hash`` is the keyed hash of the address that the issuer vouches for, and
    ``source`` that of the network address, for limits.
    """

    user_id: str
    role: Role
    trace: Trace
    scopes: frozenset[str] | None = None
    session_id: str = ""
    email_hash: str = ""
    source: str = ""

    @property
    def is_person(self) -> bool:
        """Whether it is somebody who has signed in."""
        return Role.CUSTOMER <= self.role <= Role.ADMIN

    @property
    def limit_key(self) -> str:
        """Whose limit a request counts against: a guest is as good as anonymous, sessions cost nothing."""
        return f"user:{self.user_id}" if self.is_person else f"from:{self.source}"

    def has_scope(self, *, writes: bool) -> bool:
        """Whether the client may do this in the person's name."""
        return self.scopes is None or not self.scopes.isdisjoint(
            FULL_SCOPES if writes else READ_SCOPES
        )

    def may(self, permission: str) -> bool:
        """Whether the role has the permission; an unknown permission is a ``KeyError``."""
        return self.role >= PERMISSIONS[permission]

    @property
    def is_staff(self) -> bool:
        """Whether the caller sees what belongs to others."""
        return self.role >= Role.STAFF


def system(name: str, trace: Trace) -> Caller:
    """The shop itself, acting as ``name`` (a consumer group, a timer)."""
    return Caller(user_id=f"system:{name}", role=Role.SYSTEM, trace=trace)
