"""The keys that an issuer signs with: fetched once for all who wait, kept while it is away, renewed at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from usecases.ports.clock import Clock
from usecases.ports.identity import IssuerAway

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

type Fetch = Callable[[], Awaitable[Mapping[str, Any]]]

FRESH: Final = timedelta(hours=1)
"""How long keys are used without asking again."""

STALE: Final = timedelta(hours=24)
"""How long they are used while the issuer does not answer: a key that it has withdrawn dies within a day."""

RETRY: Final = timedelta(seconds=5)
"""How long a failed fetch is not repeated."""

UNKNOWN_BURST: Final = 3
UNKNOWN_EVERY: Final = timedelta(seconds=10)
"""Unknown key ids may cause that many fetches at once, and one more in that time: a rotated key is found at
once, and made-up ids do not become a flood of requests to the issuer."""

LEAST_KEY_BITS: Final = 2048
MOST_KEYS: Final = 50


class KeyRing:
    """The public keys behind ``fetch``, which gives the issuer's JWKS or raises ``IssuerAway``."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: dict[str, RSAPublicKey] = {}
        self._loaded_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._allowance = float(UNKNOWN_BURST)
        self._counted_at: datetime | None = None
        self._loading: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> "RSAPublicKey | None":
        """The key with that id; ``None`` when the issuer has none. Raises ``IssuerAway`` without any keys."""
        if self._age() >= FRESH:
            await self._renew()
        if key_id not in self._keys and self._may_ask_about_unknown():
            await self._renew()
        return self._keys.get(key_id)

    def _age(self) -> timedelta:
        return self._clock.now() - self._loaded_at if self._loaded_at else timedelta.max

    async def _renew(self) -> None:
        """Load the keys, together with everybody who wants the same; old ones serve when that fails."""
        try:
            if self._has_just_failed():
                raise IssuerAway("the issuer did not answer a moment ago")
            self._loading = self._loading or asyncio.ensure_future(self._load())
            await asyncio.shield(self._loading)
        except IssuerAway:
            if self._age() > FRESH + STALE:
                self._keys = {}
                raise

    def _has_just_failed(self) -> bool:
        return self._failed_at is not None and self._clock.now() - self._failed_at < RETRY

    async def _load(self) -> None:
        try:
            self._keys = keys_of(await self._fetch())
            self._loaded_at, self._failed_at = self._clock.now(), None
        except IssuerAway:
            self._failed_at = self._clock.now()
            raise
        finally:
            self._loading = None

    def _may_ask_about_unknown(self) -> bool:
        now = self._clock.now()
        since = (now - self._counted_at) / UNKNOWN_EVERY if self._counted_at else 0.0
        self._allowance, self._counted_at = min(UNKNOWN_BURST, self._allowance + since), now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


def keys_of(jwks: Mapping[str, Any]) -> "dict[str, RSAPublicKey]":
    """The keys of a JWKS that may sign tokens here, by id (RFC 7517); all others are passed over."""
    entries = jwks.get("keys")
    if not isinstance(entries, list):
        raise IssuerAway("the issuer publishes no keys")
    found = {entry["kid"]: _key(entry) for entry in entries[:MOST_KEYS] if _signs(entry)}
    return {key_id: key for key_id, key in found.items() if key is not None}


def _signs(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "RS256") == "RS256"
        and isinstance(entry.get("kid"), str)
    )


def _key(entry: Mapping[str, Any]) -> "RSAPublicKey | None":
    from cryptography.hazmat.primitives.asymmetric.rsa import (  # noqa: PLC0415 - loaded when needed
        RSAPublicKey,
    )
    from jwt.algorithms import RSAAlgorithm  # noqa: PLC0415
    from jwt.exceptions import InvalidKeyError  # noqa: PLC0415

    try:
        key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": entry.get("n"), "e": entry.get("e")})
    except (InvalidKeyError, ValueError, TypeError, AttributeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_KEY_BITS else None
