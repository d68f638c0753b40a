"""The rest of the world on one machine: card network, carriers, warehouse, and their pages.

It runs beside the Functions host in the same process and shares the shop's file; what it does goes
through the shop's own use cases or over HTTP, as it would from outside.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl

from adapters.closing import closed
from adapters.embedded.cards import EmbeddedPayments
from adapters.embedded.carriers import EmbeddedCarriers
from adapters.embedded.webhooks import Webhooks
from adapters.embedded.world import SqliteVault
from adapters.environment import settings_from
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.store import SqliteStore
from adapters.wiring import (
    BASE_URL,
    card_settings,
    close,
    embedded_agents,
    embedded_issuer,
    shop_over,
)
from domain.access import Trace, system
from domain.errors import Refusal
from domain.keys import derived
from local import asgi
from local.agents import AgentPages
from local.asgi import App, Receive, Scope, Send
from local.background import Triggers, go_down_with
from local.cards import CardPages
from local.carriers import ParcelPages, Warehouse
from local.courier import Courier, losing, over_http
from local.faults import read_faults
from local.issuer import IssuerPages
from local.pages import Answer
from local.tokens import TokenPage
from local.worker import Function
from usecases.commanding import mark_shipped
from usecases.ports.faults import PortFault

type Page = Callable[[str, Mapping[str, str], bytes], Awaitable[Answer]]

PACKING: Final = "HPH_PACKING_SECONDS"
MOUNT: Final = "_local"
PURGE_SECONDS: Final = 60


class World:
    """Everything outside the shop, over the shop's file at ``path``.

    Where the shop pays through Stripe, the card network is Stripe: no pages here, and its webhooks come from there.
    """

    def __init__(self, path: str, environment: Mapping[str, str]) -> None:
        settings = settings_from(environment)
        self._file = SqliteFile(path)
        self._shop = shop_over(self._file, settings, environment)
        self._base_url = environment[BASE_URL]
        self._secret = card_settings(settings, environment).webhook_secret
        self._packing = float(environment.get(PACKING, "2"))
        self._faults = read_faults(environment)
        self._tasks: list[asyncio.Task[None]] = []
        payments, carriers = self._shop.payments, self._shop.carriers
        assert isinstance(carriers, EmbeddedCarriers)
        self._warehouse = Warehouse(carriers, self._shop.clock, self._packing, self._may_ship)
        agents = embedded_agents(self._shop, carriers, environment)
        issuer = embedded_issuer(self._file, settings, environment)
        self._pages: dict[str, Page] = {
            "agents": AgentPages(agents),
            "parcels": ParcelPages(carriers),
            "issuer": IssuerPages(issuer, self._base_url),
            "token": TokenPage(issuer),
        }
        self._has_cards = isinstance(payments, EmbeddedPayments)
        if isinstance(payments, EmbeddedPayments):
            self._pages["cards"] = CardPages(payments)

    def mounts(self) -> dict[str, App]:
        """The pages, by the first segment of their paths."""
        return {MOUNT: self._page}

    async def start(self) -> None:
        """Begin to deliver webhooks and to hand over parcels."""
        if self._has_cards:
            self._begin(self._deliver())
        self._begin(self._warehouse.run())
        self._begin(self._purge())

    async def stop(self) -> None:
        """Stop at once: whatever was under way is done again by the next host."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await close(self._shop)
        self._file.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(go_down_with)
        self._tasks.append(task)

    async def _deliver(self) -> None:
        webhooks = Webhooks(SqliteVault(self._file))
        async with over_http(self._base_url) as deliver:
            brings = losing(deliver, self._faults)
            await Courier(webhooks, self._shop.clock, self._secret, brings).run()

    async def _purge(self) -> None:
        """Forget expired documents, as Cosmos DB does by itself."""
        audit_key = derived(self._shop.secret, "audit")
        store = SqliteStore(self._file, self._shop.clock, audit_key=audit_key)
        while True:
            with suppress(PortFault):
                await store.purge()
            await asyncio.sleep(PURGE_SECONDS)

    async def _may_ship(self, shipment_id: str) -> bool:
        """Ask the order, which is the pivot: of shipping and cancelling exactly one wins."""
        run = self._shop.ids.new()
        caller = system("warehouse", Trace(correlation_id=run, causation_id=run))
        try:
            await mark_shipped(self._shop, caller, shipment_id.rpartition("-S")[0])
        except (Refusal, PortFault):
            return False
        return True

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        page = self._pages.get(path.removeprefix(f"/{MOUNT}/").partition("/")[0])
        if page is None:
            return await asgi.answer_empty(send, 404)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        body = await asgi.read_body(receive) if scope["method"] == "POST" else b""
        return await _send(send, await page(path, query, body))


class Together:
    """The triggers of the host, and the world beside them: one background, with which the app's own shop ends."""

    def __init__(self, triggers: Triggers, world: World, shop: object = None) -> None:
        self._triggers, self._world, self._shop = triggers, world, shop

    async def start(self) -> None:
        """Begin both."""
        await self._triggers.start()
        await self._world.start()

    async def stop(self) -> None:
        """End both, and then the shop that they have called."""
        await self._world.stop()
        await self._triggers.stop()
        await closed(self._shop)

    def run_now(self, function: Function, body: bytes) -> None:
        """Run a function by hand. Raises ``ValueError`` for bad input."""
        self._triggers.run_now(function, body)


async def _send(send: Send, answer: Answer) -> None:
    status, headers, body = answer
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await asgi.answer(send, status, pairs, body)
