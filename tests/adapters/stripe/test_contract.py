"""The Stripe end keeps the card network's contracts: at our peer, and at Stripe itself where a test key is given.

Listing is left to our peer: it wants a network in which nothing has happened, and moves its clock.
"""

from collections.abc import AsyncIterator

import pytest

from adapters.embedded.clock import SystemClock
from adapters.stripe.payments import StripePayments
from tests.adapters.payments_contract import PaymentsContract
from tests.adapters.payments_list_contract import PaymentsListContract
from tests.adapters.payments_saving_contract import SavedCardsContract
from tests.adapters.stripe.peers import at_stripe, stripe_itself


class TestPayments(PaymentsContract):
    """The contract of payments, at our peer."""


class TestListing(PaymentsListContract):
    """The contract of listing, at our peer."""


class TestSavedCards(SavedCardsContract):
    """The contract of saved cards, at our peer."""


@at_stripe
class TestPaymentsAtStripe(PaymentsContract):
    @pytest.fixture
    async def payments(self) -> AsyncIterator[StripePayments]:
        async with stripe_itself(SystemClock()) as payments:
            yield payments


@at_stripe
class TestSavedCardsAtStripe(SavedCardsContract):
    @pytest.fixture
    async def payments(self) -> AsyncIterator[StripePayments]:
        async with stripe_itself(SystemClock()) as payments:
            yield payments
