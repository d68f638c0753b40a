"""An OpenID issuer on one machine, shaped like Entra ID and stricter: PKCE always, addresses exact, codes once.

Codes and refresh tokens lie among the world's records as hashes, so that several hosts share them and a
restart keeps them. A code or refresh token that is used twice ends everything that came of it
(RFC 6749, 4.1.2; RFC 9700, 4.14.2).
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from adapters.embedded.issuer_keys import SigningKeys
from adapters.embedded.personas import PERSONAS, TENANT, Persona
from adapters.embedded.world import Record, Records, Vault
from domain.keys import text_of
from usecases.ports.clock import Clock, Ids

CODES: Final = "issuer.codes"
REFRESH_TOKENS: Final = "issuer.refresh"
ENDED: Final = "issuer.ended"
CODE_SECONDS: Final = 60
TOKEN_SECONDS: Final = 3600
REFRESH_SECONDS: Final = 90 * 24 * 3600
PRUNED_AT_ONCE: Final = 2
SECRET_BYTES: Final = 32
OPEN_ID_SCOPES: Final = frozenset({"openid", "profile", "email", "offline_access"})
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class AuthorizeRefused(Exception):
    """The browser must not be sent back: nobody knows whether the address is the client's."""


class GrantRefused(Exception):
    """The token endpoint's refusal; the error code is the message (RFC 6749, 5.2)."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The shop's registration at the issuer. ``issuer`` is its name, the same at every port."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    sign_out_uris: tuple[str, ...]


class EmbeddedIssuer:
    """What the issuer decides; ``local/issuer.py`` puts it on HTTP."""

    def __init__(self, vault: Vault, clock: Clock, ids: Ids, registration: Registration) -> None:
        self._vault, self._clock, self._ids = vault, clock, ids
        self.registration, self.keys = registration, SigningKeys(vault, clock)

    def fault(self, query: Mapping[str, str]) -> str:
        """What is wrong with a request to sign in; empty when nothing is. Raises ``AuthorizeRefused``."""
        self._check_client(query)
        if query.get("response_type") != "code":
            return "unsupported_response_type"
        if "openid" not in query.get("scope", "").split():
            return "invalid_scope"
        is_pkce = query.get("code_challenge_method") == "S256"
        is_whole = bool(query.get("state")) and bool(query.get("nonce"))
        is_strong = _CHALLENGE.fullmatch(query.get("code_challenge", "")) is not None
        return "" if is_pkce and is_whole and is_strong else "invalid_request"

    def refusal(self, query: Mapping[str, str], error: str) -> str:
        """Where the browser goes with an error."""
        return _address(query, {"error": error})

    async def authorize(self, query: Mapping[str, str], persona: Persona) -> str:
        """Where the browser goes after the person has signed in: back, with a code that lives a minute."""
        if persona.disabled:
            return self.refusal(query, "access_denied")
        code = self._secret()
        record = {
            "persona": persona.key,
            "redirect_uri": query["redirect_uri"],
            "challenge": query["code_challenge"],
            "nonce": query["nonce"],
            "scope": query["scope"],
            "family": self._ids.new(),
            "at": self._clock.now().timestamp(),
        }
        await self._vault.change(lambda records: records.put(CODES, _hashed(code), record))
        return _address(query, {"code": code})

    async def grant(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The token endpoint's answer. Raises ``GrantRefused``."""
        self._check_secret(form)
        now = self._clock.now()
        refresh = self._secret()
        match form.get("grant_type"):
            case "authorization_code":
                found = await self._vault.change(lambda r: _redeemed(r, form, refresh, now))
            case "refresh_token":
                found = await self._vault.change(lambda r: _renewed(r, form, refresh, now))
            case _:
                raise GrantRefused("unsupported_grant_type")
        if "error" in found:
            raise GrantRefused(str(found["error"]))
        return await self._tokens(found, refresh)

    async def access_token(self, persona: Persona, scope: str = "access_as_user") -> str:
        """An access token for the shop's API, as a client that has it already would send it."""
        claims = self._claims(persona) | {"aud": self.registration.client_id, "scp": scope}
        return await self.keys.sign(claims)

    def may_return_to(self, url: str) -> bool:
        """Whether the browser may be sent there after the session has ended."""
        return url in self.registration.sign_out_uris

    async def _tokens(self, grant: Record, refresh: str) -> dict[str, Any]:
        persona = PERSONAS[str(grant["persona"])]
        claims = self._claims(persona) | {"aud": self.registration.client_id}
        claims |= {"nonce": grant["nonce"]} if grant.get("nonce") else {}
        scopes = str(grant["scope"]).split()
        return {
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": " ".join(scopes),
            "id_token": await self.keys.sign(claims),
            "access_token": await self._access_for(persona, scopes),
            "refresh_token": refresh,
        }

    async def _access_for(self, persona: Persona, scopes: list[str]) -> str:
        """For our API where one of its scopes was asked for, else for another one, as Entra does."""
        ours = [scope.rpartition("/")[2] for scope in scopes if scope not in OPEN_ID_SCOPES]
        if ours:
            return await self.access_token(persona, " ".join(ours))
        other = {"aud": "00000003-0000-0000-c000-000000000000", "scp": "User.Read"}
        return await self.keys.sign(self._claims(persona) | other)

    def _claims(self, persona: Persona) -> dict[str, Any]:
        now = int(self._clock.now().timestamp())
        return {
            "iss": self.registration.issuer,
            "tid": TENANT,
            "ver": "2.0",
            "oid": persona.subject,
            "sub": persona.subject,
            "name": persona.name,
            "preferred_username": persona.email,
            "email": persona.email,
            "email_verified": True,
            "roles": list(persona.roles),
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
        }

    def _check_client(self, query: Mapping[str, str]) -> None:
        if query.get("client_id") != self.registration.client_id:
            raise AuthorizeRefused("the client is not registered here")
        if query.get("redirect_uri") not in self.registration.redirect_uris:
            raise AuthorizeRefused("the redirect address is not registered, letter by letter")

    def _check_secret(self, form: Mapping[str, str]) -> None:
        given = form.get("client_secret", "").encode()
        is_same = hmac.compare_digest(given, self.registration.client_secret.encode())
        if not is_same or form.get("client_id") != self.registration.client_id:
            raise GrantRefused("invalid_client")

    def _secret(self) -> str:
        return text_of(self._ids.secret(SECRET_BYTES))


def _redeemed(
    records: Records, form: Mapping[str, str], refresh: str, now: datetime
) -> dict[str, Any]:
    """The code's grant, once: a second use, or a wrong verifier, ends whatever came of the first."""
    _prune(records, CODES, now, CODE_SECONDS)
    key = _hashed(form.get("code", ""))
    found = records.get(CODES, key)
    if found is None:
        return {"error": "invalid_grant"}
    records.put(CODES, key, {**found, "used": True})
    if found.get("used") or not _is_proven(found, form):
        records.put(ENDED, str(found["family"]), {"at": now.timestamp()})
        return {"error": "invalid_grant"}
    if now.timestamp() - float(found["at"]) > CODE_SECONDS:
        return {"error": "invalid_grant"}
    _keep_refresh(records, refresh, found, now)
    return dict(found)


def _renewed(
    records: Records, form: Mapping[str, str], refresh: str, now: datetime
) -> dict[str, Any]:
    """The refresh token's grant, once; the next one belongs to the same family."""
    _prune(records, REFRESH_TOKENS, now, REFRESH_SECONDS)
    _prune(records, ENDED, now, REFRESH_SECONDS)
    key = _hashed(form.get("refresh_token", ""))
    found = records.get(REFRESH_TOKENS, key)
    if found is None or records.get(ENDED, str(found["family"])):
        return {"error": "invalid_grant"}
    if found.get("used"):
        records.put(ENDED, str(found["family"]), {"at": now.timestamp()})
        return {"error": "invalid_grant"}
    records.put(REFRESH_TOKENS, key, {**found, "used": True})
    _keep_refresh(records, refresh, found, now)
    return {**found, "nonce": ""}


def _keep_refresh(records: Records, refresh: str, grant: Record, now: datetime) -> None:
    kept = {name: grant[name] for name in ("persona", "scope", "family")}
    records.put(REFRESH_TOKENS, _hashed(refresh), {**kept, "at": now.timestamp()})


def _is_proven(code: Record, form: Mapping[str, str]) -> bool:
    verifier = form.get("code_verifier", "")
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    is_same_address = form.get("redirect_uri") == code["redirect_uri"]
    is_whole = _VERIFIER.fullmatch(verifier) is not None
    return is_same_address and is_whole and challenge == code["challenge"]


def _prune(records: Records, drawer: str, now: datetime, seconds: int) -> None:
    for key, kept in records.oldest(drawer, PRUNED_AT_ONCE):
        if now.timestamp() - float(kept["at"]) > 2 * seconds:
            records.drop(drawer, key)


def _hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _address(query: Mapping[str, str], answer: Mapping[str, str]) -> str:
    back = {**answer, "state": query.get("state", "")}
    return f"{query['redirect_uri']}?{urlencode(back)}"
