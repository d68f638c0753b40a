"""The composition root."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from adapters import wiring
from adapters.agents import HttpAgents
from adapters.counting import CountingStore
from adapters.embedded.agents import EmbeddedAgents
from adapters.embedded.cards import EmbeddedPayments
from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.personas import PERSONAS
from adapters.environment import BadSettings, settings_from
from adapters.gathered import GatheredCounters
from adapters.identity.oidc import Desks
from adapters.identity.sealing import AesSealer
from adapters.identity.verifier import TokenVerifiers
from adapters.opening import Opening
from adapters.sqlite.counters import SqliteCounters
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.sessions import SqliteBuckets, SqliteSessions
from adapters.sqlite.store import SqliteStore
from adapters.stripe.payments import StripePayments
from adapters.telemetry.watching import watched_by
from adapters.wiring import (
    card_settings,
    carrier_settings,
    configured_shop,
    embedded_issuer,
    issuers_of,
    shop_over,
)
from domain.access import Role, Trace, system
from domain.setting import Setting
from domain.stock import STOCK_ID, Stock
from domain.traffic import VIEWS
from tests.issuer_desk import PageWeb
from tests.listening import Listener
from tests.usecases.shop_fixtures import stock_of
from usecases.importing import import_catalogue
from usecases.meter import begin
from usecases.ports.counters import Counter
from usecases.ports.store import Change
from usecases.shop import Shop

ETA = "logistics-eta-computation"
BY = system("test", Trace(correlation_id="c", causation_id="r"))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "HPH_SECRET_KEY": "k" * 32,
        "HPH_LOCAL": "true",
        "HPH_STORE_FILE": str(tmp_path / "data" / "shop.db"),
        "HPH_STORE_SYNCHRONOUS": "OFF",
    }


@pytest.fixture
def file(environment: dict[str, str]) -> Iterator[SqliteFile]:
    opened = SqliteFile(environment["HPH_STORE_FILE"], synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def shop(environment: dict[str, str], file: SqliteFile) -> Shop:
    return shop_over(file, settings_from(environment), environment)


async def test_every_port_has_its_embedded_end(shop: Shop) -> None:
    assert isinstance(shop.store, CountingStore)
    assert isinstance(shop.payments, EmbeddedPayments)
    assert isinstance(shop.carriers, EmbeddedCarriers)
    assert isinstance(shop.agents, EmbeddedAgents)
    assert isinstance(shop.identity, TokenVerifiers)
    assert isinstance(shop.gate.sign_in, Desks)
    assert isinstance(shop.gate.sessions, SqliteSessions)
    assert isinstance(shop.gate.buckets, SqliteBuckets)
    assert isinstance(shop.gate.sealer, AesSealer)
    assert isinstance(shop.counters, GatheredCounters)
    assert shop.secret == b"k" * 32


async def test_payments_go_to_stripe_where_it_is_configured(environment: dict[str, str]) -> None:
    stripe = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
    given = environment | stripe
    file = SqliteFile(given["HPH_STORE_FILE"], synchronous="OFF")
    shop = shop_over(file, settings_from(given), given)

    await wiring.close(shop)
    file.close()

    assert isinstance(shop.payments, StripePayments)


async def test_what_is_written_is_in_the_file_and_counted(shop: Shop) -> None:
    meter = begin()

    await shop.store.commit(Change(by=BY, puts=(Setting(id="returns", scope="flags", value="on"),)))
    found = await shop.store.get(Setting, "returns", "flags")

    assert (found and found.value, meter.operations) == ("on", 2)


async def test_a_token_of_the_embedded_issuer_is_known(environment: dict[str, str]) -> None:
    file = SqliteFile(environment["HPH_STORE_FILE"], synchronous="OFF")
    settings = settings_from(environment)
    issuer = embedded_issuer(file, settings, environment)
    shop = shop_over(file, settings, environment, web=PageWeb(issuer))

    found = await shop.identity.verify(await issuer.access_token(PERSONAS["staff"]))

    file.close()
    assert found is not None
    assert (found.subject, found.ceiling) == (PERSONAS["staff"].subject, Role.STAFF)


def test_a_tenant_of_entra_goes_before_the_embedded_one(environment: dict[str, str]) -> None:
    tenant = "11111111-2222-3333-4444-555555555555"
    entra = {
        "ENTRA_ISSUER": f"https://login.example/{tenant}/v2.0",
        "ENTRA_AUTHORITY": f"https://login.example/{tenant}",
        "ENTRA_CLIENT_ID": "client",
    }

    (only,) = issuers_of(settings_from(environment), environment | entra)

    assert (only.tenant, only.client_secret) == (tenant, "")


async def test_agents_see_products_stock_and_parcels_uncounted(shop: Shop) -> None:
    row = (
        '{"slug":"blue-mug","name":"Blue Mug","category":["Kitchen"],'
        '"variants":[{"sku":"MUG","prices":{"USD":"10.00"},"stock":5}]}'
    )
    await import_catalogue(shop, BY, [row])
    meter = begin()

    found = await shop.agents.ask(
        "ecommerce-catalog-search", "search", {"query": "mug", "limit": 3}, correlation_id="c"
    )
    checked = await shop.agents.ask(
        "inventory-reservation-validation",
        "validate",
        {"sku": "MUG", "request_qty": 9},
        correlation_id="c",
    )
    unknown = await shop.agents.ask(
        "inventory-reservation-validation",
        "validate",
        {"sku": "NONE", "request_qty": 1},
        correlation_id="c",
    )

    assert found is not None
    assert [one["title"] for one in found["results"]] == ["Blue Mug"]
    assert checked is not None
    assert checked["reservation_validation"]["available"] == 5
    assert unknown is None
    assert meter.operations == 0


def close(shop: Shop) -> None:
    """Close the file that an opened shop keeps for the life of its process."""
    assert isinstance(shop.store, CountingStore)
    assert isinstance(shop.store._inner, SqliteStore)
    shop.store._inner._file.close()


async def test_a_shop_opens_once_even_when_asked_for_at_once(environment: dict[str, str]) -> None:
    opening = Opening(environment)

    shops = await asyncio.gather(*(opening() for _ in range(5)))

    assert len(set(map(id, shops))) == 1
    assert await opening() is shops[0]
    close(shops[0])
    assert Path(environment["HPH_STORE_FILE"]).stat().st_size > 0


async def test_a_shop_that_is_closed_has_handed_over_what_it_counted(
    environment: dict[str, str], file: SqliteFile
) -> None:
    opening, today = Opening(environment), date(2026, 1, 25)
    await opening.close()
    opened = await opening()
    opened.counters.add(today, Counter(VIEWS, "mug"))

    await opening.close()

    close(opened)
    batch = await SqliteCounters(file, opened.clock).take(today)
    assert batch is not None
    assert batch.counts == {Counter(VIEWS, "mug"): 1}


async def test_closing_reaches_the_ends_of_a_shop_that_is_watched(shop: Shop) -> None:
    names = ("store", "events", "cache", "agents", "payments", "counters")
    ends = {name: Closable() for name in names}
    given = replace(shop, **cast("Any", ends))
    given = replace(given, store=CountingStore(given.store))

    await wiring.close(watched_by(Listener().telemetry, given, store_system="sqlite"))

    assert {name: end.closed for name, end in ends.items()} == dict.fromkeys(names, 1)


class Closable:
    """An end that counts how often it is closed."""

    closed = 0

    async def close(self) -> None:
        self.closed += 1


async def test_embedded_ends_open_nowhere_but_on_a_developers_machine(
    environment: dict[str, str],
) -> None:
    with pytest.raises(BadSettings, match="HPH_LOCAL is not set"):
        configured_shop(environment | {"HPH_LOCAL": "false"})
    with pytest.raises(BadSettings, match="HPH_SECRET_KEY"):
        configured_shop({})
    assert not Path(environment["HPH_STORE_FILE"]).exists()


def test_the_agents_are_asked_where_the_environment_says_they_are(
    environment: dict[str, str], file: SqliteFile
) -> None:
    there = environment | {"AGENT_BASE_URL": "https://agents.example.com"}

    assert isinstance(shop_over(file, settings_from(there), there).agents, HttpAgents)
    with pytest.raises(BadSettings, match="AGENT_BASE_URL is no address: 'agents'"):
        shop_over(file, settings_from(there), there | {"AGENT_BASE_URL": "agents"})
    with pytest.raises(BadSettings, match="HPH_AGENTS: 'eta=gone' is not"):
        shop_over(file, settings_from(environment), environment | {"HPH_AGENTS": "eta=gone"})


async def test_the_stand_ins_answer_on_a_developers_machine_only(
    environment: dict[str, str], file: SqliteFile
) -> None:
    async def answered(environment: dict[str, str]) -> bool:
        agents = shop_over(file, settings_from(environment), environment).agents
        eta = await agents.ask(ETA, "estimate", {"tracking_id": "T"}, correlation_id="c")
        return eta is not None

    issuer = {
        f"ENTRA_{name}": f"https://login.example.com/{UUID(int=1)}/v2.0"
        for name in ("ISSUER", "AUTHORITY", "CLIENT_ID", "AUDIENCE", "TENANT_ID")
    }
    assert await answered(environment)
    assert not await answered(environment | issuer | {"HPH_LOCAL": "false"})


def test_parcels_move_as_fast_as_the_environment_says() -> None:
    assert carrier_settings({}) == CarrierSettings(step_seconds=3)
    assert carrier_settings({"HPH_CARRIER_STEP_SECONDS": "0.3"}).step_seconds == 0.3
    with pytest.raises(BadSettings, match="HPH_CARRIER_STEP_SECONDS is no number of seconds: 'x'"):
        carrier_settings({"HPH_CARRIER_STEP_SECONDS": "x"})


def test_the_card_network_has_a_secret_of_its_own(environment: dict[str, str]) -> None:
    settings = settings_from(environment)

    here = card_settings(settings, environment | {"HPH_BASE_URL": "http://shop:80"})

    assert here.page_url == "http://shop:80/_local/cards"
    assert card_settings(settings, {}).page_url == "http://localhost:7071/_local/cards"
    assert len(here.webhook_secret) == 64
    assert here.webhook_secret != settings.secret_key.get_secret_value().hex()


async def test_stock_is_guarded_through_the_counting_store(shop: Shop) -> None:
    await shop.store.commit(Change(by=BY, puts=(stock_of("MUG", 5),)))

    found = await shop.store.get(Stock, STOCK_ID, "MUG")

    assert found is not None
    assert (found.on_hand, found.available) == (5, 5)
