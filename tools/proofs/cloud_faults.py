"""``python -m tools.proofs.cloud_faults``: what the cloud may do to us, while customers buy.

Two hosts on cloud ends; the peers (Cosmos DB, Event Hubs, Stripe) throttle, conflict, fail, answer too late what
they have done, drop connections, lose acknowledgements, deliver twice, refuse tokens and hold events back until
retention takes them unread, and Redis forgets all it has. What retention took is published again by ``tools.replay``.
Then nothing may be lost, done twice or stuck.
"""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from adapters.wiring import close
from domain.access import Trace, system
from tools.cosmos_emulator.faults import Fault
from tools.eventhubs_emulator.hubs import Hub
from tools.peers import Peers
from tools.proofs.busy_day import SETTINGS, STOCK, Size, business, ended
from tools.proofs.cloud_stage import CloudStage, cloud_stage
from tools.proofs.stage import check
from tools.replay import unsend
from tools.seed import local_shop
from tools.stripe_emulator.faults import Fault as CardFault

COSMOS: Final = (
    Fault("batch", 429, retry_after_ms=20),
    Fault("batch", 429, within=True),
    Fault("batch", 449),
    Fault("batch", 408),
    Fault("batch", 408, applied=True),
    Fault("batch", 503, applied=True),
    Fault("batch", drops=True),
    Fault("batch", drops=True, applied=True),
    Fault("batch", delay_seconds=0.3),
    Fault("read", 429, retry_after_ms=20),
    Fault("read", 503),
    Fault("read", drops=True),
    Fault("read", delay_seconds=0.3),
    Fault("query", 429, retry_after_ms=20),
    Fault("query", 503),
    Fault("query", delay_seconds=0.3),
)
STRIPE: Final = (
    CardFault("create", 429, "rate_limit"),
    CardFault("create", drops=True, applied=True),
    CardFault("confirm", 429, "lock_timeout"),
    CardFault("confirm", drops=True, applied=True),
    CardFault("confirm", delay_seconds=0.5),
    CardFault("capture", 500),
    CardFault("capture", 500, applied=True),
    CardFault("capture", 503),
    CardFault("capture", drops=True),
    CardFault("capture", drops=True, applied=True, times=2),
    CardFault("capture", delay_seconds=0.5),
    CardFault("cancel", 500),
    CardFault("cancel", drops=True, applied=True, times=2),
    CardFault("refund", 500, applied=True),
    CardFault("refund", drops=True, applied=True, times=2),
    CardFault("retrieve", 503),
    CardFault("retrieve", drops=True),
)
HUBS: Final = {
    "lost_acks": 0.05,
    "busy": 0.05,
    "redelivered": 0.1,
    "dropped": 0.01,
    "refused_tokens": 0.02,
}
"""How likely each switch strikes."""

STRIPE_EACH: Final = 3
"""So many store faults pass between two of Stripe's."""
STRIPE_AT_ONCE: Final = 3
"""So many of Stripe's wait for their call at most: it is called seldom, and they would all befall the same."""
PAUSES_SECONDS: Final = (0.05, 0.15)
CUT_EACH: Final = 60
"""So many store faults pass between two cuts of every connection to the hubs, when Redis is emptied too."""
HOLD_EACH_SECONDS: Final = 3.0
"""So long every hub is sound, until one is held."""
HELD_SECONDS: Final = 1.0


@dataclass(slots=True)
class Trouble:
    """Makes the services fail, for as long as it is on; ``caused`` counts what it made them do."""

    there: Peers
    dice: random.Random
    caused: Counter[str] = field(default_factory=Counter)

    async def go_on(self) -> None:
        """Among the peers, until it is cancelled."""
        number = 0
        while True:
            fault = self.dice.choice(COSMOS)
            self.there.cosmos.faults.set(fault)
            number += 1
            if number % STRIPE_EACH == 0 and self.there.stripe.faults.waiting < STRIPE_AT_ONCE:
                self.there.stripe.faults.set(self.dice.choice(STRIPE))
                self.caused["stripe"] += 1
            if number % CUT_EACH == 0:
                self.there.hubs.drop_connections()
                await asyncio.to_thread(self.there.forget)
                self.caused["cuts"] += 1
            await asyncio.sleep(self.dice.uniform(*PAUSES_SECONDS))

    async def hold(self) -> None:
        """Hold the fullest hub for a while; every second time all that lies in it is then over its retention."""
        while True:
            await asyncio.sleep(HOLD_EACH_SECONDS)
            hub = max(self.there.hubs.namespace.hubs, key=_events_in).name
            self.there.hubs.hold(hub)
            self.caused["holds"] += 1
            try:
                await asyncio.sleep(HELD_SECONDS)
                if self.caused["holds"] % 2:
                    self.caused["trimmed"] += self.there.trim(hub)
            finally:
                self.there.hubs.release(hub)

    def idle(self) -> list[str]:
        """Each switch that has never struck."""
        struck = self.there.cosmos.faults.struck
        store = [str(fault) for fault in COSMOS if not struck[fault]]
        hubs = [name for name in HUBS if not getattr(self.there.hubs.faults, name).struck]
        return (
            store + hubs + [name for name in ("holds", "trimmed", "cuts") if not self.caused[name]]
        )

    def told(self) -> str:
        """What happened, in words."""
        switches = {name: getattr(self.there.hubs.faults, name).struck for name in HUBS}
        hubs = ", ".join(f"{count} {name}" for name, count in switches.items())
        store = self.there.cosmos.faults.struck.total()
        ours = f"{store} store faults, {self.caused['stripe']} of Stripe's"
        held = f"{self.caused['holds']} holds, {self.caused['trimmed']} events over their retention"
        return f"{ours}, {hubs}, {held}, {self.caused['cuts']} cuts"


def _events_in(hub: Hub) -> int:
    return sum(len(partition.events) for partition in hub.partitions)


@contextmanager
def trouble(there: Peers, seed: int) -> Iterator[Trouble]:
    """Trouble, while this lasts; the services are sound again after it."""
    made = Trouble(there, random.Random(seed))
    _set_rates(there, HUBS)
    working = [
        asyncio.run_coroutine_threadsafe(each, there.loop) for each in (made.go_on(), made.hold())
    ]
    try:
        yield made
    finally:
        for each in working:
            each.cancel()
        there.ask(there.cosmos.faults.clear)
        there.ask(there.stripe.faults.clear)
        _set_rates(there, dict.fromkeys(HUBS, 0.0))


def _set_rates(there: Peers, rates: dict[str, float]) -> None:
    for name, rate in rates.items():
        getattr(there.hubs.faults, name).rate = rate


def prove(size: Size, *, whole: bool = False) -> str:
    """A busy day in trouble; its figures. A ``whole`` one has met each switch. Raises ``NotHeld``."""
    with cloud_stage(STOCK, SETTINGS) as there:
        there.start()
        began = datetime.now(UTC)
        with trouble(there.services, size.seed) as made:
            bought = business(there, size)
        check(not whole or not made.idle(), f"never struck: {made.idle()}")
        asyncio.run(_replay(there, began))
        return f"{made.told()}; {ended(there, bought).figures}"


async def _replay(there: CloudStage, since: datetime) -> None:
    """What is done about events that were lost in the hubs (docs/runbooks/event-replay.md)."""
    with local_shop(there.store, given=there.environment) as shop:
        caller = system("replay", Trace(correlation_id="replay", causation_id="replay"))
        await unsend(shop, caller, since, datetime.now(UTC))
        await close(shop)


def main() -> int:
    """In full size."""
    size = Size(customers=200, at_once=16)
    print(f"cloud faults: ok, {prove(size, whole=True)}; lost 0, twice 0, stuck 0")
    return 0


if __name__ == "__main__":
    sys.exit(main())
