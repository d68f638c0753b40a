"""``python -m tools.contracts``: write docs/events.md and docs/asyncapi.json; ``--check`` only compares them."""

import json
import sys
from pathlib import Path
from typing import Final

from tools.contracts.document import document
from tools.contracts.page import page

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"


def main(arguments: list[str], docs: Path = DOCS) -> int:
    """Write both, or say which is out of date; the exit status is 0 unless one is."""
    texts = {
        docs / "events.md": page(),
        docs / "asyncapi.json": json.dumps(document(), indent=2) + "\n",
    }
    if arguments != ["--check"]:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        return 0
    old = [path for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    for path in old:
        print(f"{path.name} is out of date: run python -m tools.contracts")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
