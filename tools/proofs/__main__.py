"""``python -m tools.proofs``: every experiment in full size, one after the other."""

import sys
import time

from tools.proofs import cloud_faults, faults, flash_sale, hosts, kills, once, untold, webhooks

EXPERIMENTS = (flash_sale, once, webhooks, untold, faults, kills, hosts, cloud_faults)


def main() -> int:
    """Run them; an experiment that does not hold ends everything with its reason."""
    began = time.monotonic()
    for experiment in EXPERIMENTS:
        experiment.main()
    minutes = (time.monotonic() - began) / 60
    print(f"proof: ok, {len(EXPERIMENTS)} kinds of experiments held in {minutes:.1f} min")
    return 0


if __name__ == "__main__":
    sys.exit(main())
