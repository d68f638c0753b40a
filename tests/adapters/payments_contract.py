"""The contract of the card network: one suite, passed by every end.

To add an end, write a test module with a subclass of ``PaymentsContract`` named ``Test…`` that has a fixture
``payments``. Keys are fresh in every test, so that a network with a past will do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from domain.money import CurrencyMismatch, Money
from usecases.ports.idempotency import IdempotencyMisuse
from usecases.ports.payments import Declined, Intent, Payments, UnexpectedState

PRICE = Money(12_345, "USD")
NOTHING = Money(0, "USD")
ABOUT = {"order_id": "o1", "user_id": "u1"}


def a_key(about: str = "k") -> str:
    return f"{about}:{uuid4()}"


async def an_intent(payments: Payments, price: Money = PRICE, key: str = "") -> Intent:
    return await payments.create_intent(
        price, key=key or a_key("intent"), metadata=ABOUT, description="HPH-1"
    )


async def authorized(payments: Payments, card: str = "pm_card_visa") -> str:
    intent = await an_intent(payments)
    await payments.confirm(intent.id, payment_method=card, key=a_key("confirm"))
    return intent.id


async def captured(payments: Payments) -> str:
    intent_id = await authorized(payments)
    await payments.capture(intent_id, key=a_key("charge"))
    return intent_id


async def now(payments: Payments, intent_id: str) -> Intent:
    found = await payments.retrieve(intent_id)
    assert found is not None
    return found


type Verb = Callable[[Payments, str], Awaitable[object]]

VERBS: dict[str, Verb] = {
    "confirm": lambda p, id: p.confirm(id, payment_method="pm_card_visa", key=a_key()),
    "capture": lambda p, id: p.capture(id, key=a_key()),
    "cancel": lambda p, id: p.cancel(id, key=a_key()),
    "refund": lambda p, id: p.refund(id, PRICE, key=a_key()),
}


class PaymentsContract:
    """What every end does with intents. A subclass brings the fixture ``payments``."""

    async def test_a_new_intent_waits_for_a_card(self, payments: Payments) -> None:
        intent = await an_intent(payments)

        assert intent.status == "requires_payment_method"
        assert (intent.amount, intent.received, intent.refunded) == (PRICE, NOTHING, NOTHING)
        assert intent.id.startswith("pi_")
        assert intent.client_secret.startswith(f"{intent.id}_secret_")
        assert intent.metadata == ABOUT
        assert (intent.brand, intent.last4, intent.decline_code) == ("", "", "")
        assert intent.next_action_url == ""
        assert await payments.retrieve(intent.id) == intent

    @pytest.mark.parametrize("intent_id", ["pi_unknown", "unknown", "../customers", "pi_1/confirm"])
    async def test_what_is_no_intent_is_none_and_every_call_on_it_is_declined(
        self, payments: Payments, intent_id: str
    ) -> None:
        assert await payments.retrieve(intent_id) is None
        for verb in VERBS.values():
            with pytest.raises(Declined, match="resource_missing"):
                await verb(payments, intent_id)

    @pytest.mark.parametrize(
        ("minor", "reason"),
        [(0, "amount_too_small"), (-1, "amount_too_small"), (100_000_000, "amount_too_large")],
    )
    async def test_an_amount_outside_the_limits_makes_no_intent(
        self, payments: Payments, minor: int, reason: str
    ) -> None:
        with pytest.raises(Declined) as refused:
            await an_intent(payments, Money(minor, "USD"))

        assert refused.value.reason == reason

    async def test_a_currency_without_decimals_is_told_as_it_is(self, payments: Payments) -> None:
        intent = await an_intent(payments, Money(1_200, "JPY"))

        assert intent.amount == Money(1_200, "JPY")
        assert await now(payments, intent.id) == intent

    async def test_a_good_card_is_held_then_captured_then_refunded_in_parts(
        self, payments: Payments
    ) -> None:
        intent = await an_intent(payments)

        held = await payments.confirm(intent.id, payment_method="pm_card_visa", key=a_key())
        taken = await payments.capture(intent.id, key=a_key())
        part = await payments.refund(intent.id, Money(345, "USD"), key=a_key())
        rest = await payments.refund(intent.id, Money(12_000, "USD"), key=a_key())

        assert (held.status, held.brand, held.last4) == ("requires_capture", "visa", "4242")
        assert (held.received, held.refunded) == (NOTHING, NOTHING)
        assert (taken.status, taken.received) == ("succeeded", PRICE)
        assert (taken.brand, taken.last4) == ("visa", "4242")
        assert (part.refunded, rest.refunded) == (Money(345, "USD"), PRICE)
        assert await now(payments, intent.id) == rest

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
        self, payments: Payments, card: str, reason: str
    ) -> None:
        intent, key = await an_intent(payments), a_key()

        for _ in range(2):
            with pytest.raises(Declined) as refused:
                await payments.confirm(intent.id, payment_method=card, key=key)
            assert refused.value.reason == reason

        after = await now(payments, intent.id)
        assert (after.status, after.decline_code) == ("requires_payment_method", reason)
        assert (after.brand, after.last4, after.received) == ("", "", NOTHING)

    async def test_another_card_may_follow_a_declined_one(self, payments: Payments) -> None:
        intent = await an_intent(payments)
        with pytest.raises(Declined):
            await payments.confirm(intent.id, payment_method="pm_card_chargeDeclined", key=a_key())

        held = await payments.confirm(intent.id, payment_method="pm_card_mastercard", key=a_key())

        assert (held.status, held.brand, held.decline_code) == (
            "requires_capture",
            "mastercard",
            "",
        )

    async def test_an_unknown_card_changes_nothing(self, payments: Payments) -> None:
        intent = await an_intent(payments)

        with pytest.raises(Declined, match="resource_missing"):
            await payments.confirm(intent.id, payment_method="pm_card_unknown", key=a_key())

        assert await payments.retrieve(intent.id) == intent

    async def test_a_card_that_needs_the_customer_says_where_she_proves_herself(
        self, payments: Payments
    ) -> None:
        intent = await an_intent(payments)

        asked = await payments.confirm(
            intent.id, payment_method="pm_card_authenticationRequired", key=a_key()
        )

        assert (asked.status, asked.received) == ("requires_action", NOTHING)
        assert asked.next_action_url.startswith("http")
        assert await now(payments, intent.id) == asked
        with pytest.raises(UnexpectedState):
            await payments.capture(intent.id, key=a_key())

    async def test_capturing_again_with_any_key_takes_nothing_more(
        self, payments: Payments
    ) -> None:
        intent_id = await captured(payments)

        again = await payments.capture(intent_id, key=a_key())

        assert (again.status, again.received) == ("succeeded", PRICE)

    @pytest.mark.parametrize("verb", ["capture", "refund"])
    async def test_what_nobody_has_authorized_is_neither_taken_nor_given_back(
        self, payments: Payments, verb: str
    ) -> None:
        intent = await an_intent(payments)

        with pytest.raises(UnexpectedState) as refused:
            await VERBS[verb](payments, intent.id)

        assert refused.value.reason == "payment_intent_unexpected_state"
        assert await payments.retrieve(intent.id) == intent

    async def test_what_is_only_held_is_not_given_back(self, payments: Payments) -> None:
        intent_id = await authorized(payments)

        with pytest.raises(UnexpectedState):
            await payments.refund(intent_id, PRICE, key=a_key())

        assert (await now(payments, intent_id)).status == "requires_capture"

    async def test_confirming_what_is_authorized_or_taken_is_refused(
        self, payments: Payments
    ) -> None:
        for intent_id in (await authorized(payments), await captured(payments)):
            with pytest.raises(UnexpectedState):
                await VERBS["confirm"](payments, intent_id)

    async def test_cancelling_ends_the_hold_and_everything_else(self, payments: Payments) -> None:
        intent_id = await authorized(payments)

        ended = await payments.cancel(intent_id, key=a_key())

        assert (ended.status, ended.received, ended.refunded) == ("canceled", NOTHING, NOTHING)
        for verb in ("confirm", "capture", "refund"):
            with pytest.raises(UnexpectedState):
                await VERBS[verb](payments, intent_id)
        assert (await payments.cancel(intent_id, key=a_key())).status == "canceled"

    async def test_cancelling_what_was_taken_changes_nothing(self, payments: Payments) -> None:
        intent_id = await captured(payments)

        after = await payments.cancel(intent_id, key=a_key())

        assert (after.status, after.received, after.refunded) == ("succeeded", PRICE, NOTHING)

    @pytest.mark.parametrize(
        ("minor", "reason"), [(12_346, "amount_too_large"), (0, "amount_too_small")]
    )
    async def test_a_refund_over_what_is_left_gives_nothing(
        self, payments: Payments, minor: int, reason: str
    ) -> None:
        intent_id, key = await captured(payments), a_key()

        for _ in range(2):
            with pytest.raises(Declined) as refused:
                await payments.refund(intent_id, Money(minor, "USD"), key=key)
            assert refused.value.reason == reason

        assert (await now(payments, intent_id)).refunded == NOTHING

    async def test_a_refund_after_the_whole_was_refunded_gives_nothing(
        self, payments: Payments
    ) -> None:
        intent_id = await captured(payments)
        await payments.refund(intent_id, PRICE, key=a_key())

        with pytest.raises(Declined, match="charge_already_refunded"):
            await payments.refund(intent_id, Money(1, "USD"), key=a_key())

        assert (await now(payments, intent_id)).refunded == PRICE

    async def test_a_refund_in_another_currency_is_a_fault_of_ours(
        self, payments: Payments
    ) -> None:
        intent_id = await captured(payments)

        with pytest.raises(CurrencyMismatch):
            await payments.refund(intent_id, Money(1, "EUR"), key=a_key())

        assert (await now(payments, intent_id)).refunded == NOTHING

    async def test_a_refund_under_one_key_is_given_once(self, payments: Payments) -> None:
        intent_id, key = await captured(payments), a_key()

        answers = [await payments.refund(intent_id, Money(500, "USD"), key=key) for _ in range(2)]

        assert [one.refunded for one in answers] == [Money(500, "USD")] * 2
        assert (await now(payments, intent_id)).refunded == Money(500, "USD")

    async def test_the_same_key_makes_one_intent(self, payments: Payments) -> None:
        key = a_key("intent")

        first, again = await an_intent(payments, key=key), await an_intent(payments, key=key)

        assert again == first

    async def test_the_same_key_answers_what_it_first_answered(self, payments: Payments) -> None:
        intent, key = await an_intent(payments), a_key()
        first = await payments.confirm(intent.id, payment_method="pm_card_visa", key=key)
        await payments.capture(intent.id, key=a_key())

        again = await payments.confirm(intent.id, payment_method="pm_card_visa", key=key)

        assert (again.status, again) == ("requires_capture", first)

    async def test_a_key_used_for_another_call_is_a_fault_of_ours(self, payments: Payments) -> None:
        making, confirming = a_key("intent"), a_key("confirm")
        intent = await an_intent(payments, key=making)
        await payments.confirm(intent.id, payment_method="pm_card_visa", key=confirming)

        with pytest.raises(IdempotencyMisuse):
            await payments.capture(intent.id, key=confirming)
        with pytest.raises(IdempotencyMisuse):
            await an_intent(payments, Money(99, "USD"), key=making)

        assert (await now(payments, intent.id)).received == NOTHING

    async def test_many_captures_at_once_take_the_money_once(self, payments: Payments) -> None:
        intent_id = await authorized(payments)

        answers = await asyncio.gather(
            *(payments.capture(intent_id, key=a_key()) for _ in range(5))
        )

        assert {one.received for one in answers} == {PRICE}
        assert (await now(payments, intent_id)).received == PRICE
