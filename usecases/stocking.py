"""What staff do with stock: count it, or bring some in or out."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.access import Caller
from domain.entity import Command
from domain.model import View
from domain.product import ProductNotFound, is_product_id
from domain.stock import (
    MOST_ON_HAND,
    STOCK_ID,
    Stock,
    StockAdjustment,
    StockCause,
    adjustment_id,
)
from usecases.again import again
from usecases.holding import NoStock
from usecases.ports.store import Change
from usecases.products import stored_product
from usecases.relaying import relay
from usecases.revising import id_of
from usecases.shop import Shop


class SetStock(Command):
    """How many pieces of a variant there are (``on_hand``), or how many more or fewer (``adjust``), and why."""

    variant_id: Annotated[str, Field(min_length=1, max_length=100)]
    on_hand: Annotated[int, Field(ge=0, le=MOST_ON_HAND)] | None = None
    adjust: Annotated[int, Field(ge=-MOST_ON_HAND, le=MOST_ON_HAND)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.on_hand is None) == (self.adjust is None):
            raise ValueError("on_hand or adjust, one of them")
        return self


class StaffStock(View):
    """The stock of a variant; ``held`` pieces are on hand and belong to orders."""

    product_id: str
    variant_id: str
    sku: str
    on_hand: int
    held: int
    available: int


async def set_stock(
    shop: Shop, by: Caller, product_id: str, command: SetStock, *, command_id: str = ""
) -> StaffStock:
    """Set or adjust the stock of a variant, with StockLevelChanged. What orders hold stays theirs.

    The same request again under its key counts nothing twice. Raises ``ProductNotFound``, ``VariantNotFound``,
    ``NoStock``, ``StockBelowHolds`` and ``StockTooLarge``.
    """
    product = await stored_product(shop, product_id) if is_product_id(product_id) else None
    if product is None:
        raise ProductNotFound(product_id=product_id)
    variant = product.variant(command.variant_id)
    id = adjustment_id(id_of(shop, by, command_id))

    async def step() -> Stock:
        done = await shop.store.get(StockAdjustment, id, variant.sku) if command_id else None
        stock = await shop.store.get(Stock, STOCK_ID, variant.sku)
        if stock is None:
            raise NoStock(sku=variant.sku)
        return stock if done else await _adjusted(shop, by, stock, command, id)

    return _shown(await again(shop, step))


async def _adjusted(shop: Shop, by: Caller, stock: Stock, command: SetStock, id: str) -> Stock:
    """The stock as it is wanted; a count that finds what was known is written down too."""
    delta = command.adjust if command.on_hand is None else command.on_hand - stock.on_hand
    assert delta is not None, "a command says one of the two"
    now = shop.clock.now()
    fresh = stock.adjusted(delta, now) if delta else stock
    why = StockAdjustment(
        id=id, sku=stock.sku, delta=delta, on_hand=fresh.on_hand, reason=command.reason
    )
    if not delta:
        await shop.store.commit(Change(by=by, puts=(why,)))
        return stock
    cause: StockCause = "restock" if (command.adjust or 0) > 0 else "adjustment"
    told = fresh.level_changed(cause, delta, trace=by.trace, at=now)
    done = await shop.store.commit(Change(by=by, puts=(fresh, why), events=(told,)))
    await relay(shop, by, done)
    return fresh


def _shown(stock: Stock) -> StaffStock:
    names = StaffStock.model_fields
    return StaffStock(**{name: getattr(stock, name) for name in names})
