"""Lists, newest first, page by page: https://docs.stripe.com/api/pagination"""

from collections.abc import Callable, Sequence
from typing import Final

from tools.stripe_emulator.account import Account, Thing
from tools.stripe_emulator.forms import Fields
from tools.stripe_emulator.refusal import bad, missing

DEFAULT_ROWS: Final = 10
MOST_ROWS: Final = 100
COMPARED: Final[dict[str, Callable[[int, int], bool]]] = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}
FILTERS: Final = {"payment_intent": ("customer",), "refund": ("payment_intent", "charge")}


def listed(account: Account, kind: str, fields: Fields, url: str) -> Thing:
    """A page. Raises ``Refusal``."""
    limit = fields.integer("limit") or DEFAULT_ROWS
    if limit > MOST_ROWS:
        raise bad(f"This value must be less than or equal to {MOST_ROWS}.", "", "limit")
    after = fields.text("starting_after")
    bounds = _bounds(fields.record("created"))
    wanted = {name: fields.text(name) for name in FILTERS.get(kind, ())}
    fields.end()
    rows = _after(kind, account.all_of(kind)[::-1], after)
    found = [one for one in rows if _fits(one, bounds) and _has(one, wanted)]
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": found[:limit]}


def _after(kind: str, rows: Sequence[Thing], id: str | None) -> Sequence[Thing]:
    if id is None:
        return rows
    ids = [one["id"] for one in rows]
    if id not in ids:
        raise missing(kind, id, "starting_after")
    return rows[ids.index(id) + 1 :]


def _bounds(given: dict[str, str]) -> dict[str, int]:
    for name, text in given.items():
        if name not in COMPARED or not text.isdecimal():
            raise bad(f"Invalid timestamp: created[{name}]={text}", "", "created")
    return {name: int(text) for name, text in given.items()}


def _fits(thing: Thing, bounds: dict[str, int]) -> bool:
    return all(COMPARED[name](thing["created"], bound) for name, bound in bounds.items())


def _has(thing: Thing, wanted: dict[str, str | None]) -> bool:
    return all(value in (None, thing[name]) for name, value in wanted.items())
