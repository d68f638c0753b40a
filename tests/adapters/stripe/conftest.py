"""Shared by the tests of the Stripe end."""

from collections.abc import AsyncIterator

import pytest

from adapters.stripe.payments import StripePayments
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.stripe.peers import Peer, opened


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def peer(clock: StillClock) -> AsyncIterator[Peer]:
    async with opened(clock) as peer:
        yield peer


@pytest.fixture
def payments(peer: Peer) -> StripePayments:
    return peer.payments
