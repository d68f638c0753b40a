"""Whom the tests of the REST end talk to: our peers, on a socket of their own, through httpx."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.carriers.carriers import RestCarriers
from adapters.carriers.settings import carriers_settings
from adapters.embedded.cache import EmbeddedCache
from adapters.embedded.ids import SystemIds
from adapters.embedded.secrets import EnvironmentSecrets
from domain.label_purchase import LabelPurchase
from tests.adapters.carriers_contract import STEP
from tests.adapters.embedded.fixtures import StillClock
from tools.carriers_emulator.accounts import settings
from tools.carriers_emulator.service import Emulator
from tools.stripe_emulator.http import address_of, serve
from usecases.ports.cache import Cache
from usecases.ports.secrets import Secrets
from usecases.ports.store import Store

ORDER = "ORDER000000A"


@dataclass
class Peer:
    """The peers, a store, and our end that talks to them."""

    emulator: Emulator
    address: str
    clock: StillClock
    store: Store
    cache: Cache
    carriers: RestCarriers
    others: list[RestCarriers] = field(default_factory=list)

    def another(
        self,
        *,
        given: Mapping[str, str] | None = None,
        store: Store | None = None,
        secrets: Secrets | None = None,
        cache: Cache | None = None,
    ) -> RestCarriers:
        """Our end in another process: it shares the store and, unless another is given, the cache."""
        environment = settings(self.address) | dict(given or {})
        made = end_at(
            environment,
            self.clock,
            store=store or self.store,
            cache=cache or self.cache,
            secrets=secrets,
        )
        self.others.append(made)
        return made

    async def good_labels(self) -> list[str]:
        """What the carriers have sold and not taken back."""
        return [one.tracking_number for one in self.emulator.yard.parcels() if not one.voided_at]

    async def pick_up(self, tracking_number: str) -> None:
        """The parcel leaves."""
        self.emulator.yard.hand_over(tracking_number)

    async def purchase(self, key: str = f"{ORDER}:label") -> LabelPurchase:
        """What is recorded under the key."""
        found = await self.store.get(LabelPurchase, key, ORDER)
        assert found is not None
        return found


def end_at(
    environment: Mapping[str, str],
    clock: StillClock,
    *,
    store: Store,
    cache: Cache,
    secrets: Secrets | None = None,
) -> RestCarriers:
    """Our end, as this environment has it."""
    told = carriers_settings(environment)
    assert told is not None
    keeper = secrets or EnvironmentSecrets(environment)
    return RestCarriers(told, keeper, clock, ids=SystemIds(), store=store, cache=cache)


@asynccontextmanager
async def opened(clock: StillClock, store: Store) -> AsyncIterator[Peer]:
    """Peers that have sold nothing; their time is the clock's."""
    emulator = Emulator(now=lambda: clock.now().timestamp(), step_seconds=STEP)
    server = await serve(emulator)
    address, cache = address_of(server), EmbeddedCache(clock)
    carriers = end_at(settings(address), clock, store=store, cache=cache)
    peer = Peer(emulator, address, clock, store, cache, carriers)
    try:
        yield peer
    finally:
        for one in (carriers, *peer.others):
            await one.close()
        server.close()
        server.close_clients()
