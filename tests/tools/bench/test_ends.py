"""What the ends in Azure load, and when."""

import pytest

from tools.bench.ends import ENDS, Extra, Loaded, _over, first_use

SDKS = {
    "Cosmos DB": "azure.cosmos",
    "Event Hubs": "azure.eventhub",
    "Redis": "redis",
    "Key Vault": "azure.keyvault.secrets",
    "App Configuration": "httpx",
    "Stripe": "stripe",
    "agents": "httpx",
    "telemetry": "azure.monitor.opentelemetry.exporter",
}
CLIENTS = {"Stripe": {"httpx"}}
"""What an SDK sends its requests with, where another end has the same as its own library."""

SHARED = {"azure.core", "azure.identity", "aiohttp", "cryptography"}
"""What comes with whichever end is the first to sign in by the app's identity."""


def test_every_end_is_measured_with_a_library_of_its_own() -> None:
    assert SDKS.keys() == ENDS.keys()


def test_an_embedded_shop_that_has_used_every_port_has_loaded_no_sdk() -> None:
    loaded = first_use({}, starts=1)

    assert loaded.modules.isdisjoint({*SDKS.values(), *SHARED})
    assert "adapters.sqlite.store" in loaded.modules
    assert loaded.cpu_seconds > 0


@pytest.mark.parametrize("name", ENDS)
def test_the_first_use_of_an_end_loads_its_own_library_and_no_others(name: str) -> None:
    loaded = first_use(ENDS[name], starts=1)

    assert loaded.modules & set(SDKS.values()) == {SDKS[name]} | CLIENTS.get(name, set())


def test_what_an_end_adds_is_what_the_embedded_one_had_not() -> None:
    embedded, other = Loaded(0.5, frozenset("ab")), Loaded(0.75, frozenset("abc"))

    assert _over(embedded, other) == Extra(0.25, frozenset("c"))
