"""TLS, and an identity whose tokens change while connections live."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.redis.cache import RedisCache
from adapters.redis.connection import RedisConnection
from adapters.redis.credentials import AHEAD, SCOPE, EntraCredentials, object_id
from adapters.redis.settings import RedisSettings
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.redis.servers import cache_at, server
from tests.adapters.redis.tls_front import certificate, front

OID = "0b5e-the-shop"


def token(number: int) -> str:
    payload = base64.urlsafe_b64encode(json.dumps({"oid": OID, "n": number}).encode())
    return f"header.{payload.decode().rstrip('=')}.signature"


@dataclass(frozen=True)
class Given:
    token: str
    expires_on: int


@dataclass
class Identity:
    """An identity that gives tokens for an hour, each time another one."""

    clock: StillClock
    asked: list[str] = field(default_factory=list)
    is_away: bool = False
    closed: bool = False

    async def get_token(self, *scopes: str, **_: Any) -> Given:
        if self.is_away:
            raise OSError("the identity's service is away")
        self.asked += scopes
        return Given(token(len(self.asked)), round(self.clock.now().timestamp()) + 3600)

    async def close(self) -> None:
        self.closed = True


@dataclass
class Signed:
    """A cache that signs in over TLS, and one of an administrator beside it."""

    cache: RedisCache
    admin: RedisCache
    identity: Identity
    clock: StillClock

    async def expect(self, number: int) -> None:
        """From now on the server takes this token, and no other."""
        rights: Any = {"keys": ["*"], "categories": ["+@all"], "reset": True, "enabled": True}
        passwords = [f"+{token(number)}"]
        await self.admin._connection.ask(
            lambda r: r.acl_setuser(OID, passwords=passwords, **rights)
        )

    async def sign_ins(self) -> int:
        """How often the user has signed in so far on connections that live."""
        found = await self.admin._connection.ask(lambda r: r.info("commandstats"))
        return sum(found.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("auth", "hello"))


@pytest.fixture
async def signed(tmp_path: Path) -> AsyncIterator[Signed]:
    pem, clock = certificate(tmp_path), StillClock()
    identity = Identity(clock)
    with server() as started:
        async with front(pem, started.port) as port:
            settings = RedisSettings("127.0.0.1", port, ca_file=str(pem))
            given: Any = identity
            cache = RedisCache(RedisConnection(settings, clock, credential=given), clock)
            made = Signed(cache, cache_at(started.port), identity, clock)
            await made.expect(1)
            yield made
            await cache.close()
            await made.admin.close()
            await asyncio.sleep(0.01)


async def test_the_identity_signs_in_over_tls(signed: Signed) -> None:
    await signed.cache.put("k", b"one", 60)

    assert await signed.cache.get("k") == b"one"
    assert signed.identity.asked == [SCOPE]


async def test_living_connections_are_told_the_next_token(signed: Signed) -> None:
    await signed.cache.put("k", b"one", 60)
    await signed.expect(2)
    before = await signed.sign_ins()

    signed.clock.move(3600 - AHEAD.total_seconds())
    await signed.cache.get("k")
    for _ in range(50):
        await asyncio.sleep(0.01)
        if await signed.sign_ins() > before:
            break

    assert await signed.cache.get("k") == b"one"
    assert len(signed.identity.asked) == 2
    assert await signed.sign_ins() > before


async def test_without_a_new_token_the_old_one_serves_on(
    signed: Signed, caplog: pytest.LogCaptureFixture
) -> None:
    await signed.cache.put("k", b"one", 60)
    signed.identity.is_away = True
    signed.clock.move(3600 - AHEAD.total_seconds())

    assert await signed.cache.get("k") == b"one"
    await asyncio.sleep(0.01)
    assert await signed.cache.get("k") == b"one"
    await asyncio.sleep(0.01)
    assert [record.message for record in caplog.records] == ["redis: the token was not renewed"]

    signed.identity.is_away = False
    await signed.expect(2)
    signed.clock.move(31)
    assert await signed.cache.get("k") == b"one"
    await asyncio.sleep(0.05)
    assert len(signed.identity.asked) == 2


async def test_a_certificate_that_is_not_trusted_is_a_miss(signed: Signed, tmp_path: Path) -> None:
    connection = signed.cache._connection._settings
    settings = RedisSettings(connection.host, connection.port)
    given: Any = Identity(signed.clock)
    cache = RedisCache(RedisConnection(settings, signed.clock, credential=given), signed.clock)

    await cache.put("k", b"one", 60)

    assert await cache.get("k") is None
    await cache.close()
    assert given.closed


async def test_a_token_is_asked_for_again_before_it_ends_and_not_sooner() -> None:
    clock = StillClock()
    identity: Any = Identity(clock)
    credentials = EntraCredentials(identity, clock)
    assert await credentials.get_credentials_async() == (OID, token(1))

    credentials.look()
    clock.move((timedelta(hours=1) - AHEAD).total_seconds() - 1)
    credentials.look()
    await asyncio.sleep(0)
    assert len(identity.asked) == 1

    clock.move(1)
    credentials.look()
    credentials.look()
    await asyncio.sleep(0.01)
    assert len(identity.asked) == 2
    await credentials.close()
    assert identity.closed


class Lasting(Identity):
    """An identity that gives the same token as long as it lasts, as the library's cache does."""

    async def get_token(self, *scopes: str, **_: Any) -> Given:
        self.asked += scopes
        return Given(token(1), round(self.clock.now().timestamp()) + 3600)


async def test_who_listens_is_told_of_new_tokens_only() -> None:
    clock, told = StillClock(), []

    async def hear(given: Any) -> None:
        told.append(given.get_value())

    for kind in (Lasting, Identity):
        identity: Any = kind(clock)
        credentials = EntraCredentials(identity, clock)
        credentials.on_next(hear)
        await credentials.get_credentials_async()
        clock.move(3600)
        credentials.look()
        await asyncio.sleep(0.01)
        assert len(identity.asked) == 2
        await credentials.close()

    assert told == [token(2)]


class Slow(Identity):
    """An identity that gives its second token to nobody who does not wait for ever."""

    async def get_token(self, *scopes: str, **more: Any) -> Given:
        if self.asked:
            await asyncio.Event().wait()
        return await super().get_token(*scopes, **more)


async def test_closing_waits_for_no_token() -> None:
    clock = StillClock()
    identity: Any = Slow(clock)
    credentials = EntraCredentials(identity, clock)
    await credentials.get_credentials_async()
    clock.move(3600)
    credentials.look()
    await asyncio.sleep(0)

    await credentials.close()

    assert credentials._renewing is not None
    assert credentials._renewing.cancelled()
    assert identity.closed


def test_the_object_id_is_in_the_token() -> None:
    assert object_id(token(7)) == OID
