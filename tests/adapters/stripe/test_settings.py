"""Settings of Stripe: whole, half, and nonsense."""

import pytest

from adapters.environment import BadSettings
from adapters.stripe.settings import StripeSettings, stripe_settings

WHOLE = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
VAULT = {"STRIPE_SECRETS": "vault", "KEY_VAULT_URL": "https://shop.vault.azure.net/"}


def test_without_any_stripe_is_not_meant() -> None:
    assert stripe_settings({"KEY_VAULT_URL": VAULT["KEY_VAULT_URL"]}) is None


def test_secrets_lie_in_the_settings_or_in_the_vault() -> None:
    assert stripe_settings(WHOLE) == StripeSettings("https://api.stripe.com", from_vault=False)
    assert stripe_settings(VAULT) == StripeSettings("https://api.stripe.com", from_vault=True)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:12111", "http://localhost:12111/", "https://peer.example"]
)
def test_another_address_is_encrypted_or_here(address: str) -> None:
    settings = stripe_settings(WHOLE | {"STRIPE_API_BASE": address})

    assert settings == StripeSettings(address.rstrip("/"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"STRIPE_SECRET_KEY": "sk_test_1"},
            "STRIPE_WEBHOOK_SECRET is missing, while STRIPE_SECRET_KEY is set",
        ),
        (
            {"STRIPE_WEBHOOK_SECRET": "whsec_1"},
            "STRIPE_SECRET_KEY is missing, while STRIPE_WEBHOOK_SECRET is set",
        ),
        (
            {"STRIPE_API_BASE": "https://peer.example"},
            "STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET is missing, while STRIPE_API_BASE is set",
        ),
        ({"STRIPE_SECRETS": "vault"}, "KEY_VAULT_URL is missing, while STRIPE_SECRETS is vault"),
        (
            VAULT | WHOLE,
            "STRIPE_SECRETS is vault, and STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET is set too",
        ),
        ({"STRIPE_SECRETS": "safe"}, "STRIPE_SECRETS is vault or empty, not 'safe'"),
        (
            WHOLE | {"STRIPE_SECRET_KEY": "pk_test_1"},
            "STRIPE_SECRET_KEY is no secret key of Stripe (sk_… or rk_…)",
        ),
        (
            WHOLE | {"STRIPE_SECRET_KEY": "@Microsoft.KeyVault(SecretUri=https://unresolved)"},
            "STRIPE_SECRET_KEY is no secret key of Stripe (sk_… or rk_…)",
        ),
        (
            WHOLE | {"STRIPE_WEBHOOK_SECRET": "secret"},
            "STRIPE_WEBHOOK_SECRET is no signing secret of Stripe (whsec_…)",
        ),
        *(
            (
                WHOLE | {"STRIPE_API_BASE": address},
                f"STRIPE_API_BASE is no https address, nor one on this machine: '{address}'",
            )
            for address in ("http://peer.example", "peer.example", "https:///", "https://a/v1")
        ),
    ],
)
def test_half_of_them_is_an_error_that_names_the_rest(given: dict[str, str], told: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        stripe_settings(given)

    assert str(refusal.value) == told
