"""Every setting and flag that may change while the shop runs: type, default, bounds and meaning, in one table."""

import math
from dataclasses import dataclass
from typing import Final, cast

from domain.cart import MOST_LINES
from usecases.ports.faults import PortFault
from usecases.settings import Settings
from usecases.shop import Shop

type Value = bool | int | float | str

MOST_LETTERS: Final = 1_000
KINDS: Final[dict[type, str]] = {bool: "boolean", int: "integer", float: "number", str: "text"}


@dataclass(frozen=True, slots=True)
class Flag[T: (bool, int, float, str)]:
    """One of them. Without a ``default`` of its own it has that of the field ``setting`` of ``Settings``.

    Numbers have bounds, both included.
    """

    key: str
    kind: type[T]
    meaning: str
    default: T | None = None
    setting: str = ""
    least: float | None = None
    most: float | None = None

    def default_in(self, settings: Settings) -> T:
        """What it is while nobody sets it."""
        return (
            self.default if self.default is not None else cast("T", getattr(settings, self.setting))
        )

    def fault_of(self, value: object) -> str:
        """What is wrong with a value; empty when it is good."""
        wanted = (int, float) if self.kind is float else (self.kind,)
        if type(value) not in wanted:
            return f"is no {KINDS[self.kind]}"
        if isinstance(value, str):
            return f"has over {MOST_LETTERS} letters" if len(value) > MOST_LETTERS else ""
        return "" if isinstance(value, bool) else self._out_of_bounds(float(cast("float", value)))

    def text_of(self, value: Value) -> str:
        """The value as the configuration keeps it."""
        return str(value).lower() if isinstance(value, bool) else str(value)

    def value_of(self, text: str) -> T | None:
        """The value that was kept; ``None`` where somebody else wrote what is none."""
        value = _parsed(self.kind, text)
        return None if value is None or self.fault_of(value) else cast("T", value)

    def _out_of_bounds(self, number: float) -> str:
        if not math.isfinite(number):
            return "is no number"
        if self.least is not None and number < self.least:
            return f"is less than {self.least:g}"
        if self.most is not None and number > self.most:
            return f"is more than {self.most:g}"
        return ""


def _parsed(kind: type, text: str) -> Value | None:
    if kind is bool:
        return {"true": True, "false": False}.get(text.strip().lower())
    if kind is str:
        return text
    try:
        return cast("Value", kind(text))
    except ValueError:
        return None


NEW_CHECKOUT: Final = Flag(
    "feature.new_checkout",
    bool,
    "Whether the shop's pages use the new checkout: POST /api/checkout/validate tells them.",
    default=False,
)
AGENTS: Final = Flag(
    "feature.agents",
    bool,
    "Whether agents are asked; without them the shop's own rules answer.",
    setting="agents_enabled",
)
CART_MAX_ITEMS: Final = Flag(
    "cart.max_items",
    int,
    "How many different lines a cart may have; carts that have more keep them.",
    default=MOST_LINES,
    least=1,
    most=MOST_LINES,
)
CART_GUEST_DAYS: Final = Flag(
    "cart.guest_days",
    int,
    "How many days a guest's cart is kept after its last change.",
    setting="cart_guest_days",
    least=1,
    most=365,
)
CART_CUSTOMER_DAYS: Final = Flag(
    "cart.customer_days",
    int,
    "How many days the cart of somebody who has signed in is kept after its last change.",
    setting="cart_customer_days",
    least=1,
    most=365,
)

type AnyFlag = Flag[bool] | Flag[int] | Flag[float] | Flag[str]
FLAGS: Final[dict[str, AnyFlag]] = {
    flag.key: flag
    for flag in (NEW_CHECKOUT, AGENTS, CART_MAX_ITEMS, CART_GUEST_DAYS, CART_CUSTOMER_DAYS)
}
"""By key, in the order in which they are shown."""


async def value[T: (bool, int, float, str)](shop: Shop, flag: Flag[T]) -> T:
    """What it is now, at most half a minute old; its default where nothing good is known. Never fails."""
    try:
        text = (await shop.configuration.read()).get(flag.key)
    except PortFault:
        text = None
    kept = None if text is None else flag.value_of(text)
    return flag.default_in(shop.settings) if kept is None else kept
