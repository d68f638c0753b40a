import asyncio
import json
from pathlib import Path

import pytest

from adapters.embedded.cards import CardSettings, EmbeddedPayments, LedgerLine
from adapters.embedded.once import KEPT_SECONDS
from adapters.embedded.webhooks import Webhooks
from adapters.embedded.world import MemoryVault, SqliteVault, Vault
from adapters.sqlite.file import SqliteFile
from adapters.webhook_signature import sign
from domain.money import CurrencyMismatch, Money
from tests.adapters.embedded.fixtures import NOON, AwayVault, StillClock, finish
from usecases.ports.idempotency import IdempotencyMisuse
from usecases.ports.payments import (
    BadSignature,
    Declined,
    Intent,
    NetworkEvent,
    PaymentBusy,
    UnexpectedState,
)

SECRET = "whsec_test"
PRICE = Money(12_345, "USD")
NOTHING = Money(0, "USD")


@pytest.fixture
def payments(vault: Vault, clock: StillClock) -> EmbeddedPayments:
    return network(vault, clock)


def network(vault: Vault, clock: StillClock) -> EmbeddedPayments:
    return EmbeddedPayments(vault, clock, CardSettings(SECRET, "http://shop/_local/cards"))


async def an_intent(payments: EmbeddedPayments, key: str = "o1:intent") -> Intent:
    metadata = {"order_id": "o1", "user_id": "u1"}
    return await payments.create_intent(PRICE, key=key, metadata=metadata, description="o1")


async def authorized(payments: EmbeddedPayments, card: str = "pm_card_visa") -> str:
    intent = await an_intent(payments)
    await payments.confirm(intent.id, payment_method=card, key="o1:confirm")
    return intent.id


async def captured(payments: EmbeddedPayments) -> str:
    intent_id = await authorized(payments)
    await payments.capture(intent_id, key="o1:charge")
    return intent_id


async def line_of(payments: EmbeddedPayments) -> LedgerLine:
    (line,) = await payments.ledger()
    return line


async def reported(vault: Vault, clock: StillClock) -> list[str]:
    return [json.loads(w.payload)["type"] for w in await Webhooks(vault).claim(clock.now())]


async def test_a_new_intent_waits_for_a_card(payments: EmbeddedPayments) -> None:
    intent = await an_intent(payments)

    assert intent.status == "requires_payment_method"
    assert (intent.amount, intent.received, intent.refunded) == (PRICE, NOTHING, NOTHING)
    assert intent.id.startswith("pi_")
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert intent.metadata == {"order_id": "o1", "user_id": "u1"}
    assert (intent.brand, intent.last4, intent.next_action_url) == ("", "", "")
    assert await payments.retrieve(intent.id) == intent


async def test_an_unknown_intent_is_none_and_every_call_on_it_is_refused(
    payments: EmbeddedPayments,
) -> None:
    assert await payments.retrieve("pi_unknown") is None
    with pytest.raises(Declined, match="resource_missing"):
        await payments.capture("pi_unknown", key="k")

    assert await payments.ledger() == []


@pytest.mark.parametrize(
    ("minor", "reason"),
    [(0, "amount_too_small"), (-1, "amount_too_small"), (100_000_000, "amount_too_large")],
)
async def test_an_amount_outside_the_limits_makes_no_intent(
    payments: EmbeddedPayments, minor: int, reason: str
) -> None:
    with pytest.raises(Declined) as refused:
        await payments.create_intent(Money(minor, "USD"), key="k", metadata={})

    assert refused.value.reason == reason
    assert await payments.ledger() == []


async def test_a_good_card_is_held_then_captured_then_refunded_in_parts(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent = await an_intent(payments)

    held = await payments.confirm(intent.id, payment_method="pm_card_visa", key="c")
    assert (held.status, held.brand, held.last4) == ("requires_capture", "visa", "4242")
    assert (await line_of(payments)).held == PRICE
    taken = await payments.capture(intent.id, key="t")
    assert (taken.status, taken.received) == ("succeeded", PRICE)
    part = await payments.refund(intent.id, Money(345, "USD"), key="r1")
    rest = await payments.refund(intent.id, Money(12_000, "USD"), key="r2")

    assert (part.refunded, rest.refunded) == (Money(345, "USD"), PRICE)
    assert await line_of(payments) == LedgerLine(
        intent_id=intent.id,
        order_id="o1",
        status="succeeded",
        authorized=PRICE,
        held=NOTHING,
        captured=PRICE,
        refunded=PRICE,
        payment_method="pm_card_visa",
        decline_code="",
        created_at=NOON.timestamp(),
    )
    assert await reported(vault, clock) == [
        "payment_intent.created",
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
        "charge.refunded",
        "charge.refunded",
    ]


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("pm_card_chargeDeclined", "card_declined"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedLostCard", "lost_card"),
        ("pm_card_chargeDeclinedStolenCard", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error"),
    ],
)
async def test_a_declined_card_leaves_the_intent_open_and_says_why(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock, card: str, reason: str
) -> None:
    intent = await an_intent(payments)

    with pytest.raises(Declined) as refused:
        await payments.confirm(intent.id, payment_method=card, key="c")

    assert refused.value.reason == reason
    now = await payments.retrieve(intent.id)
    assert now is not None
    assert (now.status, now.decline_code) == ("requires_payment_method", reason)
    assert (await line_of(payments)).held == NOTHING
    webhook = (await Webhooks(vault).claim(clock.now()))[-1]
    event = await payments.read_webhook(webhook.payload, sign(webhook.payload, SECRET, clock.now()))
    assert (event.type, event.reason) == ("payment_intent.payment_failed", reason)


async def test_another_card_may_follow_a_declined_one(payments: EmbeddedPayments) -> None:
    intent = await an_intent(payments)
    with pytest.raises(Declined):
        await payments.confirm(intent.id, payment_method="pm_card_chargeDeclined", key="1")

    held = await payments.confirm(intent.id, payment_method="pm_card_mastercard", key="2")

    assert (held.status, held.brand, held.decline_code) == ("requires_capture", "mastercard", "")


async def test_an_unknown_card_changes_nothing(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent = await an_intent(payments)

    with pytest.raises(Declined, match="resource_missing"):
        await payments.confirm(intent.id, payment_method="pm_card_unknown", key="c")

    assert await payments.retrieve(intent.id) == intent
    assert await reported(vault, clock) == ["payment_intent.created"]


async def test_a_card_that_needs_the_customer_is_held_once_she_proved_herself(
    payments: EmbeddedPayments,
) -> None:
    intent = await an_intent(payments)

    asked = await payments.confirm(
        intent.id, payment_method="pm_card_authenticationRequired", key="c"
    )
    assert asked.status == "requires_action"
    assert asked.next_action_url == f"http://shop/_local/cards/authenticate/{intent.id}"
    assert (await line_of(payments)).held == NOTHING
    held = await payments.authenticate(intent.id, True)

    assert (held.status, held.next_action_url) == ("requires_capture", "")
    assert (await line_of(payments)).held == PRICE


async def test_a_failed_proof_is_a_declined_card(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent_id = await authorized(payments, "pm_card_authenticationRequired")

    failed = await payments.authenticate(intent_id, False)

    assert failed.status == "requires_payment_method"
    assert failed.decline_code == "payment_intent_authentication_failure"
    assert await reported(vault, clock) == [
        "payment_intent.created",
        "payment_intent.payment_failed",
    ]


async def test_nobody_can_prove_what_was_not_asked(payments: EmbeddedPayments) -> None:
    intent_id = await authorized(payments)

    with pytest.raises(UnexpectedState):
        await payments.authenticate(intent_id, True)


async def test_a_card_whose_capture_fails_is_free_again(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent_id = await authorized(payments, "pm_card_captureDeclined")
    assert (await line_of(payments)).held == PRICE

    with pytest.raises(Declined, match="card_declined"):
        await payments.capture(intent_id, key="t")

    line = await line_of(payments)
    assert (line.held, line.captured) == (NOTHING, NOTHING)
    assert (await reported(vault, clock))[-1] == "payment_intent.payment_failed"


async def test_a_capture_whose_answer_is_lost_happened_and_answers_under_the_same_key(
    payments: EmbeddedPayments,
) -> None:
    intent_id = await authorized(payments, "pm_card_captureAnswerLost")

    with pytest.raises(PaymentBusy, match="the capture was not"):
        await payments.capture(intent_id, key="t")
    assert (await line_of(payments)).captured == PRICE

    assert (await payments.capture(intent_id, key="t")).status == "succeeded"
    assert (await line_of(payments)).captured == PRICE


async def test_a_capture_that_was_refused_and_taken_after_all_is_told_by_webhook_only(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent_id = await authorized(payments, "pm_card_captureDeclinedButTaken")

    for _ in range(2):
        with pytest.raises(Declined, match="card_declined"):
            await payments.capture(intent_id, key="t")

    assert (await line_of(payments)).captured == PRICE
    assert (await reported(vault, clock))[-1] == "payment_intent.succeeded"
    assert (await payments.cancel(intent_id, key="x")).status == "succeeded"
    assert (await payments.refund(intent_id, PRICE, key="r")).refunded == PRICE


async def test_capturing_again_with_any_key_takes_nothing_more(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent_id = await captured(payments)

    again = await payments.capture(intent_id, key="another")

    assert again.received == PRICE
    assert (await reported(vault, clock)).count("payment_intent.succeeded") == 1


async def test_what_is_not_authorized_cannot_be_captured(payments: EmbeddedPayments) -> None:
    intent = await an_intent(payments)

    with pytest.raises(UnexpectedState) as refused:
        await payments.capture(intent.id, key="t")

    assert refused.value.reason == "payment_intent_unexpected_state"
    assert await payments.retrieve(intent.id) == intent


async def test_cancelling_ends_the_hold_and_everything_else(payments: EmbeddedPayments) -> None:
    intent_id = await authorized(payments)

    ended = await payments.cancel(intent_id, key="x")

    assert ended.status == "canceled"
    assert (await line_of(payments)).held == NOTHING
    assert (await line_of(payments)).authorized == PRICE
    with pytest.raises(UnexpectedState):
        await payments.confirm(intent_id, payment_method="pm_card_visa", key="c2")
    with pytest.raises(UnexpectedState):
        await payments.capture(intent_id, key="t")
    with pytest.raises(UnexpectedState):
        await payments.refund(intent_id, Money(1, "USD"), key="r")


async def test_cancelling_what_has_ended_changes_nothing(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent_id = await captured(payments)

    assert (await payments.cancel(intent_id, key="x")).status == "succeeded"
    assert (await payments.cancel(intent_id, key="y")).received == PRICE

    assert "payment_intent.canceled" not in await reported(vault, clock)


async def test_confirming_what_is_authorized_is_refused(payments: EmbeddedPayments) -> None:
    intent_id = await authorized(payments)

    with pytest.raises(UnexpectedState):
        await payments.confirm(intent_id, payment_method="pm_card_visa", key="again")

    assert (await line_of(payments)).held == PRICE


@pytest.mark.parametrize(
    ("minor", "reason"), [(12_346, "amount_too_large"), (0, "amount_too_small")]
)
async def test_a_refund_over_what_is_left_gives_nothing(
    payments: EmbeddedPayments, minor: int, reason: str
) -> None:
    intent_id = await captured(payments)

    with pytest.raises(Declined) as refused:
        await payments.refund(intent_id, Money(minor, "USD"), key="r")

    assert refused.value.reason == reason
    assert (await line_of(payments)).refunded == NOTHING


async def test_a_refund_after_the_whole_was_refunded_gives_nothing(
    payments: EmbeddedPayments,
) -> None:
    intent_id = await captured(payments)
    await payments.refund(intent_id, PRICE, key="r1")

    with pytest.raises(Declined, match="charge_already_refunded"):
        await payments.refund(intent_id, Money(1, "USD"), key="r2")

    assert (await line_of(payments)).refunded == PRICE


async def test_a_refund_in_another_currency_is_a_fault_of_ours(payments: EmbeddedPayments) -> None:
    intent_id = await captured(payments)

    with pytest.raises(CurrencyMismatch):
        await payments.refund(intent_id, Money(1, "EUR"), key="r")

    assert (await payments.refund(intent_id, Money(1, "USD"), key="r")).refunded == Money(1, "USD")


async def test_the_same_key_makes_one_intent(payments: EmbeddedPayments, clock: StillClock) -> None:
    first = await an_intent(payments)
    clock.move(60)

    assert await an_intent(payments) == first
    assert len(await payments.ledger()) == 1


async def test_the_same_key_answers_what_it_first_answered(payments: EmbeddedPayments) -> None:
    intent_id = await authorized(payments)
    await payments.capture(intent_id, key="o1:charge")

    again = await payments.confirm(intent_id, payment_method="pm_card_visa", key="o1:confirm")

    assert again.status == "requires_capture"


async def test_a_decline_is_repeated_under_its_key(payments: EmbeddedPayments) -> None:
    intent = await an_intent(payments)
    for _ in range(2):
        with pytest.raises(Declined, match="insufficient_funds"):
            await payments.confirm(
                intent.id, payment_method="pm_card_chargeDeclinedInsufficientFunds", key="c"
            )


async def test_a_key_used_for_another_call_is_a_fault_of_ours(payments: EmbeddedPayments) -> None:
    intent_id = await authorized(payments)

    with pytest.raises(IdempotencyMisuse):
        await payments.capture(intent_id, key="o1:confirm")
    with pytest.raises(IdempotencyMisuse):
        await payments.create_intent(Money(1, "USD"), key="o1:intent", metadata={})

    assert (await line_of(payments)).captured == NOTHING


async def test_a_key_is_forgotten_after_a_day_and_then_makes_another_intent(
    payments: EmbeddedPayments, clock: StillClock
) -> None:
    first = await an_intent(payments)
    clock.move(KEPT_SECONDS)

    second = await an_intent(payments)

    assert second.id != first.id
    assert [line.intent_id for line in await payments.ledger()] == [second.id, first.id]


async def test_a_webhook_is_read_when_its_signature_is_good(
    payments: EmbeddedPayments, vault: Vault, clock: StillClock
) -> None:
    intent_id = await captured(payments)
    await payments.refund(intent_id, Money(5, "USD"), key="r")
    webhook = (await Webhooks(vault).claim(clock.now()))[-1]

    event = await payments.read_webhook(webhook.payload, sign(webhook.payload, SECRET, clock.now()))

    metadata = {"order_id": "o1", "user_id": "u1"}
    assert event == NetworkEvent(webhook.id, "charge.refunded", intent_id, metadata)
    with pytest.raises(BadSignature):
        await payments.read_webhook(
            webhook.payload, sign(webhook.payload, "whsec_other", clock.now())
        )


async def test_a_vault_that_is_away_is_a_busy_network(clock: StillClock) -> None:
    payments = network(AwayVault(), clock)

    for call in (
        an_intent(payments),
        payments.retrieve("pi"),
        payments.authenticate("pi", True),
        payments.ledger(),
    ):
        with pytest.raises(PaymentBusy, match="locked"):
            await call


async def test_two_hosts_that_charge_at_once_under_one_key_charge_once(
    tmp_path: Path, clock: StillClock
) -> None:
    files = [SqliteFile(tmp_path / "shop.db", synchronous="OFF") for _ in range(2)]
    hosts = [network(SqliteVault(file), clock) for file in files]

    made = await asyncio.gather(*(an_intent(host) for host in hosts * 10))
    intent_id = await authorized(hosts[0])
    await asyncio.gather(*(host.capture(intent_id, key="o1:charge") for host in hosts * 10))

    assert {intent.id for intent in made} == {intent_id}
    assert (await line_of(hosts[1])).captured == PRICE
    for file in files:
        file.close()


def test_no_call_suspends_and_equal_histories_leave_equal_states(clock: StillClock) -> None:
    one, other = MemoryVault(), MemoryVault()

    for vault in (one, other):
        payments = network(vault, clock)
        finish(payments.refund(finish(captured(payments)), PRICE, key="r"))
        finish(payments.ledger())

    assert one.digest() == other.digest()
