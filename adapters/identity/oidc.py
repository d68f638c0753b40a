"""Signing people in: the authorization code flow with PKCE, as a confidential client (OpenID Connect Core, 3.1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeIs
from urllib.parse import urlencode

from adapters.identity.discovery import Discovery
from adapters.identity.http import Web
from adapters.identity.proof import Proof
from adapters.identity.verifier import TokenVerifier
from usecases.ports.identity import Asked, SignInRefused, Tokens

SCOPE: Final = "openid profile email offline_access"
"""Who it is, and a refresh token. The shop calls nobody else's API in the person's name."""

MOST_REFRESH_TOKEN: Final = 8_192


class Desk:
    """One issuer as its client sees it."""

    def __init__(
        self, discovery: Discovery, verifier: TokenVerifier, web: Web, proof: Proof
    ) -> None:
        self.settings = verifier.settings
        self._discovery, self._verifier, self._web, self._proof = discovery, verifier, web, proof

    async def address(self, asked: Asked, redirect_uri: str) -> str:
        """Where the browser goes; whoever signs up is asked to (Entra's ``prompt=create``)."""
        query = {
            "client_id": self.settings.client_id,
            "response_type": "code",
            "response_mode": "query",
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": asked.challenge,
            "code_challenge_method": "S256",
        }
        query |= {"prompt": "create"} if asked.is_new else {}
        return f"{await self._discovery.address('authorization_endpoint')}?{urlencode(query)}"

    async def tokens(self, grant: Mapping[str, str], nonce: str | None) -> Tokens:
        """What the token endpoint gives for the grant, verified. Raises ``SignInRefused``."""
        form = {"client_id": self.settings.client_id, "scope": SCOPE, **grant}
        form |= await self._proof.fields()
        status, given = await self._web.post(await self._discovery.address("token_endpoint"), form)
        if status != 200:
            raise SignInRefused(f"{grant['grant_type']}: {status}")
        id_token, refresh = given.get("id_token"), given.get("refresh_token")
        who = await self._verifier.id_token(id_token, nonce) if isinstance(id_token, str) else None
        if who is None or not _is_refresh_token(refresh):
            raise SignInRefused("the issuer's tokens are not good")
        return Tokens(who, refresh)

    async def end_address(self, return_to: str) -> str:
        """Where the issuer's own session ends (OpenID Connect RP-Initiated Logout)."""
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": return_to}
        return f"{await self._discovery.address('end_session_endpoint')}?{urlencode(query)}"


class Desks:
    """The port ``SignIn`` over every issuer; ``redirect_uri`` is our callback's address."""

    def __init__(self, desks: Iterable[Desk], redirect_uri: str) -> None:
        self._desks = {desk.settings.name: desk for desk in desks}
        self._redirect_uri = redirect_uri

    @property
    def names(self) -> Sequence[str]:
        """The issuers, customers' first."""
        return tuple(self._desks)

    async def address(self, name: str, asked: Asked) -> str:
        """Where to send the browser."""
        return await self._desks[name].address(asked, self._redirect_uri)

    async def exchange(self, name: str, *, code: str, verifier: str, nonce: str) -> Tokens:
        """The tokens for a code."""
        grant = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": self._redirect_uri,
        }
        return await self._desks[name].tokens(grant, nonce)

    async def refresh(self, name: str, refresh_token: str) -> Tokens:
        """New tokens for a refresh token."""
        grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._desks[name].tokens(grant, None)

    async def end_address(self, name: str, return_to: str) -> str:
        """Where the issuer's own session ends."""
        return await self._desks[name].end_address(return_to)

    def self_service(self, name: str) -> str:
        """Where people change their password and second factor."""
        return self._desks[name].settings.self_service


def _is_refresh_token(given: Any) -> TypeIs[str]:
    return isinstance(given, str) and 0 < len(given) <= MOST_REFRESH_TOKEN
