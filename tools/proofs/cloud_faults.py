"""``python -m tools.proofs.cloud_faults``: what the cloud may do to us, while customers buy.

Two hosts on cloud ends; the peers (Cosmos DB, Event Hubs, Stripe, the carriers) throttle, conflict, fail, answer
too late what they have done, drop connections, lose acknowledgements, deliver twice and refuse tokens, and Redis
forgets all it has. Nothing may be lost, done twice or stuck.
"""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tools.cosmos_emulator.faults import Fault
from tools.peers import Peers
from tools.proofs.busy_day import SETTINGS, STOCK, Size, business, ended
from tools.proofs.cloud_stage import cloud_stage
from tools.stripe_emulator.faults import Fault as CardFault
from tools.stripe_emulator.faults import Faults

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
    Fault("query", 429, retry_after_ms=20),
    Fault("query", 503),
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
CARRIERS: Final = (
    CardFault("label", 429),
    CardFault("label", 401),
    CardFault("label", 500),
    CardFault("label", 500, applied=True),
    CardFault("label", drops=True),
    CardFault("label", drops=True, applied=True),
    CardFault("label", delay_seconds=0.5),
    CardFault("void", 500, applied=True),
    CardFault("void", drops=True, applied=True),
    CardFault("find", 503),
    CardFault("token", 500),
    CardFault("track", 429),
    CardFault("track", 503),
    CardFault("track", drops=True),
)
HUBS: Final = {
    "lost_acks": 0.05,
    "busy": 0.05,
    "redelivered": 0.1,
    "dropped": 0.01,
    "refused_tokens": 0.02,
}
"""How likely each switch strikes."""

OTHERS_EACH: Final = 3
"""So many store faults pass between two of Stripe's, and of the carriers'."""
OTHERS_AT_ONCE: Final = 3
"""So many of them wait for their call at most: they are called seldom, and all would befall the same call."""
PAUSES_SECONDS: Final = (0.05, 0.15)
CUT_EACH: Final = 60
"""So many store faults pass between two cuts of every connection to the hubs, when Redis is emptied too."""


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
            self.caused["store"] += 1
            number += 1
            if number % OTHERS_EACH == 0:
                self._befall("stripe", self.there.stripe.faults, STRIPE)
                self._befall("carriers", self.there.carriers.faults, CARRIERS)
            if number % CUT_EACH == 0:
                self.there.hubs.drop_connections()
                await asyncio.to_thread(self.there.forget)
                self.caused["cuts"] += 1
            await asyncio.sleep(self.dice.uniform(*PAUSES_SECONDS))

    def _befall(self, whom: str, faults: Faults, choice: Sequence[CardFault]) -> None:
        if faults.waiting < OTHERS_AT_ONCE:
            faults.set(self.dice.choice(choice))
            self.caused[whom] += 1

    def told(self) -> str:
        """What happened, in words."""
        switches = {name: getattr(self.there.hubs.faults, name).struck for name in HUBS}
        hubs = ", ".join(f"{count} {name}" for name, count in switches.items())
        caused = self.caused
        ours = f"{caused['store']} store faults, {caused['stripe']} of Stripe's"
        return f"{ours}, {caused['carriers']} of carriers', {hubs}, {caused['cuts']} cuts"


@contextmanager
def trouble(there: Peers, seed: int) -> Iterator[Trouble]:
    """Trouble, while this lasts; the services are sound again after it."""
    made = Trouble(there, random.Random(seed))
    _set_rates(there, HUBS)
    working = asyncio.run_coroutine_threadsafe(made.go_on(), there.loop)
    try:
        yield made
    finally:
        working.cancel()
        there.ask(there.cosmos.faults.clear)
        there.ask(there.stripe.faults.clear)
        there.ask(there.carriers.faults.clear)
        _set_rates(there, dict.fromkeys(HUBS, 0.0))


def _set_rates(there: Peers, rates: dict[str, float]) -> None:
    for name, rate in rates.items():
        getattr(there.hubs.faults, name).rate = rate


def prove(size: Size) -> str:
    """A busy day in trouble; its figures. Raises ``NotHeld``."""
    with cloud_stage(STOCK, SETTINGS) as there:
        there.start()
        with trouble(there.services, size.seed) as made:
            bought = business(there, size)
        return f"{made.told()}; {ended(there, bought).figures}"


def main() -> int:
    """In full size."""
    size = Size(customers=200, at_once=16)
    print(f"cloud faults: ok, {prove(size)}; lost 0, twice 0, stuck 0")
    return 0


if __name__ == "__main__":
    sys.exit(main())
