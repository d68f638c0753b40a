"""``python -m tools.index``: write ``blueprints/_index.py`` anew, from what the areas declare.

With ``--check`` nothing is written: the status is 1 where the file is not what the areas declare.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from blueprints._area import Area
from blueprints._areas import AREAS
from tools.instance import ROOT

FILE: Final = ROOT / "blueprints" / "_index.py"
COMMAND: Final = "python -m tools.index"
HEAD: Final = f'''"""Every function of the app, as the areas declare them; written by ``{COMMAND}``."""

from typing import Final

from blueprints._triggers import OnEvents, OnRequest, OnTime, Trigger

# fmt: off
INDEX: Final[tuple[Trigger, ...]] = (
'''


def text_of(areas: Iterable[Area]) -> str:
    """The file for these areas: a line for each function, in the order of its declaration."""
    lines = [_line(trigger) for area in areas for trigger in area.functions]
    return f"{HEAD}{''.join(lines)})\n"


def _line(trigger: tuple[str, ...]) -> str:
    words = ", ".join(f'"{word}"' for word in trigger)
    return f"    {type(trigger).__name__}({words}),\n"


def main(arguments: Sequence[str], file: Path = FILE) -> int:
    """Write the file, or compare with it."""
    wanted = text_of(AREAS)
    if "--check" not in arguments:
        file.write_text(wanted, "utf-8")
    elif file.read_text("utf-8") != wanted:
        print(f"{file} is not what the areas declare: run {COMMAND}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
