"""Which end of a port the environment asks for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from adapters.cosmos.store import CosmosStore
from adapters.embedded.cache import EmbeddedCache
from adapters.ends import (
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
from adapters.eventhubs.events import EventHubsEvents
from adapters.gathered import GatheredCounters
from adapters.redis.cache import RedisCache
from adapters.redis.counters import RedisCounters
from adapters.redis.sessions import RedisBuckets, RedisSessions
from adapters.sqlite.counters import SqliteCounters
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.sessions import SqliteBuckets, SqliteSessions
from adapters.sqlite.store import SqliteStore
from adapters.stripe.payments import StripePayments
from tests.adapters.embedded.fixtures import StillClock
from usecases.ports.secrets import NONE

CLOUD: Final = {
    "COSMOS_ACCOUNT_URI": "https://shop.documents.azure.com:443/",
    "EVENT_HUBS__fullyQualifiedNamespace": "shop.servicebus.windows.net",
    "EVENT_HUBS__credential": "managedidentity",
    "REDIS_HOST": "shop.westeurope.redis.azure.net",
    "REDIS_PORT": "10000",
    "KEY_VAULT_URL": "https://shop.vault.azure.net/",
    "STRIPE_SECRETS": "vault",
    "APP_CONFIGURATION_ENDPOINT": "https://shop.azconfig.io",
    "AGENT_BASE_URL": "https://agents.example.com/agents",
}
KEY: Final = {"HPH_SECRET_KEY": "k" * 32}
HOME: Final = "https://shop.example/"
ROOT: Final = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    file = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield file
    file.close()


def _shared(counters: object) -> type:
    """What the counters of a process are pushed to."""
    assert isinstance(counters, GatheredCounters)
    return type(counters._shared)


def test_what_nobody_configures_is_embedded(file: SqliteFile) -> None:
    clock = StillClock()

    assert isinstance(store_of(file, clock, {}, audit_key=b"a"), SqliteStore)
    assert isinstance(events_of(file, clock, {}), EventLog)
    assert redis_of(clock, {}) is None
    assert stripe_of(NONE, clock, {}, return_url=HOME) is None
    assert isinstance(cache_of(None, clock, release="1"), EmbeddedCache)
    sessions, buckets = sessions_of(None, file, clock)
    assert isinstance(sessions, SqliteSessions)
    assert isinstance(buckets, SqliteBuckets)
    assert _shared(counters_of(None, file, clock)) is SqliteCounters


def test_what_is_configured_is_in_the_cloud(file: SqliteFile) -> None:
    clock = StillClock()

    assert isinstance(store_of(file, clock, CLOUD, audit_key=b"a"), CosmosStore)
    assert isinstance(events_of(file, clock, CLOUD), EventHubsEvents)
    redis = redis_of(clock, CLOUD)
    assert isinstance(cache_of(redis, clock, release="1"), RedisCache)
    sessions, buckets = sessions_of(redis, file, clock)
    assert isinstance(sessions, RedisSessions)
    assert isinstance(buckets, RedisBuckets)
    assert _shared(counters_of(redis, file, clock)) is RedisCounters
    assert isinstance(stripe_of(NONE, clock, CLOUD, return_url=HOME), StripePayments)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"COSMOS_KEY": "a2V5"}, "COSMOS_ACCOUNT_URI is missing, while COSMOS_KEY is set"),
        (
            {"EVENT_HUBS__credential": "managedidentity"},
            "EVENT_HUBS__fullyQualifiedNamespace is missing, while EVENT_HUBS__credential is set",
        ),
        (
            {"REDIS_PORT": "10000", "REDIS_PASSWORD": "secret"},
            "REDIS_HOST is missing, while REDIS_PORT, REDIS_PASSWORD is set",
        ),
        (
            {"STRIPE_SECRET_KEY": "sk_test_1"},
            "STRIPE_WEBHOOK_SECRET is missing, while STRIPE_SECRET_KEY is set",
        ),
    ],
)
def test_half_a_service_is_an_error_that_names_the_other_half(
    file: SqliteFile, given: dict[str, str], told: str
) -> None:
    with pytest.raises(BadSettings) as refusal:
        _each(file, given)

    assert str(refusal.value) == told


def _each(file: SqliteFile, given: dict[str, str]) -> None:
    store_of(file, StillClock(), given, audit_key=b"a")
    events_of(file, StillClock(), given)
    redis_of(StillClock(), given)
    stripe_of(NONE, StillClock(), given, return_url=HOME)


def test_a_developers_machine_may_embed_everything() -> None:
    refuse_embedded(settings_from(KEY | {"HPH_LOCAL": "true"}), {})


def test_anywhere_else_every_missing_end_is_named() -> None:
    with pytest.raises(BadSettings) as refusal:
        refuse_embedded(settings_from(KEY), {})

    assert str(refusal.value) == (
        "HPH_LOCAL is not set, and no cloud end is configured for\n"
        "  the store: COSMOS_ACCOUNT_URI is not set\n"
        "  the events: EVENT_HUBS__fullyQualifiedNamespace is not set\n"
        "  the sessions, which all processes share: REDIS_HOST is not set\n"
        "  the agents: AGENT_BASE_URL is not set, nor HPH_AGENTS_ENABLED to false\n"
        "  the payments: neither STRIPE_SECRET_KEY nor STRIPE_SECRETS is set\n"
        "  the carriers: this release has stand-ins only, and their parcels move nowhere"
    )


def test_only_what_is_missing_is_named() -> None:
    with pytest.raises(BadSettings) as refusal:
        refuse_embedded(settings_from(KEY), {**CLOUD, "STRIPE_SECRETS": ""})

    assert str(refusal.value).splitlines()[1:] == [
        "  the payments: neither STRIPE_SECRET_KEY nor STRIPE_SECRETS is set",
        "  the carriers: this release has stand-ins only, and their parcels move nowhere",
    ]


def test_with_every_end_that_there_is_only_the_carriers_are_missing() -> None:
    with pytest.raises(BadSettings) as refusal:
        refuse_embedded(settings_from(KEY), CLOUD)

    assert str(refusal.value).splitlines()[1:] == [
        "  the carriers: this release has stand-ins only, and their parcels move nowhere"
    ]


PROBE: Final = """
import json, sys
from adapters.wiring import configured_shop
configured_shop(json.loads(sys.argv[1]))
import function_app
heavy = ("azure.cosmos", "azure.eventhub", "azure.identity", "azure.core", "redis", "stripe", "aiohttp",
         "azure.keyvault", "httpx")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_a_shop_on_cloud_ends_imports_no_sdk_before_it_is_used(tmp_path: Path) -> None:
    environment = CLOUD | KEY | {"HPH_LOCAL": "true", "HPH_STORE_FILE": str(tmp_path / "shop.db")}

    command = [sys.executable, "-c", PROBE, json.dumps(environment)]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own

    assert json.loads(answer.stdout) == []
