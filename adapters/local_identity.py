"""Access tokens that the local host gives out itself: signed, short, and refused anywhere else."""

import hmac
import json
from datetime import datetime, timedelta

from domain.access import Role
from domain.keys import bytes_of, derived, text_of
from usecases.ports.clock import Clock
from usecases.ports.identity import Identified

PREFIX = "local"
LASTS = timedelta(hours=8)


class LocalIdentity:
    """Checks the tokens of ``token_for``; ``secret`` is the shop's."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret, self._clock = secret, clock

    async def verify(self, token: str) -> Identified | None:
        """Whom the token speaks for; ``None`` when it is forged, over or no token of ours."""
        prefix, _, rest = token.partition(".")
        text, _, mac = rest.partition(".")
        if prefix != PREFIX or not hmac.compare_digest(mac.encode(), _mac(self._secret, text)):
            return None
        claims = json.loads(bytes_of(text) or b"{}")
        if claims["exp"] <= self._clock.now().timestamp():
            return None
        return Identified(claims["sub"], Role[claims["role"]])


def token_for(secret: bytes, role: Role, now: datetime) -> str:
    """A token for a stand-in of that role, good for eight hours."""
    claims = {"sub": f"local-{role.name.lower()}", "role": role.name}
    body = json.dumps(claims | {"exp": int((now + LASTS).timestamp())}, separators=(",", ":"))
    text = text_of(body.encode())
    return f"{PREFIX}.{text}.{_mac(secret, text).decode()}"


def _mac(secret: bytes, text: str) -> bytes:
    return text_of(hmac.digest(derived(secret, "local-token"), text.encode(), "sha256")).encode()
