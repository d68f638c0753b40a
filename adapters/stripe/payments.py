"""The card network's port over Stripe. Every changing call carries our key, and Stripe answers it once.

https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from adapters.stripe import refunds, wallets
from adapters.stripe.amounts import told
from adapters.stripe.changing import Thing, changed
from adapters.stripe.connection import StripeConnection
from adapters.stripe.faults import MISSING
from adapters.stripe.reading import EXPANDED, intent_of
from adapters.stripe.signed import signed_event
from domain.money import Money
from usecases.ports.payments import (
    MOST_LISTED_AT_ONCE,
    Declined,
    Intent,
    IntentPage,
    NetworkEvent,
    PaymentMethod,
    UnexpectedState,
)

if TYPE_CHECKING:
    from stripe import ListObject, RequestOptions, StripeClient
    from stripe import PaymentIntent as StripeIntent

INTENT_ID: Final = re.compile(r"pi_\w{1,250}", re.ASCII)
"""What else a caller names is no payment: it is not put into the path of a call to Stripe."""

ENDED: Final = ("succeeded", "canceled")


class StripePayments:
    """Stripe. ``return_url`` is where a customer comes back to from the bank's own page."""

    def __init__(self, stripe: StripeConnection, *, return_url: str) -> None:
        self._stripe, self._return_url = stripe, return_url

    async def create_intent(
        self,
        amount: Money,
        *,
        key: str,
        metadata: Mapping[str, str],
        description: str = "",
        customer_id: str = "",
    ) -> Intent:
        """A new intent for cards with manual capture, or the one that this key made. Raises ``Declined``."""
        optional = {"description": description, "customer": customer_id}
        wish: Any = {
            "amount": told(amount),
            "currency": amount.currency.lower(),
            "capture_method": "manual",
            "allowed_payment_method_types": ["card"],
            "metadata": dict(metadata),
            "expand": EXPANDED,
            **{name: value for name, value in optional.items() if value},
        }

        async def call(client: "StripeClient", options: "RequestOptions") -> "StripeIntent":
            return await client.v1.payment_intents.create_async(wish, options)

        return intent_of(await changed(self._stripe, call, key=key))

    async def retrieve(self, intent_id: str) -> Intent | None:
        """The intent as it is now, or ``None``."""
        if not INTENT_ID.fullmatch(intent_id):
            return None

        async def call(client: "StripeClient", options: "RequestOptions") -> "StripeIntent":
            service = client.v1.payment_intents
            return await service.retrieve_async(intent_id, {"expand": EXPANDED}, options)

        try:
            return intent_of(await self._stripe.ask(call))
        except Declined as refusal:
            if refusal.reason != MISSING:
                raise
            return None

    async def list_intents(
        self, *, since: datetime, until: datetime, cursor: str = ""
    ) -> IntentPage:
        """A page of the intents created in the window, newest first."""
        wish: Any = {
            "created": {"gte": _whole(since), "lt": _whole(until)},
            "limit": MOST_LISTED_AT_ONCE,
            "expand": [f"data.{name}" for name in EXPANDED],
            **({"starting_after": cursor} if cursor else {}),
        }

        async def call(
            client: "StripeClient", options: "RequestOptions"
        ) -> "ListObject[StripeIntent]":
            return await client.v1.payment_intents.list_async(wish, options)

        page = await self._stripe.ask(call)
        intents = tuple(map(intent_of, page["data"]))
        return IntentPage(intents, intents[-1].id if page["has_more"] else "")

    async def confirm(self, intent_id: str, *, payment_method: str, key: str) -> Intent:
        """Authorise the card. Raises ``Declined``, ``UnexpectedState``."""
        wish = {"payment_method": payment_method, "return_url": self._return_url}
        return intent_of(await self._moved(intent_id, "confirm", key, wish))

    async def capture(self, intent_id: str, *, key: str) -> Intent:
        """Take the authorised money. Raises ``Declined``, ``UnexpectedState``."""
        return await self._ended(intent_id, "capture", key, ENDED[:1])

    async def cancel(self, intent_id: str, *, key: str) -> Intent:
        """End the intent and the hold; one that has ended stays as it is."""
        return await self._ended(intent_id, "cancel", key, ENDED)

    async def refund(self, intent_id: str, amount: Money, *, key: str) -> Intent:
        """Give back that much of what was captured. Raises ``Declined``, ``UnexpectedState``."""
        known = await self.retrieve(intent_id)
        if known is None:
            raise Declined(MISSING)
        return await refunds.refund(self._stripe, known, amount, key=key)

    async def create_customer(self, *, key: str, metadata: Mapping[str, str]) -> str:
        """The id of a new customer, or of the one that this key made."""
        return await wallets.create_customer(self._stripe, key=key, metadata=metadata)

    async def attach_payment_method(
        self, token: str, *, customer_id: str, key: str
    ) -> PaymentMethod:
        """Keep a card for the customer. Raises ``Declined``."""
        return await wallets.attach(self._stripe, token, customer_id=customer_id, key=key)

    async def detach_payment_method(self, payment_method_id: str, *, key: str) -> None:
        """The card pays nothing any more."""
        await wallets.detach(self._stripe, payment_method_id, key=key)

    async def delete_customer(self, customer_id: str) -> None:
        """Forget the customer and detach every card."""
        await wallets.delete_customer(self._stripe, customer_id)

    async def read_webhook(self, payload: bytes, signature: str) -> NetworkEvent:
        """The event, after its signature was checked. Raises ``BadSignature``, ``SecretsAway``."""
        return await signed_event(self._stripe, payload, signature)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._stripe.close()

    async def _ended(self, intent_id: str, verb: str, key: str, ends: tuple[str, ...]) -> Intent:
        """Ask for an end that may be there already, whoever brought it about."""
        try:
            return intent_of(await self._moved(intent_id, verb, key, {}))
        except UnexpectedState:
            now = await self.retrieve(intent_id)
            if now is None or now.status not in ends:
                raise
            return now

    async def _moved(
        self, intent_id: str, verb: str, key: str, wish: Mapping[str, object]
    ) -> Thing:
        if not INTENT_ID.fullmatch(intent_id):
            raise Declined(MISSING)

        async def call(client: "StripeClient", options: "RequestOptions") -> "StripeIntent":
            move = getattr(client.v1.payment_intents, f"{verb}_async")
            moved: StripeIntent = await move(intent_id, {**wish, "expand": EXPANDED}, options)
            return moved

        return await changed(self._stripe, call, key=key)


def _whole(moment: datetime) -> int:
    """The first whole second that is not before the moment; Stripe dates by the second."""
    seconds = int(moment.timestamp())
    return seconds if seconds == moment.timestamp() else seconds + 1
