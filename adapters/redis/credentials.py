"""Signing in to Redis as the app. Importing this imports redis-py.

The user's name is the identity's object id, the password its token, which lives for hours at most; a
connection whose token is over is cut by the server. So connections are told each new token while they live:
redis-py does that for whoever registers with ``on_next``.
https://learn.microsoft.com/azure/redis/entra-for-authentication
"""

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from redis.auth.token import SimpleToken
from redis.credentials import StreamingCredentialProvider

from usecases.ports.clock import Clock

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

SCOPE: Final = "https://redis.azure.com/.default"
AHEAD: Final = timedelta(minutes=5)
"""So long before its token ends a connection is told the next one."""

AGAIN: Final = timedelta(seconds=30)
"""Between two tries to get a new token, since the identity's own service may be away."""

_log = logging.getLogger(__name__)

type Listener = Callable[[SimpleToken], Awaitable[None]]


class EntraCredentials(StreamingCredentialProvider):
    """The identity's name and token, renewed in time by whoever uses the cache: nothing runs for its own sake."""

    def __init__(self, credential: "AsyncTokenCredential", clock: Clock) -> None:
        self._credential, self._clock = credential, clock
        self._listeners: list[Listener] = []
        self._renew_from: datetime | None = None
        self._value = ""
        self._renewing: asyncio.Task[None] | None = None

    async def get_credentials_async(self) -> tuple[str, str]:
        """Name and token for a new connection. Raises the identity's errors."""
        token = await self._token()
        return token.try_get("oid"), token.get_value()

    def get_credentials(self) -> tuple[str, str]:
        """Not for us: every connection of ours is asynchronous."""
        raise NotImplementedError

    def on_next(self, callback: Any) -> None:
        """Tell this listener each new token."""
        self._listeners.append(callback)

    def on_error(self, callback: Any) -> None:
        """Nobody need hear of a failure: the old token still serves, and it is tried again."""

    def is_streaming(self) -> bool:
        """Tokens change while connections live."""
        return True

    def look(self) -> None:
        """Begin to renew the token, where it is time to."""
        is_due = self._renew_from is not None and self._clock.now() >= self._renew_from
        if is_due and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.get_running_loop().create_task(self._renew())

    async def close(self) -> None:
        """Let go of the identity."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
        await self._credential.close()

    async def _renew(self) -> None:
        before = self._value
        self._renew_from = self._clock.now() + AGAIN
        try:
            token = await self._token()
            if token.get_value() != before:
                for listener in self._listeners:
                    await listener(token)
        except Exception as fault:  # whatever it is, the cache can do without
            _log.warning("redis: the token was not renewed", extra={"error": str(fault)})

    async def _token(self) -> SimpleToken:
        given = await self._credential.get_token(SCOPE)
        now = self._clock.now()
        ends = datetime.fromtimestamp(given.expires_on, now.tzinfo)
        self._value = given.token
        self._renew_from = max(ends - AHEAD, now + AGAIN)
        moments = given.expires_on * 1000.0, now.timestamp() * 1000.0
        return SimpleToken(given.token, *moments, {"oid": object_id(given.token)})


def object_id(token: str) -> str:
    """Whose token it is, as it says itself; Redis will judge it."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["oid"])
