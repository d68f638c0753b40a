"""Which end of a port the environment asks for: the one in Azure where it names a service, else the embedded one.

An end in Azure is imported where it is chosen, and its SDK neither then nor when it is built, but with its first call.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from adapters.cosmos.database import ENDPOINT, CosmosDatabase, cosmos_settings
from adapters.embedded.cache import EmbeddedCache
from adapters.embedded.secrets import EnvironmentSecrets
from adapters.environment import BadSettings
from adapters.eventhubs.account import CONNECTION, account_of
from adapters.gathered import GatheredCounters
from adapters.redis.settings import redis_settings
from adapters.sqlite.counters import SqliteCounters
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.sessions import SqliteBuckets, SqliteSessions
from adapters.sqlite.store import SqliteStore
from adapters.stripe.settings import KEY, SECRETS, stripe_settings
from adapters.telemetry.dependency import Dependency
from usecases.ports.cache import Cache
from usecases.ports.clock import Clock
from usecases.ports.counters import Counters
from usecases.ports.events import Events
from usecases.ports.secrets import Secrets
from usecases.ports.sessions import Buckets, Sessions
from usecases.ports.store import Store
from usecases.ports.telemetry import SILENT, Telemetry
from usecases.settings import Settings

if TYPE_CHECKING:
    from adapters.redis.connection import RedisConnection
    from adapters.stripe.payments import StripePayments

LOCAL: Final = "HPH_LOCAL"
AGENTS: Final = "AGENT_BASE_URL"
AGENTS_ENABLED: Final = "HPH_AGENTS_ENABLED"
REDIS_SLOW_SECONDS: Final = 0.1
"""A call that takes longer is told by itself."""


def store_of(
    file: SqliteFile, clock: Clock, environment: Mapping[str, str], *, audit_key: bytes
) -> Store:
    """Cosmos DB where an account is named, else the file. Raises ``BadSettings``."""
    settings = cosmos_settings(environment)
    if settings is None:
        return SqliteStore(file, clock, audit_key=audit_key)
    from adapters.cosmos.store import CosmosStore  # noqa: PLC0415

    return CosmosStore(CosmosDatabase(settings), clock, audit_key=audit_key)


def events_of(
    file: SqliteFile,
    clock: Clock,
    environment: Mapping[str, str],
    telemetry: Telemetry = SILENT,
) -> Events:
    """Event Hubs where a namespace is named, else the log in the file. Raises ``BadSettings``."""
    account = account_of(environment)
    if account is None:
        return EventLog(file, clock)
    from adapters.eventhubs.events import event_hubs  # noqa: PLC0415

    return event_hubs(account, clock, telemetry)


def redis_of(
    clock: Clock, environment: Mapping[str, str], telemetry: Telemetry = SILENT
) -> "RedisConnection | None":
    """The connection that cache, sessions and counters share, where a server is named. Raises ``BadSettings``."""
    settings = redis_settings(environment)
    if settings is None:
        return None
    from adapters.redis.connection import RedisConnection  # noqa: PLC0415

    heard = Dependency("redis", telemetry, slow_seconds=REDIS_SLOW_SECONDS)
    return RedisConnection(settings, clock, heard=heard)


def cache_of(redis: "RedisConnection | None", clock: Clock, *, release: str) -> Cache:
    """Redis where there is one, else a cache in this process."""
    if redis is None:
        return EmbeddedCache(clock)
    from adapters.redis.cache import RedisCache  # noqa: PLC0415

    return RedisCache(redis, clock, release)


def sessions_of(
    redis: "RedisConnection | None", file: SqliteFile, clock: Clock
) -> tuple[Sessions, Buckets]:
    """Redis where there is one, else the file."""
    if redis is None:
        return SqliteSessions(file, clock), SqliteBuckets(file, clock)
    from adapters.redis.sessions import RedisBuckets, RedisSessions  # noqa: PLC0415

    return RedisSessions(redis, clock), RedisBuckets(redis, clock)


def counters_of(
    redis: "RedisConnection | None", file: SqliteFile, clock: Clock, telemetry: Telemetry = SILENT
) -> Counters:
    """Redis where there is one, else the file; gathered in this process first."""
    if redis is None:
        return GatheredCounters(SqliteCounters(file, clock), clock, telemetry=telemetry)
    from adapters.redis.counters import RedisCounters  # noqa: PLC0415

    return GatheredCounters(RedisCounters(redis), clock, telemetry=telemetry)


def stripe_of(
    secrets: Secrets, clock: Clock, environment: Mapping[str, str], *, return_url: str
) -> "StripePayments | None":
    """Stripe where it is configured. Raises ``BadSettings`` for half of its settings.

    ``secrets`` keeps the two secrets where the vault does; else they are in the environment.
    """
    settings = stripe_settings(environment)
    if settings is None:
        return None
    from adapters.stripe.connection import StripeConnection  # noqa: PLC0415
    from adapters.stripe.payments import StripePayments  # noqa: PLC0415

    keeper = secrets if settings.from_vault else EnvironmentSecrets(environment)
    return StripePayments(StripeConnection(settings, keeper, clock), return_url=return_url)


def refuse_embedded(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raise ``BadSettings`` where an embedded end would take orders that nobody delivers.

    That is anywhere but on a developer's machine. The message names all that is missing.
    """
    missing = [] if settings.local else _embedded(settings, environment)
    if missing:
        lines = "".join(f"\n  {one}" for one in missing)
        raise BadSettings(f"{LOCAL} is not set, and no cloud end is configured for{lines}")


def _embedded(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """The ends that must not be embedded and are; of the carriers there is no other end yet."""
    missing = [] if cosmos_settings(environment) else [f"the store: {ENDPOINT} is not set"]
    if account_of(environment) is None:
        missing.append(f"the events: {CONNECTION}__fullyQualifiedNamespace is not set")
    if redis_settings(environment) is None:
        missing.append("the sessions, which all processes share: REDIS_HOST is not set")
    if settings.agents_enabled and not environment.get(AGENTS):
        missing.append(f"the agents: {AGENTS} is not set, nor {AGENTS_ENABLED} to false")
    if stripe_settings(environment) is None:
        missing.append(f"the payments: neither {KEY} nor {SECRETS} is set")
    return [
        *missing,
        "the carriers: this release has stand-ins only, and their parcels move nowhere",
    ]
