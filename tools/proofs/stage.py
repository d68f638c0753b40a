"""The stage of an experiment: a few products, hosts on one store file, and an audit when all is over."""

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from domain.product import product_id
from tools.audit import Audit, audit
from tools.instance import Instance, outer_environment
from tools.proofs.rest import unfinished
from tools.seed import Wish, local_shop, seed

PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.1
CALM_SECONDS = 2.5
MOST_TOLD = 10
HOSTS = 2


class NotHeld(AssertionError):
    """Something that the shop promises did not hold."""


@dataclass(slots=True)
class Stage:
    """Hosts over the store file in ``folder``; ``products`` are slugs with the pieces there are."""

    folder: Path
    products: Mapping[str, int]
    settings: Mapping[str, str] = field(default_factory=dict)
    hosts: list[Instance] = field(default_factory=list)

    @property
    def store(self) -> Path:
        """The store file."""
        return self.folder / "shop.db"

    @property
    def environment(self) -> dict[str, str]:
        """What a program is told that shall work with this file."""
        return {**outer_environment(), **self.settings, "HPH_LOCAL_DIR": str(self.folder)}

    @property
    def bases(self) -> list[str]:
        """Where the hosts answer."""
        return [host.base for host in self.hosts]

    def fill(self) -> None:
        """Make the file, with the products in it."""
        rows = self.folder / "products.jsonl"
        rows.write_text("".join(map(row, self.products.items())))
        with local_shop(self.store, is_measured=True, given=self.environment) as shop:
            report = asyncio.run(seed(shop, Wish(rows)))
        check(not report.refused, f"the products were refused: {report.refused}")

    def start(self, number: int = HOSTS, **settings: str) -> None:
        """Start so many more hosts, all at once."""
        hosts = [Instance(self.folder, {**self.settings, **settings}) for _ in range(number)]
        self.hosts += hosts
        with ThreadPoolExecutor(number) as together:
            list(together.map(Instance.start, hosts))

    def stop(self) -> None:
        """Stop every host in order; each must end by itself with status 0."""
        with ThreadPoolExecutor(len(self.hosts)) as together:
            statuses = list(together.map(Instance.stop, self.hosts))
        self.hosts.clear()
        check(not any(statuses), f"hosts ended with {statuses}")

    def kill(self) -> None:
        """End every host at once."""
        for host in self.hosts:
            host.kill()
        self.hosts.clear()

    def unfinished(self) -> list[str]:
        """Everything that somebody still has to do."""
        return unfinished(self.store)

    def rest(self, patience_seconds: float = PATIENCE_SECONDS) -> float:
        """Wait until nothing is under way; the seconds that took. Raises ``NotHeld``."""
        began = time.monotonic()
        while left := self.unfinished():
            waited = time.monotonic() - began
            check(waited < patience_seconds, f"stuck after {waited:.0f} s: {told(left)}")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def settle(self, calm_seconds: float = CALM_SECONDS) -> None:
        """Wait until what is under way has not changed for so long, where not all of it can end."""
        before, since = self.unfinished(), time.monotonic()
        while before and time.monotonic() - since < calm_seconds:
            time.sleep(LOOK_SECONDS)
            now = self.unfinished()
            if now != before:
                before, since = now, time.monotonic()

    def audited(self) -> Audit:
        """Wait for rest, stop the hosts, and audit what they left. Raises ``NotHeld``."""
        self.rest()
        self.stop()
        found = audit(self.store)
        check(not found.faults, f"{len(found.faults)} faults: {told(found.faults)}")
        return found


@contextmanager
def stage(
    products: Mapping[str, int], settings: Mapping[str, str] | None = None
) -> Iterator[Stage]:
    """A stage in a folder of its own, filled; what still runs at the end is killed."""
    with set_up(Stage(new_folder(), products, settings or {})) as made:
        yield made


def new_folder() -> Path:
    """An empty folder for a stage."""
    return Path(tempfile.mkdtemp(prefix="holiday-peak-hub-"))


@contextmanager
def set_up[S: Stage](made: S) -> Iterator[S]:
    """The stage, filled. Its folder is removed, but after a failure, when it is named for a look at it."""
    folder = made.folder
    try:
        made.fill()
        yield made
    except BaseException as failure:
        failure.add_note(f"the store file and the log are kept in {folder}")
        raise
    else:
        shutil.rmtree(folder)
    finally:
        made.kill()


def check(holds: object, otherwise: str) -> None:
    """Raise ``NotHeld`` unless it holds."""
    if not holds:
        raise NotHeld(otherwise)


def told(faults: list[str] | tuple[str, ...]) -> str:
    """The first of many faults."""
    more = f" and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
    return "; ".join(faults[:MOST_TOLD]) + more


def product(slug: str) -> str:
    """The product's id."""
    return product_id(slug)


def row(item: tuple[str, int]) -> str:
    """A product of a stage as a line to import."""
    slug, stock = item
    variant = {"sku": slug, "prices": {"USD": "19.90"}, "stock": stock}
    row = {"slug": slug, "name": slug.title(), "category": ["Proofs"], "variants": [variant]}
    return json.dumps(row) + "\n"
