"""Asking the agents about products, and trusting only what the shop itself knows."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.access import Caller
from domain.advice import advised_products
from domain.product import is_product_id, product_id
from domain.stock import STOCK_ID, Stock
from usecases import flags
from usecases.flags import AGENTS
from usecases.shop import Shop

MOST_SKUS = 20
"""SKUs of one answer that are looked up; ids and slugs cost nothing."""


async def ask(
    shop: Shop, caller: Caller, agent: tuple[str, str], payload: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The answer of the agent (service, intent), ``None`` when agents are off or it has none."""
    if not await flags.value(shop, AGENTS):
        return None
    service, intent = agent
    return await shop.agents.ask(
        service, intent, payload, correlation_id=caller.trace.correlation_id
    )


async def advised_ids(
    shop: Shop, caller: Caller, agent: tuple[str, str], payload: Mapping[str, Any]
) -> tuple[str, ...]:
    """The ids of the products that the agent names, by id, slug or SKU; they may not exist."""
    names = advised_products(await ask(shop, caller, agent, payload))
    return tuple(dict.fromkeys([id for id in await _ids(shop, names) if id]))


async def _ids(shop: Shop, names: Sequence[str]) -> list[str]:
    ids: list[str] = []
    unknown = 0
    for name in names:
        if is_product_id(name):
            ids.append(name)
        elif unknown < MOST_SKUS:
            unknown += 1
            stock = await shop.store.get(Stock, STOCK_ID, name)
            ids.append(stock.product_id if stock else product_id(name))
    return ids
