"""References that are answered as whole objects: https://docs.stripe.com/api/expanding_objects"""

from collections.abc import Sequence
from typing import Final

from tools.stripe_emulator.account import Account, Thing, copied
from tools.stripe_emulator.refusal import Refusal, bad

MOST_LEVELS: Final = 4

KINDS: Final = {
    "latest_charge": "charge",
    "charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "customer": "customer",
}
"""What a property refers to."""


def expanded(account: Account, thing: Thing, paths: Sequence[str]) -> Thing:
    """A copy of the thing, with these references replaced. Raises ``Refusal``."""
    whole: Thing = copied(thing)
    for path in paths:
        parts = path.split(".")
        if len(parts) > MOST_LEVELS:
            raise bad("You can only expand up to four levels deep.", "", "expand")
        _expand(account, whole, parts)
    return whole


def _expand(account: Account, thing: Thing, parts: Sequence[str]) -> None:
    name, *rest = parts
    if thing.get("object") == "list" and name == "data" and rest:
        for one in thing["data"]:
            _expand(account, one, rest)
        return
    if name not in KINDS or name not in thing:
        raise Refusal(400, f"This property cannot be expanded ({name}).", param="expand")
    if isinstance(thing[name], str):
        thing[name] = copied(account.find(KINDS[name], thing[name]))
    if rest and thing[name] is not None:
        _expand(account, thing[name], rest)
