"""The one connection of a process to the database; opened at the first call, since opening asks the service."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.environment import BadSettings, is_on
from adapters.managed_identity import ManagedIdentity
from adapters.names import DATABASE

if TYPE_CHECKING:
    from azure.cosmos.aio import ContainerProxy, CosmosClient

CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 10.0
"""A batch may take 5 s at the service (its own limit); a call has to end within the host's 230 s."""

THROTTLED_SECONDS: Final = 5
"""While the service throttles a call (429) no pause is longer, and none is begun when they have been so long."""

THROTTLED_TIMES: Final = 9

ENDPOINT: Final = "COSMOS_ACCOUNT_URI"
KEY: Final = "COSMOS_KEY"
DATABASE_NAME: Final = "COSMOS_DATABASE"
DISCOVERY: Final = "COSMOS_DISCOVER_ENDPOINTS"
IDENTITY: Final = "AZURE_CLIENT_ID"


@dataclass(frozen=True, slots=True)
class CosmosSettings:
    """Where the database is. Without a ``key`` the managed identity ``client_id`` signs in.

    ``discovers`` is off for emulators, whose account names addresses that only they can reach.
    """

    endpoint: str
    database: str = DATABASE
    key: str = ""
    client_id: str = ""
    discovers: bool = True
    read_seconds: float = READ_SECONDS


def cosmos_settings(environment: Mapping[str, str]) -> CosmosSettings | None:
    """The settings, or ``None`` where no Cosmos DB is meant. Raises ``BadSettings`` for half of them."""
    endpoint, key = environment.get(ENDPOINT, ""), environment.get(KEY, "")
    if not endpoint:
        half = [name for name in (DATABASE_NAME, KEY, DISCOVERY) if environment.get(name)]
        if half:
            raise BadSettings(f"{ENDPOINT} is missing, while {', '.join(half)} is set")
        return None
    discovers = is_on(environment, DISCOVERY, usually=True)
    _check_endpoint(endpoint, key, discovers=discovers)
    return CosmosSettings(
        endpoint,
        environment.get(DATABASE_NAME) or DATABASE,
        key,
        environment.get(IDENTITY, ""),
        discovers,
    )


def _check_endpoint(endpoint: str, key: str, *, discovers: bool) -> None:
    """An emulator may be spoken to in the clear; it has no identities, so that it needs the key."""
    is_clear = endpoint.startswith("http://")
    if not is_clear and not endpoint.startswith("https://"):
        raise BadSettings(f"{ENDPOINT} is no https address: {endpoint!r}")
    if is_clear and discovers:
        raise BadSettings(f"{ENDPOINT} is no https address, and {DISCOVERY} is not false")
    if is_clear and not key:
        raise BadSettings(f"{KEY} is missing, while {ENDPOINT} is no https address")
    if not _is_base64(key):
        raise BadSettings(f"{KEY} is no key: it is not in base 64")


def _is_base64(text: str) -> bool:
    try:
        b64decode(text, validate=True)
    except ValueError:
        return False
    return True


class CosmosDatabase:
    """The database that ``settings`` name."""

    def __init__(self, settings: CosmosSettings) -> None:
        self._settings = settings
        self._client: CosmosClient | None = None
        self._identity = ManagedIdentity(settings.client_id)
        self._containers: dict[str, ContainerProxy] = {}
        self._opening = asyncio.Lock()

    async def container(self, name: str) -> "ContainerProxy":
        """The container; the first call opens the connection. Raises the SDK's errors."""
        if name not in self._containers:
            client = await self.client()
            database = client.get_database_client(self._settings.database)
            self._containers[name] = database.get_container_client(name)
        return self._containers[name]

    async def client(self) -> "CosmosClient":
        """The SDK's client, open. Raises the SDK's errors, after which the next call tries anew."""
        async with self._opening:
            if self._client is None:
                client = self._built()
                try:
                    self._client = await client.__aenter__()
                except BaseException:
                    await client.close()
                    raise
        return self._client

    async def close(self) -> None:
        """Let go of every connection; the next call opens anew."""
        client, self._client = self._client, None
        self._containers.clear()
        if client is not None:
            await client.close()
        await self._identity.close()

    def _built(self) -> "CosmosClient":
        """Session consistency is asked for by name: the account's own may be stronger, and twice as dear."""
        from azure.cosmos.aio import CosmosClient  # noqa: PLC0415  # cold start: see the docstring above

        from adapters.cosmos.transport import CarefulTransport  # noqa: PLC0415

        settings = self._settings
        return CosmosClient(
            settings.endpoint,
            settings.key or self._identity.credential(),
            consistency_level="Session",
            enable_endpoint_discovery=settings.discovers,
            connection_timeout=CONNECT_SECONDS,
            read_timeout=settings.read_seconds,
            retry_throttle_total=THROTTLED_TIMES,
            retry_throttle_backoff_max=THROTTLED_SECONDS,
            no_response_on_write=True,
            enable_compact_utf8_item_writes=True,
            transport=CarefulTransport(longest_pause_seconds=THROTTLED_SECONDS),
        )
