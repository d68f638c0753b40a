"""``python -m tools.proofs.faults``: what Event Hubs may do to events, on two hosts, one fault after the other.

Every experiment is a busy day with all outcomes; then nothing may be lost, done twice or stuck. What
was dropped is delivered when the hosts are started again, as after a lost checkpoint.
"""

import sys
from typing import Final

from tools.proofs.busy_day import SETTINGS, STOCK, Size, business, ended
from tools.proofs.stage import stage

EXPERIMENTS: Final = {
    "no fault": "",
    "every second event twice": "duplicate=0.5",
    "events late": "delay=0.3",
    "partitions and hubs out of step": "reorder=0.6",
    "every fifth event withheld until a restart": "drop=0.2",
    "all together": "duplicate=0.3,delay=0.05,reorder=0.3,drop=0.1",
}


def prove(faults: str, size: Size) -> str:
    """One experiment; its figures. Raises ``NotHeld``."""
    with stage(STOCK, SETTINGS) as there:
        there.start(HPH_FAULTS=f"{faults},seed={size.seed}" if faults else "")
        bought = business(there, size)
        if "drop" in faults:
            there.settle()
            there.stop()
            there.start()
        return ended(there, bought).figures


def main() -> int:
    """All experiments in full size."""
    for name, faults in EXPERIMENTS.items():
        print(f"faults, {name}: {prove(faults, Size())}; lost 0, twice 0, stuck 0", flush=True)
    print(f"faults: ok, {len(EXPERIMENTS)} experiments of {Size().customers} orders")
    return 0


if __name__ == "__main__":
    sys.exit(main())
