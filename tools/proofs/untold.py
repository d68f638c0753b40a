"""``python -m tools.proofs.untold``: a card network whose webhooks never arrive, on two hosts.

Who proves on the bank's page to be the card's holder, and whose money was taken although the capture was
refused: of both only a webhook tells. The comparison of the ledgers hears it of the network itself, and
everything ends as it would have; only declines are not counted, so that a deadline ends such an order.
"""

import sys
import time
from dataclasses import replace
from typing import Final

from tools.audit import audit_of
from tools.audit.books import read_books
from tools.proofs.busy_day import SETTINGS, STOCK, Size, business, ended
from tools.proofs.customers import UNTOLD
from tools.proofs.stage import LOOK_SECONDS, PATIENCE_SECONDS, Stage, check, stage, told

SLOW: Final = {**SETTINGS, "HPH_PAYMENT_DEADLINE_SECONDS": "10"}
"""Long enough for a comparison, short enough to wait for the orders that nobody pays."""

EXPERIMENTS: Final = {
    "no webhook arrives": "webhooks=1",
    "no webhook, events twice, late and out of step": (
        "webhooks=1,duplicate=0.3,delay=0.05,reorder=0.3"
    ),
}


def prove(faults: str, size: Size) -> str:
    """One experiment; its figures. Raises ``NotHeld``."""
    with stage(STOCK, SLOW) as there:
        there.start(HPH_FAULTS=f"{faults},seed={size.seed}")
        bought = business(there, replace(size, kinds=UNTOLD))
        there.rest()
        _agreed(there)
        found = ended(there, bought)
        heard = found.books.payment_events
        others = [one.id for one in heard if not one.id.startswith("compared:")]
        check(not others, f"{len(others)} webhooks arrived: {told(others)}")
        of_orders = {one.order_id for one in heard}
        deaf = [one.order_id for one in bought if one.kind.proves and one.order_id not in of_orders]
        check(not deaf, f"paid, and nobody can have heard of it: {told(deaf)}")
        return f"{found.figures}; {len(heard)} facts heard by comparison alone"


def _agreed(there: Stage) -> None:
    """Wait until the books agree with the network's: a comparison comes every other second."""
    began = time.monotonic()
    while faults := audit_of(read_books(there.store)).faults:
        waited = time.monotonic() - began
        check(waited < PATIENCE_SECONDS, f"differs after {waited:.0f} s: {told(faults)}")
        time.sleep(LOOK_SECONDS)


def main() -> int:
    """All experiments in full size."""
    for name, faults in EXPERIMENTS.items():
        print(f"untold, {name}: {prove(faults, Size())}; lost 0, twice 0, stuck 0", flush=True)
    print(f"untold: ok, {len(EXPERIMENTS)} experiments of {Size().customers} orders")
    return 0


if __name__ == "__main__":
    sys.exit(main())
