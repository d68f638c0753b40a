"""Who listens."""

from pathlib import Path
from typing import Any

import pytest

from adapters.counting import CountingStore
from adapters.embedded.agents import EmbeddedAgents
from adapters.environment import BadSettings, settings_from
from adapters.sqlite.file import SqliteFile
from adapters.telemetry.agents import WatchedAgents
from adapters.telemetry.dependency import WatchedPort
from adapters.telemetry.store import WatchedStore
from adapters.telemetry.watching import (
    AUTHENTICATION,
    CONNECTION,
    telemetry_of,
    watched,
    watched_by,
)
from adapters.wiring import shop_over
from domain.setting import Setting
from tests.listening import Listener
from usecases.ports.telemetry import SILENT
from usecases.shop import Shop

GOOD = "InstrumentationKey=00000000-0000-0000-0000-000000000000"


@pytest.fixture
def shop(tmp_path: Path) -> Any:
    environment = {"HPH_SECRET_KEY": "k" * 32, "HPH_LOCAL": "true"}
    file = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield shop_over(file, settings_from(environment), environment)
    file.close()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({AUTHENTICATION: "Authorization=AAD"}, f"{CONNECTION} is missing"),
        ({CONNECTION: GOOD, AUTHENTICATION: "ClientId=c"}, f"{AUTHENTICATION} names no identity"),
        ({CONNECTION: "IngestionEndpoint=https://a"}, f"{CONNECTION}: "),
        ({CONNECTION: "nonsense"}, f"{CONNECTION}: "),
    ],
)
def test_half_of_a_listener_is_an_error_that_names_the_rest(
    given: dict[str, str], told: str
) -> None:
    with pytest.raises(BadSettings, match=told):
        telemetry_of(given, release="1")


@pytest.mark.parametrize(
    "environment", [{}, {"APPLICATIONINSIGHTS_CONNECTION_STRING": ""}, {"WEBSITE_SITE_NAME": "a"}]
)
def test_without_a_connection_string_the_shop_is_as_it_was(
    shop: Shop, environment: dict[str, str]
) -> None:
    assert telemetry_of(environment, release="1") is SILENT
    assert watched(SILENT, shop, environment) is shop
    assert shop.telemetry is SILENT
    assert (type(shop.store), type(shop.agents)) == (CountingStore, EmbeddedAgents)


def test_with_somebody_listening_store_and_agents_are_watched(shop: Shop) -> None:
    telemetry = Listener().telemetry

    heard = watched_by(telemetry, shop, store_system="sqlite")

    assert heard.telemetry is telemetry
    assert (type(heard.store), type(heard.agents)) == (WatchedStore, WatchedAgents)
    assert (type(heard.payments), type(heard.carriers)) == (WatchedPort, WatchedPort)
    assert (heard.cache, heard.events) == (shop.cache, shop.events)


@pytest.mark.parametrize(
    ("environment", "system"), [({}, "sqlite"), ({"COSMOS_ACCOUNT_URI": "x"}, "azure.cosmosdb")]
)
async def test_the_store_is_named_as_what_it_is(
    shop: Shop, environment: dict[str, str], system: str
) -> None:
    listener = Listener()

    await watched(listener.telemetry, shop, environment).store.get(Setting, "returns", "flags")

    ((_, told),) = listener.measures()["db.client.operation.duration"]
    assert told["db.system.name"] == system


def test_what_asks_no_service_is_not_watched(shop: Shop) -> None:
    """A webhook is judged here: it was sent by the network, which is not asked."""
    heard = watched_by(Listener().telemetry, shop, store_system="sqlite")

    assert heard.payments.read_webhook == shop.payments.read_webhook
    assert heard.payments.capture != shop.payments.capture
