"""A peer for each test."""

import pytest

from tests.tools.stripe_emulator.asking import Asker


@pytest.fixture
def asker() -> Asker:
    return Asker()
