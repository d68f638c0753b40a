"""The session of somebody who has signed in. The browser holds a random token; the shop holds only its hash.

``ceiling`` is what the issuer's role claim left when the session began or was renewed. ``refresh`` is the
issuer's refresh token, sealed. All sessions that came of one sign-in by renewing are a ``family``: the use of
one that was replaced some time ago means that a copy of it is about, and ends them all.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from domain.access import Role
from domain.entity import Value
from domain.keys import derived, text_of

TOKEN_BYTES: Final = 32
GRACE: Final = timedelta(seconds=10)
"""How long a replaced session still serves the requests that were under way; it is never renewed again."""

TOUCHED_AFTER: Final = timedelta(minutes=5)
"""A session's last use is written down no more often than that."""


class SignedIn(Value):
    """One session. ``version`` counts its writes, so that of two renewals at once one wins."""

    id: str
    user_id: str
    family: str
    issuer: str
    ceiling: Role
    email_hash: str = ""
    refresh: str
    started_at: datetime
    used_at: datetime
    replaced_at: datetime | None = None
    version: int = 0

    def ends_at(self, slides: timedelta, most: timedelta) -> datetime:
        """When it ends, if it is not used before: it slides with use, and is bounded."""
        return min(self.used_at + slides, self.started_at + most)

    def is_replaced(self, now: datetime) -> bool:
        """Whether it was renewed so long ago that nobody honest still has it."""
        return self.replaced_at is not None and now - self.replaced_at > GRACE

    def needs_touch(self, now: datetime) -> bool:
        """Whether its use should be written down."""
        return self.replaced_at is None and now - self.used_at >= TOUCHED_AFTER


def session_id(token: str) -> str:
    """The id of the session whose token this is: whoever reads the store cannot become anybody."""
    return sha256(token.encode()).hexdigest()


def csrf_token(secret: bytes, id: str) -> str:
    """What must come back in a header with every write of that session."""
    return text_of(hmac.digest(derived(secret, "csrf-signed-in"), id.encode(), "sha256")[:16])
