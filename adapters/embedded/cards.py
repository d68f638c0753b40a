"""A card network of our own with Stripe's states, test cards, idempotency keys and webhooks.

No call suspends over a ``MemoryVault``, and names follow from keys and times, so that equal
histories leave equal states.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256

from adapters import stripe_events, webhook_signature
from adapters.embedded import card_rules, card_wallets, webhooks
from adapters.embedded.card_events import webhooks as reported
from adapters.embedded.card_rules import CardPayment, Outcome
from adapters.embedded.once import once
from adapters.embedded.world import Record, Records, Vault, WorldAway
from domain.money import CurrencyMismatch, Money
from usecases.ports.clock import Clock
from usecases.ports.payments import (
    MOST_LISTED_AT_ONCE,
    Declined,
    Intent,
    IntentPage,
    NetworkEvent,
    PaymentBusy,
    PaymentMethod,
    UnexpectedState,
)

INTENTS = "card.intents"
KEYS = "card.keys"

MOST_LISTED = 100_000
"""Intents that the ledger shows at most."""

OUT_OF_ORDER = timedelta(minutes=1)
"""So much later than another an intent may be put away that was created before it."""

type Rule = Callable[[CardPayment], Outcome]


@dataclass(frozen=True, slots=True)
class CardSettings:
    """``webhook_secret`` signs the network's webhooks; ``page_url`` is where its own pages are served."""

    webhook_secret: str
    page_url: str = "http://localhost:7071/_local/cards"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """What the network knows about one intent; ``held`` is blocked on the card now."""

    intent_id: str
    order_id: str
    status: str
    authorized: Money
    held: Money
    captured: Money
    refunded: Money
    payment_method: str
    decline_code: str
    created_at: float


class EmbeddedPayments:
    """The card network, over one ``Vault``. Every call raises ``PaymentBusy`` when the vault is away."""

    def __init__(self, vault: Vault, clock: Clock, settings: CardSettings) -> None:
        self._vault, self._clock, self._settings = vault, clock, settings

    async def create_intent(
        self,
        amount: Money,
        *,
        key: str,
        metadata: Mapping[str, str],
        description: str = "",
        customer_id: str = "",
    ) -> Intent:
        """A new intent with manual capture, or the one that this key made. Raises ``Declined``."""
        values = [amount.amount_minor, amount.currency, dict(metadata), description]
        values += [customer_id] if customer_id else []
        fresh = replace(
            self._new(amount, key, metadata), description=description, customer=customer_id
        )
        return await self._once(key, ["create", *values], partial(_created, fresh=fresh))

    async def retrieve(self, intent_id: str) -> Intent | None:
        """The intent as it is now, or ``None``."""
        with _world_as_network():
            record = await self._vault.look(lambda records: records.get(INTENTS, intent_id))
        return None if record is None else self._intent(CardPayment(**record))

    async def list_intents(
        self, *, since: datetime, until: datetime, cursor: str = ""
    ) -> IntentPage:
        """A page of the intents created in the window, newest first."""
        with _world_as_network():
            rows = await self._vault.look(
                lambda records: records.newest(INTENTS, MOST_LISTED_AT_ONCE, cursor)
            )
        intents = [self._intent(CardPayment(**record)) for _, record in rows]
        within = tuple(one for one in intents if since <= one.created_at < until)
        is_last = len(rows) < MOST_LISTED_AT_ONCE or intents[-1].created_at < since - OUT_OF_ORDER
        return IntentPage(within, "" if is_last else intents[-1].id)

    async def confirm(self, intent_id: str, *, payment_method: str, key: str) -> Intent:
        """Authorise the card. Raises ``Declined``, ``UnexpectedState``."""
        asked = ["confirm", intent_id, payment_method]

        def rule(records: Records) -> Outcome:
            method = card_wallets.method_of(records, payment_method)
            return _on(intent_id, lambda payment: card_rules.confirm(payment, method))(records)

        return await self._once(key, asked, rule)

    async def authenticate(self, intent_id: str, succeed: bool) -> Intent:
        """The customer's answer on the network's page. Raises ``UnexpectedState`` when nobody asked."""
        rule = _on(intent_id, lambda payment: card_rules.authenticate(payment, succeed=succeed))
        now = self._clock.now()
        with _world_as_network():
            answer = await self._vault.change(lambda records: _applied(records, rule, "", now))
        return self._answered(answer)

    async def capture(self, intent_id: str, *, key: str) -> Intent:
        """Take the authorised money. Raises ``Declined``, ``UnexpectedState``, and ``PaymentBusy``
        for the test card whose first answer is lost."""
        return await self._once(key, ["capture", intent_id], _on(intent_id, card_rules.capture))

    async def cancel(self, intent_id: str, *, key: str) -> Intent:
        """End the intent and the hold; one that has ended stays as it is."""
        return await self._once(key, ["cancel", intent_id], _on(intent_id, card_rules.cancel))

    async def refund(self, intent_id: str, amount: Money, *, key: str) -> Intent:
        """Give back that much of what was captured. Raises ``Declined``, ``UnexpectedState``."""
        asked = ["refund", intent_id, amount.amount_minor, amount.currency]
        return await self._once(key, asked, _on(intent_id, lambda p: _refund(p, amount)))

    async def create_customer(self, *, key: str, metadata: Mapping[str, str]) -> str:
        """The id of a new customer, or of the one that this key made."""
        customer_id = f"cus_{self._derived_now(key)[:14]}"
        job = partial(card_wallets.create, customer_id=customer_id, metadata=metadata)
        answer, _ = await self._kept(key, ["customer", dict(metadata)], job)
        return str(answer["id"])

    async def attach_payment_method(
        self, token: str, *, customer_id: str, key: str
    ) -> PaymentMethod:
        """Keep a card for the customer. Raises ``Declined``."""
        fresh_id = f"pm_{self._derived_now(key)[:24]}"
        job = partial(card_wallets.attach, token=token, customer_id=customer_id, fresh_id=fresh_id)
        answer, _ = await self._kept(key, ["attach", token, customer_id], job)
        if answer["refusal"]:
            raise Declined(answer["refusal"])
        return PaymentMethod(**answer["method"])

    async def detach_payment_method(self, payment_method_id: str, *, key: str) -> None:
        """The card pays nothing any more."""
        job = partial(card_wallets.detach, method_id=payment_method_id)
        await self._kept(key, ["detach", payment_method_id], job)

    async def delete_customer(self, customer_id: str) -> None:
        """Forget the customer and detach every card."""
        with _world_as_network():
            await self._vault.change(partial(card_wallets.delete, customer_id=customer_id))

    async def read_webhook(self, payload: bytes, signature: str) -> NetworkEvent:
        """The event, after its signature was checked. Raises ``BadSignature``."""
        secret, now = self._settings.webhook_secret, self._clock.now()
        webhook_signature.check(payload, signature, secret, now)
        return stripe_events.network_event(payload)

    async def ledger(self, limit: int = MOST_LISTED) -> list[LedgerLine]:
        """What the network holds to be true, newest intent first."""
        with _world_as_network():
            rows = await self._vault.look(lambda records: records.newest(INTENTS, limit))
        return [_line(CardPayment(**record)) for _, record in rows]

    async def _once(
        self, key: str, asked: Sequence[object], rule: Callable[[Records], Outcome]
    ) -> Intent:
        now = self._clock.now()
        applied = partial(_applied, rule=rule, key=key, now=now)
        answer, is_fresh = await self._kept(key, asked, applied)
        intent = self._answered(answer)
        if is_fresh and asked[0] == "capture" and _loses_answer(answer):
            raise PaymentBusy("the answer was lost; the capture was not")
        return intent

    async def _kept(
        self, key: str, asked: Sequence[object], job: Callable[[Records], Record]
    ) -> tuple[Record, bool]:
        """What ``job`` answered under this key the first time, and whether that is now."""
        now = self._clock.now()

        def first(records: Records) -> tuple[Record, bool]:
            return once(records, KEYS, (key, asked), now, partial(job, records))

        with _world_as_network():
            return await self._vault.change(first)

    def _answered(self, answer: Record) -> Intent:
        reason = answer["refusal"]
        if reason == card_rules.UNEXPECTED_STATE:
            raise UnexpectedState(reason)
        if reason:
            raise Declined(reason)
        return self._intent(CardPayment(**answer["payment"]))

    def _new(self, amount: Money, key: str, metadata: Mapping[str, str]) -> CardPayment:
        intent_id = f"pi_{self._derived_now(key)[:24]}"
        return CardPayment(
            id=intent_id,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            client_secret=f"{intent_id}_secret_{self._derived(intent_id)[:24]}",
            created_at=self._clock.now().timestamp(),
            metadata=dict(metadata),
        )

    def _derived_now(self, key: str) -> str:
        return self._derived(f"{key}:{self._clock.now().isoformat()}")

    def _derived(self, text: str) -> str:
        return hmac.new(self._settings.webhook_secret.encode(), text.encode(), sha256).hexdigest()

    def _intent(self, payment: CardPayment) -> Intent:
        asks = payment.status == "requires_action"
        return Intent(
            id=payment.id,
            status=payment.status,
            amount=Money(payment.amount_minor, payment.currency),
            received=Money(payment.captured_minor, payment.currency),
            refunded=Money(payment.refunded_minor, payment.currency),
            client_secret=payment.client_secret,
            created_at=datetime.fromtimestamp(int(payment.created_at), UTC),
            metadata=payment.metadata,
            brand=payment.card.brand,
            last4=payment.card.last4,
            decline_code=payment.decline_code,
            next_action_url=f"{self._settings.page_url}/authenticate/{payment.id}" if asks else "",
            customer_id=payment.customer,
        )


@contextmanager
def _world_as_network() -> Iterator[None]:
    try:
        yield
    except WorldAway as away:
        raise PaymentBusy(str(away)) from away


def _created(records: Records, *, fresh: CardPayment) -> Outcome:
    if fresh.customer and not card_wallets.has_customer(records, fresh.customer):
        return Outcome(fresh, refusal=card_rules.MISSING)
    return card_rules.created(fresh)


def _on(intent_id: str, rule: Rule) -> Callable[[Records], Outcome]:
    def apply(records: Records) -> Outcome:
        record = records.get(INTENTS, intent_id)
        if record is None:
            return Outcome(CardPayment("", 0, "", "", 0.0), refusal=card_rules.MISSING)
        return rule(CardPayment(**record))

    return apply


def _applied(
    records: Records, rule: Callable[[Records], Outcome], key: str, now: datetime
) -> Record:
    outcome = rule(records)
    payment, bodies = reported(outcome, key=key, now=now)
    if bodies or not outcome.refusal:
        records.put(INTENTS, payment.id, asdict(payment))
    webhooks.post(records, bodies, now)
    return {"payment": asdict(payment), "refusal": outcome.refusal}


def _refund(payment: CardPayment, amount: Money) -> Outcome:
    if amount.currency != payment.currency:
        raise CurrencyMismatch(paid=payment.currency, refund=amount.currency)
    return card_rules.refund(payment, amount.amount_minor)


def _loses_answer(answer: Record) -> bool:
    return CardPayment(**answer["payment"]).card.capture_answer_lost


def _line(payment: CardPayment) -> LedgerLine:
    def money(amount_minor: int) -> Money:
        return Money(amount_minor, payment.currency)

    return LedgerLine(
        intent_id=payment.id,
        order_id=payment.metadata.get("order_id", ""),
        status=payment.status,
        authorized=money(payment.authorized_minor),
        held=money(payment.held_minor),
        captured=money(payment.captured_minor),
        refunded=money(payment.refunded_minor),
        payment_method=payment.payment_method,
        decline_code=payment.decline_code,
        created_at=payment.created_at,
    )
