"""Whom the tests of the Stripe end talk to: our peer, on a socket of its own, through Stripe's own SDK.

``STRIPE_TEST_KEY``, a key of Stripe's test mode, lets the contracts run against Stripe as well.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters.embedded.secrets import EnvironmentSecrets
from adapters.stripe.connection import StripeConnection
from adapters.stripe.payments import StripePayments
from adapters.stripe.settings import API, StripeSettings
from tools.stripe_emulator.auth import KEY
from tools.stripe_emulator.http import address_of, serve
from tools.stripe_emulator.service import Emulator
from usecases.ports.clock import Clock

TEST_KEY = os.environ.get("STRIPE_TEST_KEY", "")
SECRET = "whsec_test"
GIVEN = {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET}
SHOP = "https://shop.example/"

at_stripe = pytest.mark.skipif(
    not TEST_KEY, reason="STRIPE_TEST_KEY, a key of Stripe's test mode, is not set"
)


@dataclass
class Peer:
    """The peer, and our end that talks to it."""

    emulator: Emulator
    address: str
    clock: Clock
    payments: StripePayments


def end_at(address: str, clock: Clock, given: Mapping[str, str]) -> StripePayments:
    """Our end, at this address."""
    secrets = EnvironmentSecrets(given)
    connection = StripeConnection(StripeSettings(address), secrets, clock)
    return StripePayments(connection, return_url=SHOP)


@asynccontextmanager
async def opened(clock: Clock) -> AsyncIterator[Peer]:
    """Our own peer, in which nothing has happened; its time is the clock's."""
    emulator = Emulator(now=lambda: clock.now().timestamp())
    server = await serve(emulator)
    peer = Peer(emulator, address_of(server), clock, end_at(address_of(server), clock, GIVEN))
    try:
        yield peer
    finally:
        await peer.payments.close()
        server.close()
        server.close_clients()


@asynccontextmanager
async def stripe_itself(clock: Clock) -> AsyncIterator[StripePayments]:
    """Stripe, in its test mode: only a key of that is taken."""
    assert TEST_KEY.startswith(("sk_test_", "rk_test_")), "STRIPE_TEST_KEY is of no test mode"
    payments = end_at(API, clock, GIVEN | {"STRIPE_SECRET_KEY": TEST_KEY})
    try:
        yield payments
    finally:
        await payments.close()
