"""The tenant on this machine: how the embedded issuer is registered, and how the shop finds it."""

from collections.abc import Iterable
from typing import Final

from adapters.embedded.issuer import Registration
from adapters.embedded.personas import TENANT
from adapters.identity.settings import CUSTOMERS, IssuerSettings
from domain.keys import derived

ISSUER: Final = f"https://issuer.invalid/{TENANT}/v2.0"
"""Its name, the same at every port, so that people stay who they are (the top level is RFC 2606's)."""

CLIENT_ID: Final = "2f7c1b9e-5d0a-4c3e-8b6f-7a1d9e4c2b58"
CALLBACK: Final = "/api/auth/callback"
MOUNT: Final = "/_local/issuer"


def tenant_settings(secret: bytes, base_url: str) -> IssuerSettings:
    """The tenant as the shop trusts it; its pages lie at ``base_url``, where the local host listens."""
    return IssuerSettings(
        name=CUSTOMERS,
        issuer=ISSUER,
        authority=f"{base_url}{MOUNT}/{TENANT}",
        audience=CLIENT_ID,
        client_id=CLIENT_ID,
        client_secret=_secret(secret),
        self_service=f"{base_url}{MOUNT}",
    )


def registration(secret: bytes, base_url: str, pages: Iterable[str]) -> Registration:
    """The shop as the tenant knows it; ``pages`` are where a sign-out may return to."""
    return Registration(
        issuer=ISSUER,
        client_id=CLIENT_ID,
        client_secret=_secret(secret),
        redirect_uris=(f"{base_url}{CALLBACK}",),
        sign_out_uris=tuple(pages),
    )


def _secret(secret: bytes) -> str:
    return derived(secret, "local-client-secret").hex()
