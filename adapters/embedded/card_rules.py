"""What the card network does with an intent, pure: Stripe's states for cards with manual capture.

    requires_payment_method ─ confirm ─▶ requires_capture ─ capture ─▶ succeeded ─ refund ─▶ succeeded
              ▲      │                        ▲      │
              │      └─ confirm ─▶ requires_action ──┤ (authenticated)
              └──── declined, not authenticated ─────┘ (the capture failed)

Everything but ``succeeded`` can be cancelled, which ends the hold. (Stripe, "How PaymentIntents work".)
"""

from dataclasses import dataclass, field, replace
from typing import Final

from usecases.ports.payments import IntentStatus

UNEXPECTED_STATE: Final = "payment_intent_unexpected_state"
MISSING: Final = "resource_missing"
NOT_THIS_CARD: Final = "payment_method_unexpected_state"
"""The card is another customer's, or was detached (Stripe, "Error codes")."""

MOST_MINOR = 99_999_999
"""Largest amount of one charge: eight digits (Stripe, "Minimum and maximum charge amounts")."""


@dataclass(frozen=True, slots=True)
class Card:
    """How a test payment method behaves.

    ``declines`` is why a hold is refused, ``authenticates`` whether the customer is asked; what declines cannot
    be saved either, unless ``saves`` says so. A capture may be refused, be answered to nobody, or be
    refused although the money is taken.
    """

    last4: str
    brand: str = "visa"
    declines: str = ""
    authenticates: bool = False
    capture_declines: bool = False
    capture_answer_lost: bool = False
    captured_after_all: bool = False
    saves: bool = False


EXPIRY: Final = (12, 2034)
"""Month and year printed on every test card."""

CARDS: Final = {
    "pm_card_visa": Card("4242"),
    "pm_card_mastercard": Card("4444", "mastercard"),
    "pm_card_authenticationRequired": Card("3184", authenticates=True),
    "pm_card_chargeDeclined": Card("0002", declines="card_declined"),
    "pm_card_chargeDeclinedInsufficientFunds": Card("9995", declines="insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": Card("9987", declines="lost_card"),
    "pm_card_chargeDeclinedStolenCard": Card("9979", declines="stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": Card("0069", declines="expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": Card("0127", declines="incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": Card("0119", declines="processing_error"),
    "pm_card_chargeCustomerFail": Card("0341", declines="card_declined", saves=True),
    "pm_card_captureDeclined": Card("7001", capture_declines=True),
    "pm_card_captureAnswerLost": Card("7002", capture_answer_lost=True),
    "pm_card_captureDeclinedButTaken": Card("7003", captured_after_all=True),
}
"""Test payment methods by Stripe's names; the last three are ours, since Stripe has no card for them."""


@dataclass(frozen=True, slots=True)
class CardPayment:
    """The network's own record of an intent; amounts are minor units of ``currency``.

    ``held_minor`` is blocked on the card now, ``authorized_minor`` the most that ever was.
    ``card_name`` is the test card behind a saved ``payment_method``. ``events`` counts what was reported
    about it.
    """

    id: str
    amount_minor: int
    currency: str
    client_secret: str
    created_at: float
    metadata: dict[str, str] = field(default_factory=dict)
    description: str = ""
    status: IntentStatus = "requires_payment_method"
    payment_method: str = ""
    card_name: str = ""
    customer: str = ""
    decline_code: str = ""
    authorized_minor: int = 0
    held_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    events: int = 0

    @property
    def card(self) -> Card:
        """The card that was confirmed last; one without digits when there is none."""
        return CARDS.get(self.card_name or self.payment_method, Card("", ""))


@dataclass(frozen=True, slots=True)
class Method:
    """What an intent is paid with: ``card_name`` is the test card behind it, ``customer`` whose it is.

    A new card is nobody's yet; one that was detached has no name.
    """

    id: str
    card_name: str
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The payment after a call, the event types that report it, and the reason where the answer is no."""

    payment: CardPayment
    events: tuple[str, ...] = ()
    refusal: str = ""


def created(payment: CardPayment) -> Outcome:
    """A new intent, within the limits of one charge."""
    if payment.amount_minor <= 0:
        return Outcome(payment, refusal="amount_too_small")
    if payment.amount_minor > MOST_MINOR:
        return Outcome(payment, refusal="amount_too_large")
    return Outcome(payment, ("payment_intent.created",))


def confirm(payment: CardPayment, method: Method) -> Outcome:
    """Ask the card for a hold, or the customer for a proof."""
    card = CARDS.get(method.card_name)
    if payment.status not in ("requires_payment_method", "requires_action"):
        return Outcome(payment, refusal=UNEXPECTED_STATE)
    if card is None:
        return Outcome(payment, refusal=MISSING)
    if method.customer not in ("", payment.customer):
        return Outcome(payment, refusal=NOT_THIS_CARD)
    if card.declines:
        return _declined(payment, card.declines)
    chosen = replace(payment, payment_method=method.id, card_name=method.card_name, decline_code="")
    if card.authenticates:
        return Outcome(replace(chosen, status="requires_action"))
    return _authorized(chosen)


def authenticate(payment: CardPayment, *, succeed: bool) -> Outcome:
    """The customer proved to be the card's holder, or failed to."""
    if payment.status != "requires_action":
        return Outcome(payment, refusal=UNEXPECTED_STATE)
    if succeed:
        return _authorized(payment)
    outcome = _declined(payment, "payment_intent_authentication_failure")
    return replace(outcome, refusal="")


def capture(payment: CardPayment) -> Outcome:
    """Take what is held; harmless when it was taken already."""
    if payment.status == "succeeded":
        return Outcome(payment)
    if payment.status != "requires_capture":
        return Outcome(payment, refusal=UNEXPECTED_STATE)
    if payment.card.capture_declines:
        return _declined(payment, "card_declined")
    taken = replace(payment, status="succeeded", captured_minor=payment.held_minor, held_minor=0)
    refusal = "card_declined" if payment.card.captured_after_all else ""
    return Outcome(taken, ("payment_intent.succeeded",), refusal)


def cancel(payment: CardPayment) -> Outcome:
    """End the intent and its hold; one that has ended stays as it is."""
    if payment.status in ("canceled", "succeeded"):
        return Outcome(payment)
    ended = replace(payment, status="canceled", held_minor=0)
    return Outcome(ended, ("payment_intent.canceled",))


def refund(payment: CardPayment, amount_minor: int) -> Outcome:
    """Give back part of what was captured, never more than is left."""
    left = payment.captured_minor - payment.refunded_minor
    if payment.status != "succeeded":
        return Outcome(payment, refusal=UNEXPECTED_STATE)
    if amount_minor <= 0:
        return Outcome(payment, refusal="amount_too_small")
    if amount_minor > left:
        return Outcome(payment, refusal="amount_too_large" if left else "charge_already_refunded")
    given = replace(payment, refunded_minor=payment.refunded_minor + amount_minor)
    return Outcome(given, ("charge.refunded",))


def _authorized(payment: CardPayment) -> Outcome:
    held = replace(
        payment,
        status="requires_capture",
        held_minor=payment.amount_minor,
        authorized_minor=payment.amount_minor,
    )
    return Outcome(held, ("payment_intent.amount_capturable_updated",))


def _declined(payment: CardPayment, reason: str) -> Outcome:
    free = replace(
        payment,
        status="requires_payment_method",
        payment_method="",
        card_name="",
        decline_code=reason,
        held_minor=0,
    )
    return Outcome(free, ("payment_intent.payment_failed",), reason)
