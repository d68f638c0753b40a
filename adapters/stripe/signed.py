"""Webhooks as Stripe signs them, checked by its SDK: https://docs.stripe.com/webhooks#verify-official-libraries"""

from typing import Final

from adapters import stripe_events
from adapters.stripe.connection import WEBHOOK_NAME, StripeConnection
from adapters.webhook_signature import TOLERANCE_SECONDS
from usecases.ports.payments import BadSignature, NetworkEvent

LONGEST_SIGNATURE: Final = 1_000


async def signed_event(stripe: StripeConnection, payload: bytes, signature: str) -> NetworkEvent:
    """The event, if one of the secrets in force has signed it and not long ago.

    Raises ``BadSignature``; ``SecretsAway`` while nobody knows the secrets, and then Stripe brings it again.
    """
    secrets = await stripe.webhook_secrets()
    if not any(_has_signed(secret.decode(), payload, signature) for secret in secrets):
        stripe.doubt(WEBHOOK_NAME)
        raise BadSignature("no signature matches, or it is too old")
    return stripe_events.network_event(payload)


def _has_signed(secret: str, payload: bytes, signature: str) -> bool:
    from stripe import SignatureVerificationError, WebhookSignature  # noqa: PLC0415 - cold start

    if not signature.isascii() or len(signature) > LONGEST_SIGNATURE:
        return False  # which the SDK could not compare
    try:
        WebhookSignature.verify_header(payload, signature, secret, TOLERANCE_SECONDS)
    except (SignatureVerificationError, UnicodeDecodeError):
        return False
    return True
