"""Which end of a port the environment asks for: the one in Azure where it names a service, else the embedded one.

No SDK is imported here, nor when an end is built: each comes with the end's first call.
"""

from collections.abc import Mapping
from typing import Final

from adapters.cosmos.database import ENDPOINT, CosmosDatabase, cosmos_settings
from adapters.cosmos.store import CosmosStore
from adapters.embedded.cache import EmbeddedCache
from adapters.environment import BadSettings
from adapters.eventhubs.account import CONNECTION, account_of
from adapters.eventhubs.events import event_hubs
from adapters.redis.cache import redis_cache
from adapters.sqlite.eventlog import EventLog
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.store import SqliteStore
from usecases.ports.cache import Cache
from usecases.ports.clock import Clock
from usecases.ports.events import Events
from usecases.ports.store import Store
from usecases.settings import Settings

LOCAL: Final = "HPH_LOCAL"


def store_of(
    file: SqliteFile, clock: Clock, environment: Mapping[str, str], *, audit_key: bytes
) -> Store:
    """Cosmos DB where an account is named, else the file. Raises ``BadSettings``."""
    settings = cosmos_settings(environment)
    if settings is None:
        return SqliteStore(file, clock, audit_key=audit_key)
    return CosmosStore(CosmosDatabase(settings), clock, audit_key=audit_key)


def events_of(file: SqliteFile, clock: Clock, environment: Mapping[str, str]) -> Events:
    """Event Hubs where a namespace is named, else the log in the file. Raises ``BadSettings``."""
    return event_hubs(environment, clock) or EventLog(file, clock)


def cache_of(clock: Clock, environment: Mapping[str, str], *, release: str) -> Cache:
    """Redis where a server is named, else a cache in this process. Raises ``BadSettings``."""
    return redis_cache(environment, clock, release=release) or EmbeddedCache(clock)


def refuse_embedded(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raise ``BadSettings`` where an embedded end would take orders that nobody delivers.

    That is anywhere but on a developer's machine. The message names all that is missing.
    """
    missing = [] if settings.local else _embedded(environment)
    if missing:
        lines = "".join(f"\n  {one}" for one in missing)
        raise BadSettings(f"{LOCAL} is not set, and no cloud end is configured for{lines}")


def _embedded(environment: Mapping[str, str]) -> list[str]:
    """The ends that must not be embedded and are; of the card network there is no other end yet."""
    missing = [] if cosmos_settings(environment) else [f"the store: {ENDPOINT} is not set"]
    if account_of(environment) is None:
        missing.append(f"the events: {CONNECTION}__fullyQualifiedNamespace is not set")
    return [*missing, "the payments: this release has an embedded card network only"]
