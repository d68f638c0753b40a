"""Shared by the tests of the adapters."""

import pytest

pytest.register_assert_rewrite(
    "tests.adapters.store_kinds",
    "tests.adapters.store_rules",
    "tests.adapters.events_contract",
    "tests.adapters.carriers_contract",
)
