"""The stage of an experiment on cloud ends: hosts that share Cosmos DB, Event Hubs, Redis, Stripe and carriers."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tools.audit import Audit, audit_of
from tools.instance import ROOT
from tools.peers import Peers, peers
from tools.proofs.cloud_books import read_cloud_books, unfinished_in_the_cloud
from tools.proofs.stage import HOSTS, Stage, check, new_folder, row, set_up, told

CALM_SECONDS = 1.0
LOOK_SECONDS = 0.25
STUCK_SECONDS = 120.0
"""A batch of 64 events is run again as a whole when one of them meets a fault, with pauses that double: on a busy
machine that takes its time, and nothing is seen to move meanwhile."""


@dataclass(slots=True)
class CloudStage(Stage):
    """Hosts over the services ``there``; the folder's store file has the readers' checkpoints."""

    there: Peers | None = None

    @property
    def services(self) -> Peers:
        """The services."""
        assert self.there is not None
        return self.there

    def fill(self) -> None:
        """Put the products into the store."""
        rows = self.folder / "products.jsonl"
        rows.write_text("".join(map(row, self.products.items())))
        command = [sys.executable, "-m", "tools.seed", str(rows), "--store", str(self.store)]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def start(self, number: int = HOSTS, **settings: str) -> None:
        """Start so many more hosts, and let Stripe's webhooks go to all of them."""
        # not super(): a dataclass with slots is made anew, and the old one is what super() would ask
        Stage.start(self, number, **settings)
        self.services.deliver_to(self.bases)

    def unfinished(self) -> list[str]:
        """Everything that somebody still has to do."""
        return unfinished_in_the_cloud(self.services, self.store)

    def rest(self, patience_seconds: float = STUCK_SECONDS) -> float:
        """Wait until nothing is under way; the seconds that took. Raises ``NotHeld`` when nothing moves for so long."""
        began = moved = time.monotonic()
        before: list[str] = []
        while left := self.unfinished():
            now = time.monotonic()
            moved = now if left != before else moved
            check(now - moved < patience_seconds, f"stuck for {now - moved:.0f} s: {told(left)}")
            before = left
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def audited(self) -> Audit:
        """Wait for rest, stop the hosts, and audit what they left. Raises ``NotHeld``."""
        self.rest()
        time.sleep(CALM_SECONDS)
        self.rest()
        self.stop()
        found = audit_of(read_cloud_books(self.services))
        check(not found.faults, f"{len(found.faults)} faults: {told(found.faults)}")
        return found


@contextmanager
def cloud_stage(
    products: Mapping[str, int], settings: Mapping[str, str] | None = None
) -> Iterator[CloudStage]:
    """A stage on services of its own, filled."""
    with peers() as there:
        given = {**(settings or {}), **there.environment}
        with set_up(CloudStage(new_folder(), products, given, there=there)) as made:
            yield made
