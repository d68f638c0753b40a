"""Saved cards at the embedded network."""

import pytest

from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.world import Vault
from tests.adapters.embedded.fixtures import AwayVault, StillClock
from tests.adapters.payments_saving_contract import (
    SavedCardsContract,
    a_customer,
    intent_of,
    saved,
)
from usecases.ports.payments import PaymentBusy


@pytest.fixture
def payments(vault: Vault, clock: StillClock) -> EmbeddedPayments:
    return EmbeddedPayments(vault, clock, CardSettings("whsec_test"))


class TestEmbeddedSavedCards(SavedCardsContract):
    """The contract, over both vaults."""


async def test_the_networks_books_name_the_saved_card(payments: EmbeddedPayments) -> None:
    customer_id = await a_customer(payments)
    card = await saved(payments, customer_id, "pm_card_captureDeclinedButTaken")
    intent = await intent_of(payments, customer_id)

    await payments.confirm(intent.id, payment_method=card.id, key="c")

    (line,) = await payments.ledger()
    assert line.payment_method == card.id


async def test_a_network_that_is_away_is_busy() -> None:
    payments = EmbeddedPayments(AwayVault(), StillClock(), CardSettings("whsec_test"))

    with pytest.raises(PaymentBusy):
        await a_customer(payments)
    with pytest.raises(PaymentBusy):
        await saved(payments, "cus_1")
    with pytest.raises(PaymentBusy):
        await payments.detach_payment_method("pm_1", key="k")
    with pytest.raises(PaymentBusy):
        await payments.delete_customer("cus_1")
