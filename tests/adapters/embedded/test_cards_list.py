"""The embedded card network lists its intents as Stripe does."""

from datetime import timedelta

import pytest

from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.world import Vault
from tests.adapters.embedded.fixtures import AwayVault, StillClock
from tests.adapters.payments_list_contract import PaymentsListContract, all_after, created
from usecases.ports.payments import MOST_LISTED_AT_ONCE, PaymentBusy

HOUR = timedelta(hours=1)


class TestEmbeddedPayments(PaymentsListContract):
    @pytest.fixture
    def payments(self, vault: Vault, clock: StillClock) -> EmbeddedPayments:
        return EmbeddedPayments(vault, clock, CardSettings("whsec_test"))


async def test_the_list_ends_where_everything_is_older_than_the_window(
    vault: Vault, clock: StillClock
) -> None:
    payments = EmbeddedPayments(vault, clock, CardSettings("whsec_test"))
    for number in range(MOST_LISTED_AT_ONCE + 1):
        await created(payments, clock, number)
    clock.move(3600)
    new = await created(payments, clock, MOST_LISTED_AT_ONCE + 1)

    page = await payments.list_intents(since=clock.now() - HOUR, until=clock.now())

    assert ([one.id for one in page.intents], page.next) == ([new.id], "")


async def test_an_intent_is_found_behind_some_that_were_put_away_a_moment_too_late(
    vault: Vault, clock: StillClock
) -> None:
    payments = EmbeddedPayments(vault, clock, CardSettings("whsec_test"))
    new = await created(payments, clock, 0)
    clock.move(-30)
    for number in range(1, MOST_LISTED_AT_ONCE + 1):
        clock.move(-2)
        late = await created(payments, clock, number)
    assert late.created_at < new.created_at

    found = await all_after(payments, new.created_at, new.created_at + HOUR, "")

    assert [one.id for one in found] == [new.id]


async def test_a_network_that_is_away_lists_nothing(clock: StillClock) -> None:
    payments = EmbeddedPayments(AwayVault(), clock, CardSettings("whsec_test"))

    with pytest.raises(PaymentBusy, match="locked"):
        await payments.list_intents(since=clock.now() - HOUR, until=clock.now())
