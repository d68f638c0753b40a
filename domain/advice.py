"""What an agent's answer says about products, read with suspicion: it may be anything."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

MOST_ADVISED: Final = 100

_LISTS: Final = ("results", "products", "items", "recommendations", "related", "related_products")
_NAMES: Final = ("product_id", "id", "slug", "item_id", "sku")
_ENRICHED: Final = ("enriched_product", "enrichment", "product")
_MOST_FACTS: Final = 30
_LONGEST_FACT: Final = 2_000
_LATEST: Final = timedelta(days=90)

type Fact = str | int | float | bool | list[str]


def advised_products(answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The product ids, slugs or SKUs that the answer lists, in its order, each once."""
    if answer is None:
        return ()
    found: Sequence[Any] = next((answer[key] for key in _LISTS if _is_list(answer.get(key))), [])
    names = (_name_of(one) for one in found[:MOST_ADVISED])
    return tuple(dict.fromkeys(name for name in names if name))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _name_of(one: Any) -> str:
    if isinstance(one, Mapping):
        one = next((one[key] for key in _NAMES if isinstance(one.get(key), str)), "")
    return one if isinstance(one, str) and 0 < len(one) <= 100 else ""


def enrichment(answer: Mapping[str, Any] | None) -> dict[str, Fact] | None:
    """The plain facts that the answer adds to a product; ``None`` where there are none."""
    if answer is None:
        return None
    found: Mapping[Any, Any] = next(
        (answer[key] for key in _ENRICHED if isinstance(answer.get(key), Mapping)), {}
    )
    facts = {str(key): value for key, value in list(found.items())[:_MOST_FACTS] if _is_fact(value)}
    return facts or None


def _is_fact(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= _MOST_FACTS and all(isinstance(one, str) for one in value)
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST_FACT
    return isinstance(value, int | float | bool)


def advised_arrival(answer: Mapping[str, Any] | None, now: datetime) -> datetime | None:
    """When the answer's ``eta`` says a parcel arrives: later than now, within 90 days, else ``None``."""
    told = answer.get("eta") if answer else None
    if isinstance(told, Mapping):
        told = told.get("estimated_delivery") or told.get("eta")
    if not isinstance(told, str):
        return None
    try:
        arrival = datetime.fromisoformat(told)
    except ValueError:
        return None
    if arrival.tzinfo is None or not now < arrival <= now + _LATEST:
        return None
    return arrival
