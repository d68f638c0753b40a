"""The app in one process, without a network: the worker library loads it, the host's front serves it.

The library keeps one app in its modules, so all tests share the app; each has a store of its own behind it.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx

from adapters.embedded.clock import SystemClock
from adapters.embedded.personas import INVITED
from adapters.embedded.webhooks import Webhooks
from adapters.embedded.world import SqliteVault
from adapters.environment import settings_from
from adapters.sqlite.eventlog import EventLog, Record
from adapters.sqlite.file import SqliteFile
from adapters.wiring import card_settings, shop_over
from domain.access import Caller, Role, Trace, system
from function_app import functions
from local import eventdata
from local.asgi import HostApp
from local.checks import check
from local.cors import Cors
from local.courier import Courier
from local.protos import RetryContext
from local.settings import Settings, read_settings
from local.worker import Function, Worker, load
from tests.blueprints.clock import MovedClock
from tests.issuer_desk import PageWeb, access_token, issuer
from usecases.shop import Shop

ROOT = Path(__file__).resolve().parents[2]
BASE = "http://localhost:7071"
SECRET = "a secret that is only for tests, and long enough"
MOST_ROUNDS = 50


@dataclass
class Door:
    """The loaded app, and the shop that stands behind it for the present test."""

    worker: Worker
    app: HostApp
    settings: Settings
    shop: Shop | None = None

    async def open_shop(self) -> Shop:
        """The present test's shop; what the app's areas ask for."""
        assert self.shop is not None, "no test has opened a shop"
        return self.shop

    def function(self, name: str) -> Function:
        """The function with that name."""
        return next(one for one in self.worker.functions if one.name == name)


async def open_door() -> Door:
    """Load the app as the host does, with nothing running beside it."""
    environment: dict[str, str] = {}
    settings = read_settings(ROOT, environment)
    worker = await load(ROOT)
    router = check(worker, settings, environment)
    cors = Cors(settings.origins, settings.credentials)
    app = HostApp(worker, router, cors=cors, most_body_bytes=settings.most_body_bytes)
    door = Door(worker, app, settings)
    functions.behind(door.open_shop)
    return door


def shop_in(file: SqliteFile, clock: MovedClock, **settings: str) -> Shop:
    """The embedded shop over that file; ``settings`` as the environment names them."""
    environment = {
        "HPH_SECRET_KEY": SECRET,
        "HPH_LOCAL": "true",
        "HPH_HTTPS": "false",
        "HPH_INVITED": INVITED,
        "HPH_SHOP_ORIGINS": BASE,
        **settings,
    }
    web = PageWeb(issuer(SECRET.encode()))
    return replace(shop_over(file, settings_from(environment), environment, web=web), clock=clock)


def client_of(app: HostApp) -> httpx.AsyncClient:
    """A client without a network that keeps no cookies: several people share it."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
        base_url=BASE,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


@dataclass
class Guest:
    """Somebody with a guest session."""

    web: "Web"
    cookie: str
    csrf_token: str
    user_id: str

    @property
    def headers(self) -> dict[str, str]:
        """What the browser and the page send along."""
        return {"Cookie": self.cookie, "X-CSRF-Token": self.csrf_token}

    async def send(
        self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
    ) -> httpx.Response:
        """Send a request, under an idempotency key where one is given."""
        keyed = {"Idempotency-Key": key} if key else {}
        return await self.web.send(method, path, body, **self.headers, **keyed, **headers)


@dataclass
class Web:
    """A shop of this test's own behind the shared door."""

    door: Door
    path: Path
    file: SqliteFile
    clock: MovedClock
    client: httpx.AsyncClient
    _read: int = field(default=0)

    @property
    def shop(self) -> Shop:
        """The shop as it is now."""
        assert self.door.shop is not None
        return self.door.shop

    def change(self, **ports: Any) -> None:
        """Put other ports or settings into the shop."""
        self.door.shop = replace(self.shop, **ports)

    def set(self, **settings: Any) -> None:
        """Change settings of the shop."""
        self.change(settings=self.shop.settings.model_copy(update=settings))

    async def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Send a request as nobody; ``body`` is sent as it is when it is bytes, else as JSON."""
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        if isinstance(body, bytes):
            return await self.client.request(method, path, content=body, headers=pairs)
        return await self.client.request(method, path, json=body, headers=pairs)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Read as nobody."""
        return await self.send("GET", path, **headers)

    async def guest(self) -> Guest:
        """A new guest session."""
        answer = await self.send("POST", "/api/auth/guest")
        assert answer.status_code == 201
        cookie = answer.headers["set-cookie"].partition(";")[0]
        return Guest(self, cookie, answer.json()["csrf_token"], answer.json()["user_id"])

    def token(self, role: Role, age: timedelta = timedelta()) -> dict[str, str]:
        """The header of a signed-in stand-in of that role, whose token was given out so long ago."""
        token = access_token(self.shop.secret, role.name.lower(), age)
        return {"Authorization": f"Bearer {token}"}

    def state(self) -> Mapping[str, Sequence[tuple[Any, ...]]]:
        """Every row of every table of the data file but counts: how often somebody came is no part of the shop."""
        with closing(sqlite3.connect(self.path)) as connection:
            names = (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                " AND name <> 'gate_buckets' AND name NOT LIKE 'counter_%'"
            )
            tables = [name for (name,) in connection.execute(names)]
            return {
                table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)  # noqa: S608
                for table in tables
            }

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What happens inside writes nothing at all."""
        before = self.state()
        yield
        assert self.state() == before

    async def events(self) -> list[Record]:
        """Everything that was ever published."""
        log = self.shop.events
        assert isinstance(log, EventLog)
        return await log.read_after(0, 10_000)

    async def pump(self) -> None:
        """Deliver webhooks and events, in order, until there is no more news."""
        for _ in range(MOST_ROUNDS):
            delivered = await self.courier().work()
            news = [record for record in await self.events() if record.sequence > self._read]
            if not news and not delivered:
                return
            self._read = max([self._read, *(record.sequence for record in news)])
            for function in self.door.worker.of("eventhubtrigger"):
                await self._give(function, news)
        raise AssertionError("the saga does not come to rest")

    async def deliver(
        self, function: Function, records: Sequence[Record], *, retry: tuple[int, int] = (0, 5)
    ) -> None:
        """Run an Event Hubs function on one batch; ``retry`` is which attempt, of how many."""
        group = function.trigger["consumerGroup"]
        data, metadata = eventdata.many(function, records, group)
        await self.door.worker.invoke(function, data, metadata, retry=RetryContext(*retry))

    async def _give(self, function: Function, news: Sequence[Record]) -> None:
        by_partition = defaultdict(list)
        for record in news:
            if record.hub == function.trigger["eventHubName"]:
                by_partition[record.partition].append(record)
        for _, records in sorted(by_partition.items()):
            await self.deliver(function, records)

    def courier(self) -> Courier:
        """Who brings the card network's webhooks."""
        secret = card_settings(self.shop.settings, {}).webhook_secret
        return Courier(Webhooks(SqliteVault(self.file)), SystemClock(), secret, self._bring())

    def _bring(self) -> Callable[[bytes, str], Awaitable[int]]:
        async def bring(payload: bytes, signature: str) -> int:
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
            answer = await self.send("POST", "/api/payments/webhook", payload, **headers)
            return answer.status_code

        return bring


def somebody(name: str = "test") -> Caller:
    """The shop itself, for what a test does without HTTP."""
    return system(name, Trace(correlation_id="test", causation_id="test"))


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and error code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
