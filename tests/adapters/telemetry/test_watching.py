"""Who listens."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.counting import CountingStore
from adapters.embedded.agents import EmbeddedAgents
from adapters.ends import stripe_of
from adapters.environment import settings_from
from adapters.sqlite.file import SqliteFile
from adapters.telemetry.agents import WatchedAgents
from adapters.telemetry.store import WatchedStore
from adapters.telemetry.watching import watched, watched_by
from adapters.wiring import shop_over
from tests.listening import Listener
from usecases.ports.secrets import NONE
from usecases.ports.telemetry import SILENT
from usecases.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Any:
    environment = {"HPH_SECRET_KEY": "k" * 32, "HPH_LOCAL": "true"}
    file = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield shop_over(file, settings_from(environment), environment)
    file.close()


@pytest.mark.parametrize(
    "environment", [{}, {"APPLICATIONINSIGHTS_CONNECTION_STRING": ""}, {"WEBSITE_SITE_NAME": "a"}]
)
def test_without_a_connection_string_the_shop_is_as_it_was(
    shop: Shop, environment: dict[str, str]
) -> None:
    assert watched(shop, environment) is shop
    assert shop.telemetry is SILENT
    assert (type(shop.store), type(shop.agents)) == (CountingStore, EmbeddedAgents)


def test_with_somebody_listening_store_and_agents_are_watched(shop: Shop) -> None:
    telemetry = Listener().telemetry

    heard = watched_by(telemetry, shop, store_system="sqlite")

    assert heard.telemetry is telemetry
    assert (type(heard.store), type(heard.agents)) == (WatchedStore, WatchedAgents)
    assert (heard.payments, heard.events) == (shop.payments, shop.events)


def test_with_somebody_listening_stripe_is_watched_too(shop: Shop) -> None:
    given = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
    stripe = stripe_of(NONE, shop.clock, given, return_url="https://shop.example/")
    assert stripe is not None
    telemetry = Listener().telemetry

    heard = watched_by(telemetry, replace(shop, payments=stripe), store_system="sqlite")

    assert heard.payments is stripe
    assert stripe.watched_by is telemetry
