"""The connections of a process to Redis, opened at the first call, and left alone while nobody answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from adapters.circuit import Circuits, Limits
from adapters.redis.settings import RedisSettings
from adapters.telemetry.dependency import UNHEARD, Dependency
from usecases.ports.cache import CacheAway
from usecases.ports.clock import Clock

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from redis.asyncio import Redis

    from adapters.redis.credentials import EntraCredentials

MOST_CONNECTIONS: Final = 64
"""A call needs one."""

WARM_SECONDS: Final = 1.0
"""A cache that takes longer is no help."""

COLD_SECONDS: Final = 2.0
"""The first call, and the first after a failure, may have to sign in and to shake hands."""

USUAL: Final = Limits(timeout_seconds=COLD_SECONDS, failures_to_open=3, rest_seconds=2.0)
_REDIS: Final = "redis"
_log = logging.getLogger(__name__)


class RedisConnection:
    """The server that ``settings`` name; ``credential`` is the app's own identity unless it is given."""

    def __init__(
        self,
        settings: RedisSettings,
        clock: Clock,
        *,
        limits: Limits = USUAL,
        credential: "AsyncTokenCredential | None" = None,
        heard: Dependency = UNHEARD,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._circuits = Circuits(clock, {_REDIS: limits})
        self._given, self._heard = credential, heard
        self._credentials: EntraCredentials | None = None
        self._client: Redis | None = None
        self._free = asyncio.Semaphore(MOST_CONNECTIONS)
        self._is_warm = self._is_away = False

    async def ask[T](self, call: "Callable[[Redis], Awaitable[T]]") -> T:
        """What the server answers, in time. Raises ``CacheAway``; the call may then have happened.

        A crowd waits for a connection: redis-py would call it a failure, and a sound server would be left alone.
        """
        async with self._free:
            if not self._circuits.admits(_REDIS):
                raise CacheAway("Redis is left alone for a while")
            try:
                client = (
                    self._open()
                )  # may import the SDK, which no time-out should be charged with
                answer = await self._answered(client, call)
            except (
                Exception
            ) as fault:  # redis-py lets those of the identity and the network through
                self._note(fault)
                raise CacheAway(f"Redis: {fault}") from fault
            self._note(None)
            return answer

    async def close(self) -> None:
        """Let go of every connection; the next call opens anew."""
        client, credentials = self._client, self._credentials
        self._client = self._credentials = None
        if client is not None:
            await client.aclose()
        if credentials is not None:
            await credentials.close()

    async def _answered[T](self, client: "Redis", call: "Callable[[Redis], Awaitable[T]]") -> T:
        with self._heard.call("command"):
            async with asyncio.timeout(WARM_SECONDS if self._is_warm else COLD_SECONDS):
                return await call(client)

    def _open(self) -> "Redis":
        if self._client is None:
            self._client = self._built()
        if self._credentials is not None:
            self._credentials.look()
        return self._client

    def _built(self) -> "Redis":
        from redis.asyncio import Redis  # noqa: PLC0415  # cold start: see the package
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415

        settings, options = self._settings, dict[str, Any]()
        if settings.is_encrypted:
            options |= {"ssl": True, "ssl_ca_certs": settings.ca_file}
        if settings.signs_in:
            options["credential_provider"] = self._credentials = self._signing_in()
        return Redis(
            host=settings.host,
            port=settings.port,
            password=settings.password or None,
            max_connections=MOST_CONNECTIONS,
            socket_timeout=COLD_SECONDS,
            socket_connect_timeout=COLD_SECONDS,
            retry=Retry(NoBackoff(), 1),  # a connection that lay idle may have been closed
            **options,
        )

    def _signing_in(self) -> "EntraCredentials":
        from azure.identity.aio import ManagedIdentityCredential  # noqa: PLC0415

        from adapters.redis.credentials import EntraCredentials  # noqa: PLC0415

        client_id = self._settings.client_id or None
        identity = self._given or ManagedIdentityCredential(client_id=client_id)
        return EntraCredentials(identity, self._clock)

    def _note(self, fault: Exception | None) -> None:
        """Count the failure, and tell once when Redis goes away and once when it is back.

        That a caller gave up is noted by nobody: it says nothing of the server.
        """
        answered = fault is None
        self._circuits.record(_REDIS, answered=answered)
        if answered and self._is_away:
            _log.info("redis answers again")
        elif not answered and not self._is_away:
            _log.warning("redis is away, the shop does without", extra={"error": repr(fault)})
        self._is_warm, self._is_away = answered, not answered
