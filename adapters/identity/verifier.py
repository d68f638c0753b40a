"""Whether a token is good: signature, issuer, audience, tenant, times, kind. Nothing in it is believed before.

Every access token is verified here whatever a gateway did. The algorithm is ours, not the token's: RS256.
Times are compared with the shop's own clock.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeIs

from adapters.identity.keyring import KeyRing
from adapters.identity.settings import IssuerSettings
from domain.access import Role
from usecases.ports.clock import Clock
from usecases.ports.identity import Identified

type Claims = Mapping[str, Any]

MOST_CHARACTERS: Final = 16_384
"""A longer token is not even looked at; Entra's stay under 8 KiB, group overage included."""

SKEW_SECONDS: Final = 60
LONGEST_SECONDS: Final = 24 * 3600 + 2 * SKEW_SECONDS
"""Entra's access tokens live for 28 hours at most with continuous evaluation, which we do not ask for."""

MOST_KEY_ID: Final = 200
MOST_EMAIL: Final = 254
MOST_NAME: Final = 200
ID_TOKEN_CLAIMS: Final = frozenset({"nonce", "at_hash", "c_hash"})
VOUCHING: Final = ("email_verified", "xms_edov")
ROLES: Final = {"customer": Role.CUSTOMER, "staff": Role.STAFF, "admin": Role.ADMIN}


class TokenVerifier:
    """Verifies the tokens of one issuer by the keys of its ring."""

    def __init__(self, settings: IssuerSettings, keys: KeyRing, clock: Clock) -> None:
        self.settings, self._keys, self._clock = settings, keys, clock

    async def access(self, token: str) -> Identified | None:
        """Whom an access token speaks for, or ``None``. Raises ``IssuerAway``."""
        claims = await self._claims(token, self.settings.audience)
        return _identified(claims) if claims and _is_access(claims) else None

    async def id_token(self, token: str, nonce: str | None) -> Identified | None:
        """Whom an id token speaks for, or ``None``; with a ``nonce``, only the token of that sign-in."""
        claims = await self._claims(token, self.settings.client_id)
        if claims is None or "scp" in claims:
            return None
        is_ours = nonce is None or claims.get("nonce") == nonce
        return _identified(claims) if is_ours else None

    async def _claims(self, token: str, audience: str) -> Claims | None:
        key_id = key_id_of(token)
        key = await self._keys.find(key_id) if key_id else None
        claims = _decoded(token, key, self.settings.issuer, audience) if key else None
        if claims is None or not self._is_in_time(claims):
            return None
        is_ours = claims.get("ver") == "2.0" and claims.get("tid") == self.settings.tenant
        return claims if is_ours and _is_text(claims.get("oid")) else None

    def _is_in_time(self, claims: Claims) -> bool:
        now = self._clock.now().timestamp()
        issued, expires = claims["iat"], claims["exp"]
        starts = claims.get("nbf", issued)
        if not all(map(_is_moment, (issued, expires, starts))):
            return False
        has_begun = issued <= now + SKEW_SECONDS and starts <= now + SKEW_SECONDS
        return bool(has_begun and now - SKEW_SECONDS < expires <= issued + LONGEST_SECONDS)


class TokenVerifiers:
    """Verifies the tokens of every issuer that the shop trusts: the port ``Identity``."""

    def __init__(self, verifiers: Iterable[TokenVerifier]) -> None:
        self._by_issuer = {each.settings.issuer: each for each in verifiers}

    async def verify(self, token: str) -> Identified | None:
        """Whom the access token speaks for; ``None`` when it is not good in any way."""
        verifier = self._by_issuer.get(_issuer_of(token))
        return await verifier.access(token) if verifier else None


def key_id_of(token: str) -> str:
    """The id of the key that says to have signed the token; empty where the token has not our form."""
    if len(token) > MOST_CHARACTERS or not token.isascii() or token.count(".") != 2:
        return ""
    import jwt  # noqa: PLC0415 - loaded with the first token

    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        return ""
    is_plain = header.get("alg") == "RS256" and "crit" not in header
    key_id = header.get("kid")
    return key_id if is_plain and _is_text(key_id) and len(key_id) <= MOST_KEY_ID else ""


def _issuer_of(token: str) -> str:
    """Which issuer's keys to try; what the token says here is not believed, only looked up."""
    if not key_id_of(token):
        return ""
    import jwt  # noqa: PLC0415

    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return ""
    issuer = claims.get("iss")
    return issuer if isinstance(issuer, str) else ""


def _decoded(token: str, key: Any, issuer: str, audience: str) -> Claims | None:
    import jwt  # noqa: PLC0415

    try:
        claims: Claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            options={
                "require": ["exp", "iat", "iss", "aud"],
                "strict_aud": True,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError:
        return None
    return claims


def _is_access(claims: Claims) -> bool:
    return _is_text(claims.get("scp")) and ID_TOKEN_CLAIMS.isdisjoint(claims)


def _identified(claims: Claims) -> Identified:
    return Identified(
        issuer=claims["iss"],
        subject=claims["oid"],
        ceiling=ceiling_of(claims.get("roles")),
        scopes=frozenset(str(claims.get("scp", "")).split()),
        email=_vouched_email(claims),
        name=claims["name"][:MOST_NAME] if _is_text(claims.get("name")) else "",
        issued_at=int(claims["iat"]),
    )


def ceiling_of(roles: Any) -> Role:
    """The highest role that the claim leaves; without a claim it leaves every one to our own record."""
    if roles is None:
        return Role.ADMIN
    listed = roles if isinstance(roles, list) else []
    known = [ROLES[role] for role in listed if isinstance(role, str) and role in ROLES]
    return max(known, default=Role.CUSTOMER)


def _vouched_email(claims: Claims) -> str:
    """The address, where the issuer says that it is the person's own (``email_verified``, ``xms_edov``)."""
    email = claims.get("email")
    vouched = any(claims.get(name) in (True, 1, "1", "true") for name in VOUCHING)
    is_address = _is_text(email) and "@" in email and len(email) <= MOST_EMAIL
    return str(email) if vouched and is_address else ""


def _is_text(value: Any) -> TypeIs[str]:
    return isinstance(value, str) and value != ""


def _is_moment(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and 0 < value < 1 << 40
