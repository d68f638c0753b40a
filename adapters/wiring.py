"""The composition root: the one place that knows which end of each port is used."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from adapters.agents import HttpAgents
from adapters.appconfig.configuration import configuration_of
from adapters.closing import closed
from adapters.counting import CountingStore
from adapters.embedded.agent_sight import Sight
from adapters.embedded.agents import ANSWERS, EmbeddedAgents
from adapters.embedded.agents import moods as agent_moods
from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.carriers import CarrierSettings, EmbeddedCarriers
from adapters.embedded.clock import SystemClock
from adapters.embedded.ids import SystemIds
from adapters.embedded.issuer import EmbeddedIssuer
from adapters.embedded.tenant import CALLBACK, registration, tenant_settings
from adapters.embedded.world import SqliteVault
from adapters.ends import (
    AGENTS,
    cache_of,
    counters_of,
    events_of,
    redis_of,
    refuse_embedded,
    sessions_of,
    store_of,
    stripe_of,
)
from adapters.environment import BadSettings, settings_from
from adapters.identity.entrance import entrance
from adapters.identity.http import HttpWeb, Web
from adapters.identity.oidc import Desks
from adapters.identity.sealing import AesSealer
from adapters.identity.settings import IssuerSettings, issuers_from, names_issuers
from adapters.identity.verifier import TokenVerifiers
from adapters.keyvault import secrets_of
from adapters.postal_rules import ShippedRules
from adapters.sqlite.file import SqliteFile
from adapters.telemetry.dependency import Dependency
from adapters.telemetry.watching import telemetry_of, watched
from domain.keys import derived
from domain.stock import STOCK_ID, Stock
from usecases.gate import Gate
from usecases.pages import homes_of
from usecases.ports.agents import Agents
from usecases.ports.clock import Clock
from usecases.ports.store import Store
from usecases.ports.telemetry import SILENT, Telemetry
from usecases.settings import Settings
from usecases.shop import Shop

STORE_FILE: Final = "HPH_STORE_FILE"
SYNCHRONOUS: Final = "HPH_STORE_SYNCHRONOUS"
CARRIER_STEP: Final = "HPH_CARRIER_STEP_SECONDS"
BASE_URL: Final = "HPH_BASE_URL"
AGENT_MOODS: Final = "HPH_AGENTS"
MANAGED_IDENTITY: Final = "AZURE_CLIENT_ID"
LOCAL_URL: Final = "http://localhost:7071"
STORE_WRAPPER: Final = "HPH_STORE_WRAPPER"
"""A function ``module:name`` that wraps the store of a local shop: how faults are put in."""


def configured_shop(environment: Mapping[str, str]) -> Shop:
    """A shop with the ends that are configured, the others embedded, over the file that ``HPH_STORE_FILE`` names.

    Raises ``BadSettings``: for a service that is named by halves, and anywhere but on a developer's machine for
    embedded ends that would take orders which nobody delivers.
    """
    settings = settings_from(environment)
    refuse_embedded(settings, environment)
    file = SqliteFile(
        Path(environment.get(STORE_FILE, ".local/shop.db")),
        synchronous=environment.get(SYNCHRONOUS, "FULL"),
    )
    telemetry = telemetry_of(environment, release=settings.release)
    shop = shop_over(file, settings, environment, telemetry=telemetry)
    return watched(telemetry, shop, environment)


def shop_over(
    file: SqliteFile,
    settings: Settings,
    environment: Mapping[str, str],
    *,
    clock: Clock | None = None,
    web: Web | None = None,
    telemetry: Telemetry = SILENT,
) -> Shop:
    """The shop over an open file, which its embedded ends use; the local host's own tasks have one too.

    ``web`` is how issuers are reached, the network where none is given; ``telemetry`` is told of calls to services.
    """
    clock, secret = clock or SystemClock(), settings.secret_key.get_secret_value()
    web = web or HttpWeb(heard=Dependency("issuer", telemetry))
    identity, sign_in = _entrance(settings, environment, web, clock)
    vault, redis = SqliteVault(file), redis_of(clock, environment, telemetry)
    sessions, buckets = sessions_of(redis, file, clock)
    store = store_of(file, clock, environment, audit_key=derived(secret, "audit"))
    carriers = EmbeddedCarriers(vault, clock, carrier_settings(environment))
    secrets = secrets_of(settings, clock, environment, telemetry)
    stripe = stripe_of(secrets, clock, environment, return_url=homes_of(settings)[0])
    shop = Shop(
        store=store,
        events=events_of(file, clock, environment, telemetry),
        cache=cache_of(redis, clock, release=settings.release),
        payments=stripe or EmbeddedPayments(vault, clock, card_settings(settings, environment)),
        carriers=carriers,
        agents=EmbeddedAgents(clock, Sight()),
        identity=identity,
        clock=clock,
        ids=SystemIds(),
        settings=settings,
        gate=Gate(sign_in=sign_in, sessions=sessions, buckets=buckets, sealer=AesSealer(secret)),
        secrets=secrets,
        configuration=configuration_of(store, clock, environment, telemetry),
        postal=ShippedRules(),
        counters=counters_of(redis, file, clock, telemetry),
    )
    agents = _agents(shop, carriers, environment)
    return replace(shop, store=CountingStore(_wrapped(store, environment)), agents=agents)


def _entrance(
    settings: Settings, environment: Mapping[str, str], web: Web, clock: Clock
) -> tuple[TokenVerifiers, Desks]:
    return entrance(
        issuers_of(settings, environment),
        web,
        clock,
        redirect_uri=f"{environment.get(BASE_URL, LOCAL_URL)}{CALLBACK}",
        identity_client_id=environment.get(MANAGED_IDENTITY, ""),
    )


async def close(shop: Shop) -> None:
    """Push what is counted and let go of the connections of cloud ends; a process that ends need not."""
    await closed(shop.counters)  # while what it pushes to is open
    for end in (shop.store, shop.events, shop.cache, shop.agents, shop.payments):
        await closed(end)


def _wrapped(store: Store, environment: Mapping[str, str]) -> Store:
    module, _, name = environment.get(STORE_WRAPPER, "").partition(":")
    if not module:
        return store
    wrapped: Store = getattr(import_module(module), name)(store)
    return wrapped


def issuers_of(settings: Settings, environment: Mapping[str, str]) -> tuple[IssuerSettings, ...]:
    """The issuers that the environment names; on a developer's machine the embedded one where it names none."""
    if settings.local and not names_issuers(environment):
        secret = settings.secret_key.get_secret_value()
        return (tenant_settings(secret, environment.get(BASE_URL, LOCAL_URL)),)
    return issuers_from(environment)


def embedded_issuer(
    file: SqliteFile, settings: Settings, environment: Mapping[str, str]
) -> EmbeddedIssuer:
    """The issuer on this machine, over the same file as the shop."""
    base_url = environment.get(BASE_URL, LOCAL_URL)
    shop = registration(settings.secret_key.get_secret_value(), base_url, homes_of(settings))
    return EmbeddedIssuer(SqliteVault(file), SystemClock(), SystemIds(), shop)


def _agents(shop: Shop, carriers: EmbeddedCarriers, environment: Mapping[str, str]) -> Agents:
    """The agents where an address names them; the stand-ins answer on a developer's machine only."""
    base_url = environment.get(AGENTS)
    if not base_url and shop.settings.local:
        return embedded_agents(shop, carriers, environment)
    if not base_url:
        return EmbeddedAgents(shop.clock, moods=dict.fromkeys(ANSWERS, "absent"))
    if not base_url.startswith(("http://", "https://")):
        raise BadSettings(f"{AGENTS} is no address: {base_url!r}")
    return HttpAgents(base_url, shop.clock)


def embedded_agents(
    shop: Shop, carriers: EmbeddedCarriers, environment: Mapping[str, str]
) -> EmbeddedAgents:
    """The stand-ins of the agents, which look into this shop. Raises ``BadSettings``."""
    try:
        moods = agent_moods(environment.get(AGENT_MOODS, ""))
    except ValueError as fault:
        raise BadSettings(str(fault)) from None
    return EmbeddedAgents(shop.clock, _sight(shop, carriers), moods)


def _sight(shop: Shop, carriers: EmbeddedCarriers) -> Sight:
    """What the agents see: another system, so what it reads is not counted as ours."""

    async def search(query: str, limit: int) -> Sequence[Mapping[str, Any]]:
        from usecases.searching import product_feed  # noqa: PLC0415 - most calls search nothing

        return await product_feed(shop, query, limit)

    async def available(sku: str) -> int | None:
        stock = await shop.store.get(Stock, STOCK_ID, sku)
        return stock.available if stock else None

    return Sight(search=search, available=available, parcel=carriers.find)


def card_settings(settings: Settings, environment: Mapping[str, str]) -> CardSettings:
    """How the embedded card network signs its webhooks and where its pages are."""
    secret = settings.secret_key.get_secret_value()
    base_url = environment.get(BASE_URL, LOCAL_URL)
    return CardSettings(
        webhook_secret=derived(secret, "card-network").hex(), page_url=f"{base_url}/_local/cards"
    )


def carrier_settings(environment: Mapping[str, str]) -> CarrierSettings:
    """How fast parcels move. Raises ``BadSettings``."""
    text = environment.get(CARRIER_STEP, "3")
    try:
        return CarrierSettings(step_seconds=float(text))
    except ValueError:
        raise BadSettings(f"{CARRIER_STEP} is no number of seconds: {text!r}") from None
