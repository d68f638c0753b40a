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


PERMISSIONS: Final = {
    "anyone": Role.ANONYMOUS,
    "catalog:read": Role.ANONYMOUS,
    "session:start": Role.ANONYMOUS,
    "order:look-up": Role.ANONYMOUS,
    "webhook:deliver": Role.ANONYMOUS,
    "cart:use": Role.GUEST,
    "checkout:use": Role.GUEST,
    "order:place": Role.GUEST,
    "order:cancel": Role.GUEST,
    "payment:make": Role.GUEST,
    "order:audit": Role.STAFF,
}
"""Permission to the lowest role that has it."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a chain of causes began and what caused this step."""

    correlation_id: str
    causation_id: str
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person, an agent, a consumer or a clock, with the trace of the request.

    ``user_id`` is empty for anonymous callers and ``guest:<id>`` for guest sessions.
    """

    user_id: str
    role: Role
    trace: Trace

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
