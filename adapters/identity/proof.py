"""How the shop proves to the issuer who it is: as its managed identity; by a secret only where there is none."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from adapters.identity.settings import IssuerSettings
from adapters.managed_identity import ManagedIdentity
from usecases.ports.identity import IssuerAway

EXCHANGE_SCOPE: Final = "api://AzureADTokenExchange/.default"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523, 2.2."""


class Proof(Protocol):
    """Form fields that authenticate the client at the token endpoint."""

    async def fields(self) -> Mapping[str, str]:
        """The fields, fresh. Raises ``IssuerAway``."""


class SecretProof:
    """A shared secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def fields(self) -> Mapping[str, str]:
        """The secret."""
        return {"client_secret": self._secret}


class ManagedIdentityProof:
    """An assertion that Azure gives out to the app's own identity; nothing to keep, nothing to leak."""

    def __init__(self, identity_client_id: str, credential: Any = None) -> None:
        self._identity = ManagedIdentity(identity_client_id, credential)

    async def fields(self) -> Mapping[str, str]:
        """The assertion; the library keeps it while it is good. Raises ``IssuerAway``."""
        from azure.core.exceptions import AzureError  # noqa: PLC0415 - loaded with the first sign-in

        try:
            token = await self._identity.credential().get_token(EXCHANGE_SCOPE)
        except AzureError as fault:
            raise IssuerAway(f"no assertion: {type(fault).__name__}") from None
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token.token}


def proof_for(settings: IssuerSettings, identity_client_id: str) -> Proof:
    """The secret where one is set, else the managed identity."""
    if settings.client_secret:
        return SecretProof(settings.client_secret)
    return ManagedIdentityProof(identity_client_id)
