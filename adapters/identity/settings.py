"""Which issuers the shop trusts, as the environment names them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.environment import BadSettings

CUSTOMERS: Final = "customers"
STAFF: Final = "staff"
PREFIXES: Final = {CUSTOMERS: "ENTRA_", STAFF: "ENTRA_STAFF_"}
"""Issuer to the prefix of its settings; the one for staff is optional: without it one tenant serves all."""

SELF_SERVICE: Final = "https://mysignins.microsoft.com/security-info"

_TENANT = re.compile(r"https?://[^/?#]+(?:/[^?#]*)?/([0-9a-f-]{36})/v2\.0")


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """One tenant, and the shop's registration in it.

    ``issuer`` is what tokens say (always a v2 issuer, the tenant's id within); ``authority`` is where its
    documents lie; ``audience`` is what access tokens are for, ``client_id`` what id tokens are for.
    ``client_secret`` is only the fallback where there is no managed identity.
    """

    name: str
    issuer: str
    authority: str
    audience: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    self_service: str = SELF_SERVICE

    @property
    def tenant(self) -> str:
        """The tenant's id, which the token's ``tid`` must say too."""
        found = _TENANT.fullmatch(self.issuer)
        assert found is not None, "checked when it was read"
        return found[1]

    @property
    def discovery_url(self) -> str:
        """Where the issuer describes itself (OpenID Connect Discovery, 4)."""
        return f"{self.authority.rstrip('/')}/v2.0/.well-known/openid-configuration"


def names_issuers(environment: Mapping[str, str], prefix: str = PREFIXES[CUSTOMERS]) -> bool:
    """Whether any setting of an issuer is there, so that the others have to be."""
    return any(value and name.startswith(prefix) for name, value in environment.items())


def issuers_from(environment: Mapping[str, str]) -> tuple[IssuerSettings, ...]:
    """The issuers; the one for customers must be there. Raises ``BadSettings``."""
    given = [
        _issuer(name, prefix, environment)
        for name, prefix in PREFIXES.items()
        if name == CUSTOMERS or names_issuers(environment, prefix)
    ]
    if len({each.issuer for each in given}) < len(given):
        raise BadSettings("ENTRA_ISSUER and ENTRA_STAFF_ISSUER are the same")
    return tuple(given)


def _issuer(name: str, prefix: str, environment: Mapping[str, str]) -> IssuerSettings:
    needed = [f"{prefix}{field}" for field in ("ISSUER", "AUTHORITY", "CLIENT_ID")]
    missing = [variable for variable in needed if not environment.get(variable)]
    if missing:
        raise BadSettings(f"nobody can sign in without {', '.join(missing)}")
    issuer, authority, client_id = (environment[variable] for variable in needed)
    if not _TENANT.fullmatch(issuer):
        raise BadSettings(f"{prefix}ISSUER is no v2 issuer: …/<tenant id>/v2.0")
    return IssuerSettings(
        name=name,
        issuer=issuer,
        authority=authority,
        audience=environment.get(f"{prefix}AUDIENCE", client_id),
        client_id=client_id,
        client_secret=environment.get(f"{prefix}CLIENT_SECRET", ""),
        self_service=environment.get(f"{prefix}SELF_SERVICE_URL", SELF_SERVICE),
    )
