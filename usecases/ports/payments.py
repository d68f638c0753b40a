"""The card network, with Stripe's words: an intent is authorised, then captured, later refunded.

PaymentError
├── Declined              the network said no, for a reason; nothing was taken
│   └── UnexpectedState   the intent is not in a state where this can be asked; nothing has changed
├── PaymentBusy           no answer: the call may have happened; repeat it under the same key
└── BadSignature          a webhook that the network did not sign

A key that is used again for another call raises ``IdempotencyMisuse``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, Protocol

from domain.money import Money
from usecases.ports.faults import PortFault

MOST_LISTED_AT_ONCE: Final = 100
"""Intents on one page (Stripe, "Pagination": 1 to 100)."""

type IntentStatus = Literal[
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "canceled",
    "succeeded",
]


class PaymentError(Exception):
    """The card network did not do what was asked."""


class Declined(PaymentError):
    """The network said no.

    ``reason`` is its decline code (``insufficient_funds``), or its error code where there is no finer
    one (``card_declined``, ``resource_missing``).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnexpectedState(Declined):
    """The intent cannot do this now (``payment_intent_unexpected_state``): no card was asked, read it again."""


class PaymentBusy(PaymentError, PortFault):
    """No answer, or a fault of the network: repeat the call under the same key."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment of one order: ``metadata`` holds our ``order_id`` and ``user_id``.

    ``received`` is what was captured, ``refunded`` what was given back of it; ``created_at`` is exact to the
    second. ``next_action_url`` is where the customer authenticates while the status is ``requires_action``.
    ``customer_id`` is the network's customer whose saved cards may pay it; empty where only a new card may.
    """

    id: str
    status: IntentStatus
    amount: Money
    received: Money
    refunded: Money
    client_secret: str
    created_at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)
    brand: str = ""
    last4: str = ""
    decline_code: str = ""
    next_action_url: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A card that a customer keeps at the network: its id there, and all that may be shown of it.

    ``brand`` in the network's lower case (``visa``); ``exp_month`` 1 to 12, ``exp_year`` with four digits.
    """

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class IntentPage:
    """Some intents, newest first; ``next`` is the cursor of the page after it, empty where there is none.

    A page may hold fewer than the next one, also nothing: only ``next`` tells where the list ends.
    """

    intents: tuple[Intent, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class NetworkEvent:
    """A webhook whose signature was good: ``type`` as Stripe names it, and the intent it is about.

    ``intent_id`` is empty for types that are about something else.
    """

    id: str
    type: str
    intent_id: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


class BadSignature(PaymentError):
    """A webhook that the network did not sign, or signed too long ago."""


class Payments(Protocol):
    """The card network. Every changing call carries a key of ours: repeated, it answers the same."""

    async def create_intent(
        self,
        amount: Money,
        *,
        key: str,
        metadata: Mapping[str, str],
        description: str = "",
        customer_id: str = "",
    ) -> Intent:
        """A new intent with manual capture, or the one that this key made.

        ``customer_id``: this customer's saved cards may pay it, beside any new card. Raises ``Declined``
        when there is no such customer.
        """

    async def retrieve(self, intent_id: str) -> Intent | None:
        """The intent as it is now, or ``None``."""

    async def list_intents(
        self, *, since: datetime, until: datetime, cursor: str = ""
    ) -> IntentPage:
        """A page of the intents that were created from ``since`` to before ``until``, newest first.

        At most ``MOST_LISTED_AT_ONCE``, each as it is now. ``cursor`` is opaque: a page's ``next``, for the same
        window; an intent that is created meanwhile moves no other to another page. Raises ``PaymentBusy``.
        """

    async def confirm(self, intent_id: str, *, payment_method: str, key: str) -> Intent:
        """Authorise the card: ``requires_capture`` or ``requires_action``.

        A saved card pays only an intent of its own customer. Raises ``Declined``, also for a card that is
        another's or was detached; ``UnexpectedState`` when it is authorised, captured or cancelled already.
        """

    async def capture(self, intent_id: str, *, key: str) -> Intent:
        """Take the authorised money; ``succeeded``, also when it was taken already.

        Raises ``Declined`` when it cannot be taken; ``UnexpectedState`` when nothing is authorised.
        """

    async def cancel(self, intent_id: str, *, key: str) -> Intent:
        """End the intent and the hold on the card; one that has ended, also ``succeeded``, stays as it is."""

    async def refund(self, intent_id: str, amount: Money, *, key: str) -> Intent:
        """Give back that much of what was captured.

        Raises ``Declined`` when it is more than is left; ``UnexpectedState`` when nothing was captured.
        """

    async def create_customer(self, *, key: str, metadata: Mapping[str, str]) -> str:
        """The id of a new customer, or of the one that this key made; ``metadata`` holds our ``user_id``."""

    async def attach_payment_method(
        self, token: str, *, customer_id: str, key: str
    ) -> PaymentMethod:
        """Keep a card for the customer. Attaching what the customer has changes nothing.

        ``token`` is what the network's own form gave the browser: a payment method (``pm_…``) or a card token
        (``tok_…``). Raises ``Declined``: the bank says no, there is no such token or customer, or the
        card is another customer's or was detached before.
        """

    async def detach_payment_method(self, payment_method_id: str, *, key: str) -> None:
        """The card pays nothing any more; one that is detached already, or unknown, stays so.

        What it has authorised is still captured, and refunded.
        """

    async def delete_customer(self, customer_id: str) -> None:
        """Forget the customer and detach every card; one that is gone already, or unknown, stays so.

        Needs no key: there is nothing that could happen twice. Intents stay, to be captured and refunded.
        """

    async def read_webhook(self, payload: bytes, signature: str) -> NetworkEvent:
        """The event, after its signature was checked. Raises ``BadSignature``."""
