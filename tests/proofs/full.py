"""Every race and every life with its counts: ``python -m tests.proofs.full [NAME…]``.

A race of three clients that share a cart or an order may take many minutes.
"""

import sys
from collections.abc import Callable
from time import process_time
from typing import Final

from tests.proofs import keeping, promotions, races, scenarios
from tests.proofs.crashes import survive
from tests.proofs.explorer import Scenario, explore
from tests.proofs.test_crashes import LIVES
from tests.proofs.test_races import EXHAUSTIVE

LONG: Final[dict[str, Callable[[], Scenario]]] = {
    "short": scenarios.half_short,
    "click": lambda: scenarios.stalled_attempt(scenarios.buying("one"), "another click"),
    "lines": lambda: scenarios.stalled_attempt(scenarios.watching, "the watchdog", ("mug", "pen")),
    "cart": lambda: scenarios.stalled_attempt(scenarios.getting_the_cart, "the customer's cart"),
    "code": lambda: promotions.last_use(2),
}
REDUCED: Final[dict[str, Callable[[], Scenario]]] = {
    "three": lambda: scenarios.last_unit(3),
    "scanned": races.scanned_while_cancelled,
    "editing": lambda: scenarios.one_cart_twice({"an edit": scenarios.adding("one", "pen")}),
    "codes": lambda: promotions.last_use(3),
    "one customer": promotions.last_use_of_one,
    "stalled code": lambda: promotions.stalled(scenarios.watching, "the watchdog"),
    "stock": scenarios.one_cart_while_stock_returns,
    "webhook": lambda: races.paid_while_cancelled("customer", "card", "webhook"),
    "watchdog": lambda: races.paid_while_cancelled("customer", "card", "watchdog"),
    "moved": keeping.moved_while_changed,
    "finished late": keeping.move_finished_late,
    "moved back": keeping.moved_away_and_back,
    "retired": keeping.placed_while_retired,
}


def main(names: list[str]) -> None:
    """Explore what is named, or all; how long each took is told in seconds of the processor."""
    for name, race in LONG.items():
        if not names or name in names:
            _explored(race, reduced=False)
    for name, race in REDUCED.items():
        if not names or name in names:
            _explored(race, reduced=True)
    if not names or "short ones" in names:
        for race in EXHAUSTIVE:
            _explored(race, reduced=False)
        for life in LIVES:
            print(survive(life()), flush=True)  # noqa: T201


def _explored(race: Callable[[], Scenario], *, reduced: bool) -> None:
    begun = process_time()
    found = explore(race(), reduced=reduced)
    print(f"{found}, {process_time() - begun:.0f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
