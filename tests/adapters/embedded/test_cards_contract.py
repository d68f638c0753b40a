"""The embedded card network keeps the contract, over both vaults."""

import pytest

from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.world import Vault
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.payments_contract import PaymentsContract


class TestEmbeddedPayments(PaymentsContract):
    @pytest.fixture
    def payments(self, vault: Vault, clock: StillClock) -> EmbeddedPayments:
        return EmbeddedPayments(vault, clock, CardSettings("whsec_test"))
