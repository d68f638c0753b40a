"""The embedded issuer on HTTP: discovery, keys, the page where a persona is chosen, tokens, the end of a session."""

from collections.abc import Awaitable, Callable, Mapping
from html import escape
from typing import Final
from urllib.parse import urlencode

from adapters.embedded.issuer import AuthorizeRefused, EmbeddedIssuer, GrantRefused
from adapters.embedded.personas import PERSONAS, TENANT
from local.pages import Answer, data, fields_of, html

type Page = Callable[[Mapping[str, str]], Awaitable[Answer]]

PREFIX: Final = "/_local/issuer"
AUTHORITY: Final = f"{PREFIX}/{TENANT}"
AUTHORIZE: Final = f"{AUTHORITY}/oauth2/v2.0/authorize"
TOKEN: Final = f"{AUTHORITY}/oauth2/v2.0/token"
SIGN_OUT: Final = f"{AUTHORITY}/oauth2/v2.0/logout"
KEYS: Final = f"{AUTHORITY}/discovery/v2.0/keys"
DISCOVERY: Final = f"{AUTHORITY}/v2.0/.well-known/openid-configuration"
ROTATE: Final = f"{PREFIX}/rotate"


class IssuerPages:
    """The pages under ``PREFIX``; ``base_url`` is where this host listens."""

    def __init__(self, issuer: EmbeddedIssuer, base_url: str) -> None:
        self._issuer, self._base_url = issuer, base_url
        self._pages: dict[str, Page] = {
            PREFIX: self._welcome,
            DISCOVERY: self._describe,
            KEYS: self._publish,
            AUTHORIZE: self._authorize,
            TOKEN: self._token,
            SIGN_OUT: self._sign_out,
            ROTATE: self._rotate,
        }

    async def __call__(self, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """The page at ``path``; secrets are taken from a form only, never from an address."""
        name = path.rstrip("/")
        if name not in self._pages:
            return html("Issuer", "<p>There is no such page.", 404)
        return await self._pages[name](fields_of(body) if name == TOKEN else query)

    async def _welcome(self, _given: Mapping[str, str]) -> Answer:
        return html("Sign in", _WELCOME)

    async def _publish(self, _given: Mapping[str, str]) -> Answer:
        return data(await self._issuer.keys.published())

    async def _rotate(self, _given: Mapping[str, str]) -> Answer:
        return data({"kid": await self._issuer.keys.rotate()})

    async def _authorize(self, query: Mapping[str, str]) -> Answer:
        try:
            fault = self._issuer.fault(query)
        except AuthorizeRefused as refusal:
            return html("Sign in", f"<p>{escape(str(refusal))}", 400)
        if fault:
            return _redirect(self._issuer.refusal(query, fault))
        persona = PERSONAS.get(query.get("persona", ""))
        if persona is None:
            return html("Who are you?", _personas(query))
        return _redirect(await self._issuer.authorize(query, persona))

    async def _token(self, form: Mapping[str, str]) -> Answer:
        try:
            return data(await self._issuer.grant(form))
        except GrantRefused as refusal:
            _, headers, body = data({"error": str(refusal)})
            return (401 if str(refusal) == "invalid_client" else 400), headers, body

    async def _sign_out(self, query: Mapping[str, str]) -> Answer:
        url = query.get("post_logout_redirect_uri", "")
        return _redirect(url) if self._issuer.may_return_to(url) else html("Signed out", _BACK)

    async def _describe(self, _given: Mapping[str, str]) -> Answer:
        """OpenID Connect Discovery, 3."""
        description = {
            "issuer": self._issuer.registration.issuer,
            "authorization_endpoint": f"{self._base_url}{AUTHORIZE}",
            "token_endpoint": f"{self._base_url}{TOKEN}",
            "jwks_uri": f"{self._base_url}{KEYS}",
            "end_session_endpoint": f"{self._base_url}{SIGN_OUT}",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return data(description)


def _personas(query: Mapping[str, str]) -> str:
    """Links, not forms: a browser follows the way back from a link to wherever the shop is."""
    rows = []
    for persona in PERSONAS.values():
        url = f"{AUTHORIZE}?{urlencode({**query, 'persona': persona.key})}"
        link = f'<a id="{escape(persona.key)}" href="{escape(url)}">{escape(persona.name)}</a>'
        rows.append(f"<li>{link}, {escape(', '.join(persona.roles))}")
    return f"<ul>{''.join(rows)}</ul>"


def _redirect(url: str) -> Answer:
    _, headers, _ = data({})
    return 302, headers | {"location": url}, b""


_WELCOME: Final = (
    '<p><a href="/api/auth/login">Sign in</a>'
    '<p><a href="/api/auth/me">Who am I?</a>'
    '<p><a href="/api/docs">API reference</a>'
)
_BACK: Final = f'<p>You are signed out. <a href="{PREFIX}">Sign in again</a>'
