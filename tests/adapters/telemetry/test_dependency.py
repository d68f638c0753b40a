"""Calls to services outside, told: by whom, how long, and how they came out."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from opentelemetry.trace import SpanKind, StatusCode

from adapters.appconfig.client import AppConfigurationClient
from adapters.embedded.clock import SystemClock
from adapters.eventhubs.account import Account
from adapters.eventhubs.clients import Clients
from adapters.eventhubs.events import EventHubsEvents, Patience
from adapters.identity.http import HttpWeb
from adapters.keyvault import KeyVaultSecrets
from adapters.redis.connection import RedisConnection
from adapters.redis.settings import RedisSettings
from adapters.telemetry.dependency import Dependency, WatchedPort
from tests.listening import Listener
from usecases.ports.cache import CacheAway
from usecases.ports.configuration import ConfigurationAway
from usecases.ports.events import EventsBusy
from usecases.ports.identity import IssuerAway
from usecases.ports.secrets import SecretsAway
from usecases.ports.telemetry import SILENT, SILENT_SPAN

DURATION = "shop.dependency.duration"


class Refused(Exception):
    """The service says no."""


class Away(Exception):
    """The service says nothing."""


def dependency(listener: Listener, *seconds: float, slow_seconds: float = 0.1) -> Dependency:
    """One whose clock shows these times in turn."""
    shows: Iterator[float] = iter(seconds)
    return Dependency("stamps", listener.telemetry, slow_seconds, (Refused,), shows.__next__)


def told(listener: Listener) -> list[tuple[str, dict[str, Any], bool]]:
    """Name and attributes of every span, and whether it failed."""
    return [
        (span.name, dict(span.attributes or {}), span.status.status_code is StatusCode.ERROR)
        for span in listener.spans()
    ]


def what(operation: str = "buy", **more: str) -> dict[str, str]:
    return {"shop.dependency": "stamps", "shop.dependency.operation": operation, **more}


def test_a_quick_call_is_measured_and_no_span() -> None:
    listener = Listener()

    with dependency(listener, 1.0, 1.05).call("buy"):
        pass

    assert (told(listener), listener.measures()[DURATION]) == ([], [(1, what())])


def test_a_slow_call_is_a_span_that_began_when_it_began() -> None:
    listener = Listener()

    with (
        listener.telemetry.span("outer", "request") as _,
        dependency(listener, 1.0, 1.5).call("buy"),
    ):
        pass

    call, outer = listener.spans()
    assert (call.name, call.kind, dict(call.attributes or {})) == (
        "stamps buy",
        SpanKind.CLIENT,
        what(),
    )
    assert (call.end_time or 0) - (call.start_time or 0) == 500_000_000
    assert call.parent is not None
    assert call.parent.span_id == outer.context.span_id


def test_a_call_that_fails_says_why_however_quick_it_was() -> None:
    listener = Listener()

    with pytest.raises(Away), dependency(listener, 1.0, 1.0).call("buy"):
        raise Away

    assert told(listener) == [("stamps buy", what() | {"error.type": "Away"}, True)]
    assert listener.measures()[DURATION] == [(1, what() | {"error.type": "Away"})]


def test_a_refusal_is_an_answer() -> None:
    listener = Listener()

    with pytest.raises(Refused), dependency(listener, 1.0, 1.0).call("buy"):
        raise Refused

    assert (told(listener), listener.measures()[DURATION]) == ([], [(1, what())])


def test_where_nobody_listens_nothing_is_made() -> None:
    assert Dependency("stamps", SILENT).call("buy") is SILENT_SPAN


class Stamps:
    """A port."""

    price = 3

    async def buy(self, count: int, *, key: str) -> tuple[int, str]:
        return count, key

    def look(self) -> str:
        return "red"


async def test_a_watched_port_tells_of_what_is_awaited_and_passes_everything_on() -> None:
    listener = Listener()
    port = WatchedPort(Stamps(), dependency(listener, 1.0, 2.0, 3.0, 3.0))

    assert (await port.buy(2, key="a"), await port.buy(3, key="b")) == ((2, "a"), (3, "b"))
    assert (port.look(), port.price) == ("red", 3)

    assert [name for name, _, _ in told(listener)] == ["stamps buy"]
    assert listener.measures()[DURATION] == [(2, what())]
    with pytest.raises(AttributeError):
        _ = port.sell


async def test_what_is_awaited_and_is_no_call_outside_is_not_told() -> None:
    listener = Listener()
    port = WatchedPort(Stamps(), dependency(listener), but=("buy",))

    assert await port.buy(2, key="a") == (2, "a")

    assert listener.measures() == {}


async def heard_of(listener: Listener, call: Any, fault: type[Exception]) -> tuple[str, str, str]:
    """Service, operation and failure of the one call that was told."""
    with pytest.raises(fault):
        await call
    ((count, attributes),) = listener.measures()[DURATION]
    assert count == 1
    (span,) = listener.spans()
    assert dict(span.attributes or {}) == attributes
    return tuple(attributes.values())


async def test_redis_that_is_away_is_told() -> None:
    listener = Listener()
    settings = RedisSettings("127.0.0.1", 1, is_encrypted=False)
    heard = Dependency("redis", listener.telemetry)
    redis = RedisConnection(settings, SystemClock(), heard=heard)

    found = await heard_of(listener, redis.ask(lambda r: r.ping()), CacheAway)

    assert found == ("redis", "command", "ConnectionError")
    await redis.close()


async def test_hubs_that_are_away_are_told_by_hub() -> None:
    listener = Listener()
    events = EventHubsEvents(
        Clients(
            Account(
                connection_string="Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=aw==;UseDevelopmentEmulator=true"
            )
        ),
        SystemClock(),
        patience=Patience(attempts=1, timeout_seconds=2.0),
        groups={"order-events": ()},
        heard=Dependency("eventhubs", listener.telemetry),
    )

    service, hub, fault = await heard_of(listener, events.check(), EventsBusy)

    assert (service, hub) == ("eventhubs", "order-events")
    assert fault in ("ConnectError", "TimeoutError", "ConnectionLostError", "EventHubError")
    await events.close()


class Tokens:
    """An identity that signs nobody in."""

    async def get_token(self, *_: str, **__: Any) -> Any:
        raise TimeoutError

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_vault_that_is_away_is_told() -> None:
    listener = Listener()
    heard = Dependency("keyvault", listener.telemetry)
    secrets = KeyVaultSecrets(
        "https://127.0.0.1:1", SystemClock(), credential=Tokens(), heard=heard
    )

    service, operation, _ = await heard_of(listener, secrets.keys("signing"), SecretsAway)

    assert (service, operation) == ("keyvault", "secret_versions")
    await secrets.close()


async def test_a_settings_store_and_an_issuer_that_answer_with_a_fault_are_told() -> None:
    def failing(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503, json={})

    listener = Listener()
    web = HttpWeb(httpx.MockTransport(failing), Dependency("issuer", listener.telemetry))
    found = await heard_of(listener, web.get("https://issuer/keys"), IssuerAway)
    assert found == ("issuer", "GET", "IssuerAway")

    listener = Listener()
    client = AppConfigurationClient(
        "https://settings",
        credential=Given(),
        transport=httpx.MockTransport(failing),
        heard=Dependency("appconfig", listener.telemetry),
    )
    found = await heard_of(listener, client.all(), ConfigurationAway)
    assert found == ("appconfig", "GET", "ConfigurationAway")


class Given:
    """An identity with a token."""

    async def get_token(self, *_: str) -> Any:
        return Given

    token = "t"
