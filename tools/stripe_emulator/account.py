"""One account: everything that was made in it, by id and in the order in which it was made."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final

from tools.stripe_emulator.auth import KEY
from tools.stripe_emulator.refusal import missing

type Thing = dict[str, Any]
"""A resource as JSON, in the shape of the API reference."""

API_VERSION: Final = "2026-10-28.endive"
"""The account's own: events have its shapes (https://docs.stripe.com/webhooks/versioning)."""


class Account:
    """``now`` gives seconds since 1970. ``keys`` are the secret keys that are not revoked."""

    def __init__(self, now: Callable[[], float], keys: Sequence[str] = (KEY,)) -> None:
        self.now, self.keys = now, list(keys)
        self.things: dict[str, dict[str, Thing]] = {}
        self.cards: dict[str, str] = {}
        """The test card behind each payment method."""
        self.spent: set[str] = set()
        """Payment methods that may not be used again unless a customer has them."""
        self.events: list[Thing] = []
        self.tell: Callable[[Thing], None] = self.events.append
        self.key = ""
        """The idempotency key of the request that is under way."""
        self.loses_answer = False
        """Whether the answer that is under way gets lost."""

    def new(self, kind: str, prefix: str, **fields: Any) -> Thing:
        """A new thing, kept."""
        id = f"{prefix}_{secrets.token_hex(12)}"
        thing = {"id": id, "object": kind, "created": int(self.now()), "livemode": False, **fields}
        self.things.setdefault(kind, {})[id] = thing
        return thing

    def all_of(self, kind: str) -> list[Thing]:
        """All things of that kind, oldest first."""
        return list(self.things.get(kind, {}).values())

    def find(self, kind: str, id: str | None) -> Thing | None:
        """The thing, if there is one."""
        return self.things.get(kind, {}).get(id or "")

    def get(self, kind: str, id: str, param: str = "") -> Thing:
        """The thing. Raises ``Refusal``."""
        found = self.find(kind, id)
        if found is None:
            raise missing(kind, id, param)
        return found

    def happened(self, type: str, thing: Thing) -> None:
        """Tell an event about the thing as it is now: https://docs.stripe.com/api/events/object"""
        self.tell(
            {
                "id": f"evt_{secrets.token_hex(12)}",
                "object": "event",
                "api_version": API_VERSION,
                "created": int(self.now()),
                "data": {"object": copied(thing)},
                "livemode": False,
                "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": self.key or None},
                "type": type,
            }
        )


def copied(thing: Any) -> Any:
    """The thing as it is now, whatever becomes of it."""
    if isinstance(thing, dict):
        return {name: copied(value) for name, value in thing.items()}
    return [copied(one) for one in thing] if isinstance(thing, list) else thing
