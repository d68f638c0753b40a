"""The contract of saved cards at the card network: one suite, passed by every end.

To add an end, write a test module with a subclass of ``SavedCardsContract`` named ``Test…`` that has a fixture
``payments``: a network in which nothing has happened.
"""

import asyncio
from uuid import uuid4

import pytest

from domain.money import Money
from usecases.ports.idempotency import IdempotencyMisuse
from usecases.ports.payments import Declined, Intent, PaymentMethod, Payments

PRICE = Money(4_200, "USD")
ABOUT = {"order_id": "o1", "user_id": "u1"}


def a_key(about: str = "k") -> str:
    return f"{about}:{uuid4()}"


async def a_customer(payments: Payments, user_id: str = "u1") -> str:
    return await payments.create_customer(key=a_key("customer"), metadata={"user_id": user_id})


async def saved(payments: Payments, customer_id: str, card: str = "pm_card_visa") -> PaymentMethod:
    return await payments.attach_payment_method(card, customer_id=customer_id, key=a_key("save"))


async def intent_of(payments: Payments, customer_id: str = "") -> Intent:
    return await payments.create_intent(
        PRICE, key=a_key("intent"), metadata=ABOUT, customer_id=customer_id
    )


class SavedCardsContract:
    """What every end does with customers and their cards. A subclass brings the fixture ``payments``."""

    async def test_a_key_makes_one_customer(self, payments: Payments) -> None:
        key, metadata = a_key("customer"), {"user_id": "u1"}

        once, twice = await asyncio.gather(
            payments.create_customer(key=key, metadata=metadata),
            payments.create_customer(key=key, metadata=metadata),
        )

        assert once.startswith("cus_")
        assert twice == once
        assert await a_customer(payments) != once

    async def test_a_customers_key_serves_for_nothing_else(self, payments: Payments) -> None:
        key = a_key("customer")
        await payments.create_customer(key=key, metadata={"user_id": "u1"})

        with pytest.raises(IdempotencyMisuse):
            await payments.create_customer(key=key, metadata={"user_id": "u2"})

    @pytest.mark.parametrize("token", ["pm_card_visa", "tok_visa"])
    async def test_a_saved_card_tells_what_may_be_shown_of_it(
        self, payments: Payments, token: str
    ) -> None:
        card = await saved(payments, await a_customer(payments), token)

        assert card.id.startswith("pm_")
        assert card.id != token
        assert (card.brand, card.last4) == ("visa", "4242")
        assert 1 <= card.exp_month <= 12
        assert card.exp_year >= 2026

    async def test_a_card_saved_twice_under_one_key_is_one_card(self, payments: Payments) -> None:
        customer_id, key = await a_customer(payments), a_key("save")

        first = await payments.attach_payment_method("tok_visa", customer_id=customer_id, key=key)
        again = await payments.attach_payment_method("tok_visa", customer_id=customer_id, key=key)

        assert again == first

    async def test_a_card_that_the_customer_has_may_be_saved_again(
        self, payments: Payments
    ) -> None:
        customer_id = await a_customer(payments)
        card = await saved(payments, customer_id)

        assert await saved(payments, customer_id, card.id) == card

    @pytest.mark.parametrize("token", ["pm_unknown", "tok_unknown", "pm_card_chargeDeclined"])
    async def test_what_is_no_good_card_is_not_saved(self, payments: Payments, token: str) -> None:
        customer_id = await a_customer(payments)

        with pytest.raises(Declined):
            await saved(payments, customer_id, token)

    async def test_a_card_needs_a_customer(self, payments: Payments) -> None:
        with pytest.raises(Declined):
            await saved(payments, "cus_unknown")

    async def test_a_card_of_another_customer_is_not_saved(self, payments: Payments) -> None:
        theirs = await saved(payments, await a_customer(payments, "u2"))

        with pytest.raises(Declined):
            await saved(payments, await a_customer(payments), theirs.id)

    async def test_a_saved_card_pays_an_intent_of_its_customer(self, payments: Payments) -> None:
        customer_id = await a_customer(payments)
        card = await saved(payments, customer_id)
        intent = await intent_of(payments, customer_id)

        held = await payments.confirm(intent.id, payment_method=card.id, key=a_key())
        taken = await payments.capture(intent.id, key=a_key())

        assert intent.customer_id == held.customer_id == customer_id
        assert (held.status, held.brand, held.last4) == ("requires_capture", "visa", "4242")
        assert (taken.status, taken.received) == ("succeeded", PRICE)

    async def test_a_new_card_pays_an_intent_of_a_customer_too(self, payments: Payments) -> None:
        intent = await intent_of(payments, await a_customer(payments))

        held = await payments.confirm(intent.id, payment_method="pm_card_visa", key=a_key())

        assert held.status == "requires_capture"

    async def test_an_intent_without_a_customer_says_so(self, payments: Payments) -> None:
        intent = await intent_of(payments)

        assert intent.customer_id == ""
        known = await payments.retrieve(intent.id)
        assert known is not None
        assert known.customer_id == ""

    async def test_an_intent_of_an_unknown_customer_is_not_made(self, payments: Payments) -> None:
        with pytest.raises(Declined):
            await intent_of(payments, "cus_unknown")

    async def test_a_saved_card_pays_nothing_else(self, payments: Payments) -> None:
        card = await saved(payments, await a_customer(payments))
        nobodys = await intent_of(payments)
        anothers = await intent_of(payments, await a_customer(payments, "u2"))

        for intent in (nobodys, anothers):
            with pytest.raises(Declined):
                await payments.confirm(intent.id, payment_method=card.id, key=a_key())

        now = await payments.retrieve(anothers.id)
        assert now is not None
        assert now.status == "requires_payment_method"

    async def test_a_card_that_is_saved_may_still_be_declined(self, payments: Payments) -> None:
        customer_id = await a_customer(payments)
        card = await saved(payments, customer_id, "pm_card_chargeCustomerFail")
        intent = await intent_of(payments, customer_id)

        with pytest.raises(Declined, match="card_declined"):
            await payments.confirm(intent.id, payment_method=card.id, key=a_key())

    async def test_a_saved_card_may_ask_for_a_proof(self, payments: Payments) -> None:
        customer_id = await a_customer(payments)
        card = await saved(payments, customer_id, "pm_card_authenticationRequired")
        intent = await intent_of(payments, customer_id)

        asked = await payments.confirm(intent.id, payment_method=card.id, key=a_key())

        assert asked.status == "requires_action"
        assert asked.next_action_url != ""

    async def test_a_detached_card_pays_nothing_and_stays_detached(
        self, payments: Payments
    ) -> None:
        customer_id = await a_customer(payments)
        card = await saved(payments, customer_id)
        intent = await intent_of(payments, customer_id)

        await payments.detach_payment_method(card.id, key=a_key("detach"))
        await payments.detach_payment_method(card.id, key=a_key("detach"))

        with pytest.raises(Declined):
            await payments.confirm(intent.id, payment_method=card.id, key=a_key())
        with pytest.raises(Declined):
            await saved(payments, customer_id, card.id)

    async def test_detaching_what_is_not_there_changes_nothing(self, payments: Payments) -> None:
        await payments.detach_payment_method("pm_unknown", key=a_key("detach"))

    async def test_money_that_a_card_has_authorised_is_taken_after_it_was_detached(
        self, payments: Payments
    ) -> None:
        customer_id = await a_customer(payments)
        card = await saved(payments, customer_id)
        intent = await intent_of(payments, customer_id)
        await payments.confirm(intent.id, payment_method=card.id, key=a_key())

        await payments.detach_payment_method(card.id, key=a_key("detach"))
        await payments.delete_customer(customer_id)

        assert (await payments.capture(intent.id, key=a_key())).received == PRICE
        assert (await payments.refund(intent.id, PRICE, key=a_key())).refunded == PRICE

    async def test_a_deleted_customer_leaves_no_card(self, payments: Payments) -> None:
        customer_id = await a_customer(payments)
        card = await saved(payments, customer_id)
        intent = await intent_of(payments, customer_id)

        await payments.delete_customer(customer_id)
        await payments.delete_customer(customer_id)

        with pytest.raises(Declined):
            await payments.confirm(intent.id, payment_method=card.id, key=a_key())
        with pytest.raises(Declined):
            await saved(payments, customer_id)
        with pytest.raises(Declined):
            await intent_of(payments, customer_id)

    async def test_deleting_who_is_not_there_changes_nothing(self, payments: Payments) -> None:
        await payments.delete_customer("cus_unknown")
