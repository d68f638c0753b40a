"""What an issuer says about itself: its addresses, asked for once a day, kept while it is away."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.identity.http import Web
from adapters.identity.settings import IssuerSettings
from usecases.ports.clock import Clock
from usecases.ports.identity import IssuerAway

FRESH: Final = timedelta(days=1)
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")


class Discovery:
    """The discovery document of one issuer (OpenID Connect Discovery, 4)."""

    def __init__(self, settings: IssuerSettings, web: Web, clock: Clock) -> None:
        self._settings, self._web, self._clock = settings, web, clock
        self._found: Mapping[str, str] = {}
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def address(self, name: str) -> str:
        """One of the ``NEEDED`` addresses. Raises ``IssuerAway`` while none was ever read."""
        async with self._lock:
            if self._read_at is None or self._clock.now() - self._read_at >= FRESH:
                await self._read()
        return self._found[name]

    async def keys(self) -> Mapping[str, Any]:
        """The JWKS as it is published now. Raises ``IssuerAway``."""
        return await self._web.get(await self.address("jwks_uri"))

    async def _read(self) -> None:
        try:
            self._found = self._checked(await self._web.get(self._settings.discovery_url))
            self._read_at = self._clock.now()
        except IssuerAway:
            if not self._found:
                raise

    def _checked(self, document: Mapping[str, Any]) -> Mapping[str, str]:
        """Addresses that are as safe as the authority's own; a document of another issuer is none."""
        if document.get("issuer") != self._settings.issuer:
            raise IssuerAway("the discovery document is another issuer's")
        scheme = urlsplit(self._settings.authority).scheme
        found = {name: document.get(name) for name in NEEDED}
        if not all(isinstance(url, str) and _is_safe(url, scheme) for url in found.values()):
            raise IssuerAway("the discovery document lacks a safe address")
        return {name: str(url) for name, url in found.items()}


def _is_safe(url: str, scheme: str) -> bool:
    return urlsplit(url).scheme in ("https", scheme)
