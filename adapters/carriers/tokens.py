"""OAuth 2 client-credential tokens (RFC 6749, 4.4), which all processes share through the cache.

One process at a time fetches a token, early enough that it never ends under a call.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from adapters.carriers.call import Answer, Call, Grant
from usecases.ports.cache import Cache
from usecases.ports.carriers import CarrierBusy
from usecases.ports.clock import Clock
from usecases.ports.secrets import Secrets, SecretsAway

AREA: Final = "carriers"
EARLY_SECONDS: Final = 120
"""A token is fetched anew so long before its end; a call takes far less."""
SHORTEST_SECONDS: Final = 5
DOUBTED_EACH: Final = timedelta(minutes=1)
"""The vault is asked again for a secret that did not serve, and not more often."""

type Send = Callable[[Call, Mapping[str, str]], Awaitable[Answer]]


class TokenRefused(Exception):
    """The carrier does not know us, or nobody knows our secret."""


class TokenKeeper:
    """Tokens of all carriers; ``secrets`` keeps what they are asked for with."""

    def __init__(self, cache: Cache, secrets: Secrets, clock: Clock) -> None:
        self._cache, self._secrets, self._clock = cache, secrets, clock
        self._doubted: dict[str, datetime] = {}

    async def token(self, grant: Grant, send: Send, bearer: str = "") -> str:
        """The token. Raises ``TokenRefused``, ``CarrierBusy``."""
        found = await self._cache.fetch(
            f"{AREA}:{grant.name}", lambda: self._fetched(grant, send, bearer)
        )
        assert found is not None, "a token is made or refused"
        return found.decode()

    async def drop(self, grant: Grant) -> None:
        """The token did not serve: the next call fetches another."""
        await self._cache.drop(f"{AREA}:{grant.name}")

    async def _fetched(self, grant: Grant, send: Send, bearer: str) -> tuple[bytes, int]:
        for secret in [bearer] if bearer else await self._secrets_of(grant):
            answer = await send(*grant.request(secret))
            token = answer.text(grant.field)
            if answer.is_yes and token:
                return token.encode(), _kept_seconds(answer.at("expires_in"), grant.seconds)
            if answer.status == 429 or answer.status >= 500:
                raise CarrierBusy(f"{grant.name}: {answer.status}")
        self._doubt(grant)
        raise TokenRefused(f"{grant.name} is refused")

    async def _secrets_of(self, grant: Grant) -> list[str]:
        try:
            return [key.decode() for key in await self._secrets.keys(grant.secret_name)]
        except SecretsAway as away:
            raise TokenRefused(f"the secret for {grant.name}: {away}") from None

    def _doubt(self, grant: Grant) -> None:
        now = self._clock.now()
        if now - self._doubted.get(grant.name, now - DOUBTED_EACH) >= DOUBTED_EACH:
            self._doubted[grant.name] = now
            self._secrets.doubt(grant.secret_name)


def _kept_seconds(told: object, usual: int) -> int:
    """How long the token is kept. UPS and USPS tell the seconds as text."""
    text = str(told)
    seconds = int(text) if text.isdecimal() else usual
    return max(seconds - EARLY_SECONDS, SHORTEST_SECONDS)
