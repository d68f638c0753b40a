"""A person who has an account, and what the shop writes down so that the account is the only one.

The person's id is derived from the issuer and its own id for the person, so that however often somebody
signs in, and wherever, it is one account. An e-mail address is claimed by a document of its own: it is
for uniqueness and invitations only, and never links accounts.
"""

import hmac
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self
from uuid import UUID, uuid5

from domain.access import Role, Trace
from domain.entity import Audited, Entity
from domain.errors import Conflict, Forbidden, NotFound, RuleBroken
from domain.events import Event, event_id
from domain.keys import derived
from domain.preferences import Preferences

type Status = Literal["active", "disabled", "deleted"]

_NAMESPACE: Final = UUID("1f6a3f0c-4b1e-5d87-8a39-5e2c7d90b6f4")
ROSTER_ID: Final = "admins"
ROSTER_PARTITION: Final = "~roster"
INVITATION_SECONDS: Final = 30 * 24 * 3600
MOST_ADMINS: Final = 100
ASSIGNED: Final = {"customer": Role.CUSTOMER, "staff": Role.STAFF, "admin": Role.ADMIN}
"""The roles that a record can have."""


class UserNotFound(NotFound):
    """There is no such person."""

    code = "USER_NOT_FOUND"
    message = "There is no such user."


class AccountDisabled(Forbidden):
    """The account was deactivated or deleted; its tokens serve nothing any more."""

    code = "ACCOUNT_DISABLED"
    message = "This account is not active."


class EmailInUse(Conflict):
    """Another account has this address."""

    code = "EMAIL_IN_USE"
    message = "Another account has this e-mail address."


class LastAdmin(RuleBroken):
    """Somebody must be able to administer the shop."""

    code = "LAST_ADMIN"
    message = "The last administrator cannot be removed."


class User(Audited):
    """Our own record of a person: it alone decides the role, and whether the person may come in.

    ``email`` is an address that the issuer vouched for; ``wanted_email`` becomes it once the issuer vouches
    for that. ``told`` counts the events that were published about the person; ``leaves_traces`` while something
    of a deleted account still names the person; ``deleted_at`` stays where somebody comes again after that.
    ``preferences`` are there once the person has chosen any.
    """

    kind: ClassVar[str] = "user"
    container: ClassVar[str] = "Users"
    partition_field: ClassVar[str] = "user_id"
    personal: ClassVar[frozenset[str]] = frozenset(
        {"email", "wanted_email", "email_hash", "name", "phone", "subject", "preferences"}
    )

    user_id: str
    issuer: str
    subject: str
    email: str = ""
    email_hash: str = ""
    wanted_email: str = ""
    name: str = ""
    phone: str = ""
    preferences: Preferences | None = None
    role: Literal["customer", "staff", "admin"] = "customer"
    status: Status = "active"
    created_at: datetime
    updated_at: datetime
    last_login: datetime
    deleted_at: datetime | None = None
    leaves_traces: bool = False
    told: int = 0

    @property
    def rank(self) -> Role:
        """The role, as the permissions compare it."""
        return ASSIGNED[self.role]

    @property
    def is_active(self) -> bool:
        """Whether the person may come in."""
        return self.status == "active"

    def erased(self, at: datetime) -> Self:
        """The account without the person: what orders refer to stays, who it was does not."""
        return self.but(
            subject="",
            email="",
            email_hash="",
            wanted_email="",
            name="",
            phone="",
            preferences=None,
            role="customer",
            status="deleted",
            deleted_at=at,
            leaves_traces=True,
            updated_at=at,
        )

    def telling(
        self, type_: str, changed: tuple[str, ...], *, trace: Trace, at: datetime
    ) -> tuple[Self, Event]:
        """The person with one event more, and the event. Only ``UserCreated`` carries the address."""
        told = self.but(told=self.told + 1)
        data: dict[str, Any] = {
            "user_id": self.user_id,
            "role": self.role,
            "status": self.status,
            "changed": list(changed),
        }
        data |= {"email": self.email} if type_ == "UserCreated" else {}
        event = Event(
            event_id=event_id("users", self.user_id, type_, told.told),
            event_type=type_,
            timestamp=at,
            subject=self.user_id,
            sequence=told.told,
            data=data,
            correlation_id=trace.correlation_id,
            causation_id=trace.causation_id,
            traceparent=trace.traceparent,
        )
        return told, event


class EmailClaim(Entity):
    """Whose an address is; id and partition are ``email:<keyed hash>``."""

    kind: ClassVar[str] = "email-claim"
    container: ClassVar[str] = "Users"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    holder: str
    claimed_at: datetime


class Invitation(Audited):
    """Whoever shows up with this verified address for the first time gets this role; in the claim's partition."""

    kind: ClassVar[str] = "invitation"
    container: ClassVar[str] = "Users"
    partition_field: ClassVar[str] = "user_id"
    personal: ClassVar[frozenset[str]] = frozenset({"email", "name"})

    user_id: str
    email: str
    name: str
    role: Literal["customer", "staff", "admin"]
    invited_at: datetime


class UserListing(Entity):
    """A line of the list of a role; partition ``~role:<role>``, id that of the person or the invitation."""

    kind: ClassVar[str] = "user-listing"
    container: ClassVar[str] = "Users"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    email: str = ""
    name: str = ""
    role: str
    status: str
    created_at: datetime
    sequence: int = 0


class Roster(Entity):
    """Who administers the shop: one document, so that two removals at once cannot leave nobody."""

    kind: ClassVar[str] = "roster"
    container: ClassVar[str] = "Users"
    partition_field: ClassVar[str] = "user_id"

    id: str = ROSTER_ID
    user_id: str = ROSTER_PARTITION
    members: tuple[str, ...] = ()


def user_id_of(issuer: str, subject: str) -> str:
    """The id of the person that the issuer calls ``subject``: the same at every sign-in."""
    return str(uuid5(_NAMESPACE, f"{issuer}\n{subject}"))


def email_hash(secret: bytes, email: str) -> str:
    """The keyed hash of an address, letter case aside; empty for none."""
    text = email.strip().casefold().encode()
    return hmac.digest(derived(secret, "email"), text, "sha256").hex()[:32] if text else ""


def claim_id(hashed: str) -> str:
    """Where the claim of an address lies."""
    return f"email:{hashed}"


def invitation_id(hashed: str) -> str:
    """The id of the invitation of an address, in the claim's partition."""
    return f"invitation:{hashed}"


def role_partition(role: str) -> str:
    """Where the list of a role lies."""
    return f"~role:{role}"
