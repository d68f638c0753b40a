"""How Stripe knows us, and how we know Stripe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from adapters.environment import BadSettings
from adapters.keyvault import ADDRESS

KEY: Final = "STRIPE_SECRET_KEY"
WEBHOOK: Final = "STRIPE_WEBHOOK_SECRET"
SECRETS: Final = "STRIPE_SECRETS"
API_BASE: Final = "STRIPE_API_BASE"
IN_VAULT: Final = "vault"

API: Final = "https://api.stripe.com"
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
KEY_BEGINS: Final = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
"""Secret and restricted keys (Stripe, "API keys"); a publishable one can charge nobody."""
WEBHOOK_BEGINS: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """``from_vault``: both secrets are asked for in the vault, so that a new version is found without a restart."""

    api_base: str = API
    from_vault: bool = False


def stripe_settings(environment: Mapping[str, str]) -> StripeSettings | None:
    """The settings, or ``None`` where Stripe is not meant. Raises ``BadSettings`` for half of them."""
    given = [name for name in (KEY, WEBHOOK, SECRETS, API_BASE) if environment.get(name)]
    if not given:
        return None
    from_vault = _is_in_vault(environment)
    if from_vault:
        _check_vault(environment)
    else:
        _check_values(environment, given)
    return StripeSettings(_api_base(environment.get(API_BASE) or API), from_vault)


def _is_in_vault(environment: Mapping[str, str]) -> bool:
    where = environment.get(SECRETS, "")
    if where not in ("", IN_VAULT):
        raise BadSettings(f"{SECRETS} is {IN_VAULT} or empty, not {where!r}")
    return where == IN_VAULT


def _check_vault(environment: Mapping[str, str]) -> None:
    if not environment.get(ADDRESS):
        raise BadSettings(f"{ADDRESS} is missing, while {SECRETS} is {IN_VAULT}")
    doubled = [name for name in (KEY, WEBHOOK) if environment.get(name)]
    if doubled:
        raise BadSettings(f"{SECRETS} is {IN_VAULT}, and {', '.join(doubled)} is set too")


def _check_values(environment: Mapping[str, str], given: list[str]) -> None:
    """The values are not told: an error is logged."""
    missing = [name for name in (KEY, WEBHOOK) if name not in given]
    if missing:
        raise BadSettings(f"{', '.join(missing)} is missing, while {', '.join(given)} is set")
    if not environment[KEY].startswith(KEY_BEGINS):
        raise BadSettings(f"{KEY} is no secret key of Stripe (sk_… or rk_…)")
    if not environment[WEBHOOK].startswith(WEBHOOK_BEGINS):
        raise BadSettings(f"{WEBHOOK} is no signing secret of Stripe ({WEBHOOK_BEGINS}…)")


def _api_base(address: str) -> str:
    """Everything of Stripe is encrypted; only a peer on this machine may be spoken to in the clear."""
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    if not is_safe or not parts.hostname or parts.path.strip("/"):
        raise BadSettings(f"{API_BASE} is no https address, nor one on this machine: {address!r}")
    return address.rstrip("/")
