"""Importing a catalogue, a row at a time, as often as one likes.

The documents of a product are written in an order that a crash cannot hurt: stock, category, shelves and
search first, then the product, its pointers last. A product that is found through its pointer and equals
its row is therefore whole; any other is written again, and nothing comes out twice.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import batched

from domain.access import Caller
from domain.catalogue import BadRow, CatalogueRow, product_of, row_of
from domain.errors import Refusal
from domain.product import Product, SkuTaken
from domain.stock import STOCK_ID, Stock
from usecases import product_keeping as keeping
from usecases.product_keeping import NOTHING, Known
from usecases.product_moving import file_stock
from usecases.settling import together
from usecases.shelving import Placing, place
from usecases.shop import Shop

BATCH = 500
"""Rows that are worked on together."""


class TwiceInFile(BadRow):
    """A slug or a SKU stands in two rows of one catalogue."""

    code = "TWICE_IN_CATALOGUE"
    message = "Another row of this catalogue has the same slug or SKU."


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not imported: its number from 1, and why."""

    number: int
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of the rows."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    def refuse(self, number: int, refusal: Refusal) -> None:
        """Count a row as refused, with the reason in words."""
        facts = json.dumps(refusal.facts, ensure_ascii=False) if refusal.facts else ""
        self.refused.append(RefusedRow(number, f"{refusal} {facts}".rstrip()))


async def import_catalogue(
    shop: Shop, by: Caller, lines: Iterable[str | bytes], *, quietly: bool = False
) -> ImportReport:
    """Import JSON lines; each row is imported or refused by itself, and stock is set the first time only.

    ``quietly`` publishes no events: for synthetic catalogues that only measure.
    """
    work = _Import(shop, by, quietly)
    for batch in batched(enumerate(lines, start=1), BATCH, strict=False):
        await work.run(batch)
    return work.report


@dataclass(slots=True)
class _Row:
    """A row under way: what it asks for, what the shop has, and its stock by SKU."""

    number: int
    row: CatalogueRow
    product: Product
    known: Known = NOTHING
    stocks: dict[str, Stock | None] = field(default_factory=dict)

    @property
    def is_unchanged(self) -> bool:
        before = self.known.product
        return before is not None and not before.differences(self.product)

    @property
    def placing(self) -> Placing:
        in_stock = any(stock.available > 0 for stock in self.stocks.values() if stock)
        return Placing(self.product, self.known.product, in_stock)


@dataclass(slots=True)
class _Import:
    """One import: what it has seen and what it has done so far."""

    shop: Shop
    by: Caller
    quietly: bool
    report: ImportReport = field(default_factory=ImportReport)
    seen: set[str] = field(default_factory=set)

    async def run(self, batch: Sequence[tuple[int, str | bytes]]) -> None:
        """Import some rows together; each is refused alone."""
        rows = [row for number, line in batch if (row := self._read(number, line))]
        await together(self._look_up(row) for row in rows)
        rows = [row for row in rows if self._is_wanted(row)]
        await together(self._stock(row) for row in rows)
        await keeping.ensure_categories(self.shop, self.by, [row.product for row in rows])
        await place(self.shop, self.by, [row.placing for row in rows])
        await self._write(rows)
        await together(keeping.point(self.shop, self.by, r.product, r.known) for r in rows)
        await keeping.forget(self.shop, [row.product for row in rows])

    def _read(self, number: int, line: str | bytes) -> _Row | None:
        try:
            row = row_of(line)
            product = product_of(row, self.shop.settings.currency, self.shop.clock.now())
            self._see(row)
        except BadRow as refusal:
            self.report.refuse(number, refusal)
            return None
        return _Row(number, row, product)

    def _see(self, row: CatalogueRow) -> None:
        names = {f"slug {row.slug}", *(f"sku {sku}" for sku in row.skus)}
        if twice := sorted(names & self.seen):
            raise TwiceInFile(names=twice)
        self.seen |= names

    async def _look_up(self, row: _Row) -> None:
        row.known = await keeping.look_up(self.shop, self.by, row.product.id)
        if row.is_unchanged:
            return
        for sku in row.row.skus:
            row.stocks[sku] = await self.shop.store.get(Stock, STOCK_ID, sku)

    def _is_wanted(self, row: _Row) -> bool:
        before = row.known.product
        taken = [s.sku for s in row.stocks.values() if s and s.product_id != row.product.id]
        if taken:
            self.report.refuse(row.number, SkuTaken(skus=taken))
        elif row.is_unchanged:
            self.report.unchanged += 1
        elif before is None:
            self.report.created += 1
            row.product = row.product.but(sequence=1)
        else:
            self.report.changed += 1
            row.product = row.product.after(before, self.shop.clock.now())
        return not taken and not row.is_unchanged

    async def _stock(self, row: _Row) -> None:
        for variant, given in zip(row.product.variants, row.row.variants, strict=True):
            stock = row.stocks[variant.sku]
            if stock is not None:
                if stock.category_slug != row.product.category_slug:
                    await file_stock(self.shop, self.by, row.product, variant.sku)
                continue
            empty = keeping.empty_stock(row.product, variant)
            row.stocks[variant.sku] = await keeping.first_stock(
                self.shop, self.by, empty, given.stock or 0, quietly=self.quietly
            )

    async def _write(self, rows: Sequence[_Row]) -> None:
        if self.quietly:
            await keeping.write_quietly(self.shop, self.by, [row.product for row in rows])
            return
        await together(keeping.write(self.shop, self.by, r.product, r.known) for r in rows)
