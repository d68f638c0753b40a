"""What an agent's answer says about products, read with suspicion: it may be anything."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from domain.product import product_id

MOST_ADVISED: Final = 100

_LISTS: Final = ("results", "related", "products", "items", "recommendations")
_NAMES: Final = ("product_id", "id")
_SKUS: Final = ("item_id", "sku")
_PAGE: Final = re.compile(r"/product/([a-z0-9-]{1,100})/?$")
_KNOWN: Final = frozenset({"service", "sku", "name", "description"})
_MOST_FACTS: Final = 30
_LONGEST_FACT: Final = 2_000
_LATEST: Final = timedelta(days=90)
_MOST_ACTIONS: Final = 10
_LONGEST_ACTION: Final = 500

type Fact = str | int | float | bool | list[str]


def advised_products(answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The products that the answer lists, by id where it can be told, else by slug or SKU; each once."""
    if answer is None:
        return ()
    lists = (*(answer.get(key) for key in _LISTS), _recommended(answer))
    found: Sequence[Any] = next((one for one in lists if _is_list(one)), [])
    names = (_name_of(one) for one in found[:MOST_ADVISED])
    return tuple(dict.fromkeys(name for name in names if name))


def _recommended(answer: Mapping[str, Any]) -> Any:
    """Where the segmentation agent puts what it recommends."""
    found: Any = answer
    for key in ("segmentation", "personalization", "recommended_content"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _name_of(one: Any) -> str:
    name = _named(one) if isinstance(one, Mapping) else one
    return name if isinstance(name, str) and 0 < len(name) <= 100 else ""


def _named(one: Mapping[str, Any]) -> Any:
    """The id, else the one that follows from the slug or the page, which costs no look-up; else the SKU."""
    for key in _NAMES:
        if one.get(key):
            return one[key]
    page = _PAGE.search(str(one.get("url", "")))
    slug = page[1] if page else one.get("slug")
    if isinstance(slug, str) and slug:
        return product_id(slug)
    return next((one[key] for key in _SKUS if one.get(key)), "")


def enrichment(answer: Mapping[str, Any] | None) -> dict[str, Fact] | None:
    """The plain facts that the answer adds to what we say ourselves; ``None`` where there are none."""
    told = list((answer or {}).items())[:_MOST_FACTS]
    facts = {str(key): value for key, value in told if key not in _KNOWN and _is_fact(value)}
    return facts or None


def advised_actions(answer: Mapping[str, Any] | None) -> tuple[str, tuple[str, ...]]:
    """The risk that the support agent sees, and what it would do next; empty where it says nothing usable."""
    brief = answer.get("support_brief") if answer else None
    if not isinstance(brief, Mapping):
        return "", ()
    told = brief.get("next_best_actions")
    actions = tuple(filter(None, map(_word, told))) if isinstance(told, list) else ()
    return _word(brief.get("risk")), actions[:_MOST_ACTIONS]


def _word(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST_ACTION else ""


def _is_fact(value: Any) -> bool:
    if isinstance(value, list):
        return 0 < len(value) <= _MOST_FACTS and all(isinstance(one, str) for one in value)
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
