"""``python -m tools.demo [BASE]``: play the story on a private instance, or against a running shop."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.demo.story import Broken, Story
from tools.instance import ROOT, Instance


def main(arguments: list[str]) -> int:
    """Play it; the exit status is 0 only if all of it held."""
    began = time.monotonic()
    try:
        figures = _against(arguments[0]) if arguments else _privately()
    except Broken as fault:
        print(f"demo: BROKEN, {fault}")
        return 1
    print(f"demo: ok, {figures} in {time.monotonic() - began:.1f} s")
    return 0


def _against(base: str) -> str:
    return asyncio.run(Story(base.rstrip("/")).play())


def _privately() -> str:
    with tempfile.TemporaryDirectory(prefix="holiday-peak-hub-") as folder:
        instance = Instance(Path(folder))
        _seed(Path(folder))
        instance.start()
        try:
            return asyncio.run(Story(instance.base, instance).play())
        finally:
            instance.stop()


def _seed(folder: Path) -> None:
    command = [sys.executable, "-m", "tools.seed", "--store", str(folder / "shop.db")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
