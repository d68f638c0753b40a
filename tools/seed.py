"""Fill the shop: ``python -m tools.seed`` with what is built in, ``python -m tools.seed FILE`` with your catalogue.

FILE holds one product a line, in JSON (``domain/catalogue.py`` says which fields). Rows that the shop has
already are left alone, and stock that it has is never set again, so the same file can be imported daily.
The built-in catalogue comes with promo codes, whose used uses stay used.
"""

import argparse
import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from adapters.environment import BadSettings, settings_from
from adapters.sqlite.file import SqliteFile
from adapters.sqlite.guard import DataFileRefused
from adapters.wiring import close, shop_over
from domain.access import Caller, Trace, system
from domain.category import CATEGORIES, Category
from local.defaults import fill
from tools.catalogue import rows, synthetic
from tools.promotions import codes
from usecases.importing import ImportReport, import_catalogue
from usecases.ports.store import Query
from usecases.promotion_keeping import keep_promotions
from usecases.shop import Shop

PORT = 7071
MOST_REASONS = 50
"""Refused rows that are told one by one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to fill the shop with: a file, so many synthetic products, or the built-in catalogue."""

    file: Path | None = None
    products: int = 0

    @property
    def is_built_in(self) -> bool:
        """Whether it is the shop that comes with this repository."""
        return self.file is None and not self.products

    def lines(self) -> Iterable[str | bytes]:
        """The rows, one JSON line each."""
        if self.products:
            return synthetic(self.products)
        return rows() if self.file is None else _lines(self.file)


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from (line for line in opened if line.strip())


async def seed(shop: Shop, wish: Wish) -> ImportReport:
    """Import what is wished for; synthetic products come without news of them."""
    correlation = shop.ids.new()
    by: Caller = system("seed", Trace(correlation_id=correlation, causation_id=correlation))
    report = await import_catalogue(shop, by, wish.lines(), quietly=wish.products > 0)
    if wish.is_built_in:
        await keep_promotions(shop, by, codes())
    return report


def told(report: ImportReport, seconds: float) -> str:
    """The report in words, the reason of each refused row on a line of its own."""
    counts = (
        f"seed: {report.created} created, {report.changed} changed, {report.unchanged} unchanged, "
        f"{len(report.refused)} refused in {seconds:.1f} s"
    )
    reasons = [f"  row {row.number}: {row.reason}" for row in report.refused[:MOST_REASONS]]
    more = len(report.refused) - MOST_REASONS
    return "\n".join([counts, *reasons, *([f"  and {more} more"] if more > 0 else [])])


@contextmanager
def local_shop(
    path: Path, *, is_measured: bool = False, given: Mapping[str, str] = os.environ
) -> Iterator[Shop]:
    """This machine's shop, over the data file at ``path``, with the settings ``given``.

    Where it only ``is_measured``, a power cut may cost what was imported last, for speed.
    """
    environment = dict(given)
    path.parent.mkdir(parents=True, exist_ok=True)
    fill(environment, path.parent, PORT)
    file = SqliteFile(path, synchronous="NORMAL" if is_measured else "FULL")
    if is_measured:
        file.prepare(_in_a_hurry)
    try:
        yield shop_over(file, settings_from(environment), environment)
    finally:
        file.close()


def _in_a_hurry(connection: sqlite3.Connection) -> None:
    """Keep pages in memory and move them to the data file seldom: 256 MB both."""
    connection.execute("PRAGMA cache_size=-262144")
    connection.execute("PRAGMA wal_autocheckpoint=65536")


async def is_filled(shop: Shop) -> bool:
    """Whether the shop has a catalogue already."""
    found = await shop.store.find(Category, Query(CATEGORIES, limit=1))
    return bool(found.items)


def main(arguments: Sequence[str]) -> int:
    """Seed the data file of this machine's shop; 1 where a row was refused, or the whole file."""
    parser = argparse.ArgumentParser(prog="seed", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="JSON lines, one product each")
    parser.add_argument("--products", type=int, default=0, help="synthetic products instead")
    parser.add_argument("--store", type=Path, default=_store_file(), help="the data file")
    parser.add_argument("--once", action="store_true", help="only where there is no catalogue yet")
    asked = parser.parse_args(arguments)
    started = perf_counter()
    try:
        with local_shop(asked.store, is_measured=asked.products > 0) as shop:
            report = asyncio.run(_filled(shop, Wish(asked.file, asked.products), once=asked.once))
    except (BadSettings, DataFileRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if report:
        print(told(report, perf_counter() - started))
    return 1 if report and report.refused else 0


async def _filled(shop: Shop, wish: Wish, *, once: bool) -> ImportReport | None:
    try:
        if once and await is_filled(shop):
            return None
        return await seed(shop, wish)
    finally:
        await close(shop)


def _store_file() -> Path:
    folder = Path(os.environ.get("HPH_LOCAL_DIR") or ".local")
    return Path(os.environ.get("HPH_STORE_FILE") or folder / "shop.db")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
