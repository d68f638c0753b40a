"""Access tokens for a developer's own machine, until somebody signs in: ``/_local/token?role=staff``."""

from collections.abc import Mapping

from adapters.local_identity import token_for
from domain.access import Role
from local.pages import Answer, data, html
from usecases.ports.clock import Clock

ROLES = {"customer": Role.CUSTOMER, "staff": Role.STAFF, "admin": Role.ADMIN}


class TokenPage:
    """Gives out a token for a stand-in of the role that is asked for; only this host's shop takes it."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret, self._clock = secret, clock

    async def __call__(self, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """The token as JSON, or 404 for a role that there is no stand-in for."""
        role = ROLES.get(query.get("role", "staff"))
        if role is None:
            return html("Token", "<p>There is no such role.", 404)
        return data({"token": token_for(self._secret, role, self._clock.now())})
