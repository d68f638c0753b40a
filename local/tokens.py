"""Access tokens for scripts on one's own machine: ``/_local/token?role=staff``, from the embedded issuer."""

from collections.abc import Mapping

from adapters.embedded.issuer import EmbeddedIssuer
from adapters.embedded.personas import PERSONAS
from local.pages import Answer, data, html


class TokenPage:
    """Gives out an access token of a persona, as a client would have got it by signing in."""

    def __init__(self, issuer: EmbeddedIssuer) -> None:
        self._issuer = issuer

    async def __call__(self, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """The token as JSON, or 404 for a persona that there is none of."""
        persona = PERSONAS.get(query.get("role", "staff"))
        if persona is None or persona.disabled:
            return html("Token", "<p>There is no such persona.", 404)
        return data({"token": await self._issuer.access_token(persona)})
