"""Test cards by the names of their payment methods: https://docs.stripe.com/testing?testing-method=payment-methods"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Card:
    """How a card behaves. ``code`` and ``decline_code`` are the issuer's no; ``attaches`` although it says no.

    The last three are switches of ours, which Stripe has no card for: the capture is refused, its answer is
    lost, or it is refused and was taken all the same.
    """

    last4: str
    brand: str = "visa"
    code: str = ""
    decline_code: str = ""
    asks: bool = False
    attaches: bool = False
    capture_refused: bool = False
    capture_unanswered: bool = False
    capture_refused_but_taken: bool = False


EXPIRY: Final = (12, 2034)


def _declined(last4: str, decline_code: str) -> Card:
    return Card(last4, code="card_declined", decline_code=decline_code)


CARDS: Final = {
    "pm_card_visa": Card("4242"),
    "pm_card_mastercard": Card("4444", "mastercard"),
    "pm_card_amex": Card("0005", "amex"),
    "pm_card_authenticationRequired": Card("3184", asks=True),
    "pm_card_chargeDeclined": _declined("0002", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": _declined("9995", "insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": _declined("9987", "lost_card"),
    "pm_card_chargeDeclinedStolenCard": _declined("9979", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": Card("0069", code="expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": Card("0127", code="incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": Card("0119", code="processing_error"),
    "pm_card_chargeCustomerFail": Card(
        "0341", code="card_declined", decline_code="generic_decline", attaches=True
    ),
    "pm_card_captureDeclined": Card("7001", capture_refused=True),
    "pm_card_captureAnswerLost": Card("7002", capture_unanswered=True),
    "pm_card_captureDeclinedButTaken": Card("7003", capture_refused_but_taken=True),
}

TOKENS: Final = {name.replace("pm_card_", "tok_"): name for name in CARDS}
"""The same cards as tokens of a form: https://docs.stripe.com/testing?testing-method=tokens"""
