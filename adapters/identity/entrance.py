"""Puts the parts together: one set of keys and addresses for each issuer, behind the two ports."""

from collections.abc import Iterable

from adapters.identity.discovery import Discovery
from adapters.identity.http import Web
from adapters.identity.keyring import KeyRing
from adapters.identity.oidc import Desk, Desks
from adapters.identity.proof import proof_for
from adapters.identity.settings import IssuerSettings
from adapters.identity.verifier import TokenVerifier, TokenVerifiers
from usecases.ports.clock import Clock


def entrance(
    issuers: Iterable[IssuerSettings],
    web: Web,
    clock: Clock,
    *,
    redirect_uri: str,
    identity_client_id: str = "",
) -> tuple[TokenVerifiers, Desks]:
    """The ports ``Identity`` and ``SignIn``; nothing is fetched before somebody comes.

    ``identity_client_id`` is the app's managed identity, which proves to the issuer who the client is.
    """
    verifiers: list[TokenVerifier] = []
    desks: list[Desk] = []
    for settings in issuers:
        discovery = Discovery(settings, web, clock)
        verifier = TokenVerifier(settings, KeyRing(discovery.keys, clock), clock)
        verifiers.append(verifier)
        desks.append(Desk(discovery, verifier, web, proof_for(settings, identity_client_id)))
    return TokenVerifiers(verifiers), Desks(desks, redirect_uri)
