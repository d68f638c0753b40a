"""``python -m tools.audit [STORE]``: audit a store file at rest; the exit status is 0 only if all agrees."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.audit import audit

MOST_TOLD = 50


def main(arguments: Sequence[str]) -> int:
    """Audit the named file, or this machine's shop."""
    folder = Path(os.environ.get("HPH_LOCAL_DIR") or ".local")
    path = Path(arguments[0]) if arguments else folder / "shop.db"
    if not path.is_file():
        print(f"audit: there is no file {path}")
        return 2
    found = audit(path)
    for fault in found.faults[:MOST_TOLD]:
        print(f"  {fault}")
    verdict = f"{len(found.faults)} faults" if found.faults else "ok"
    print(f"audit: {verdict}, {found.figures}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
