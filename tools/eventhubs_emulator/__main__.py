"""``python -m tools.eventhubs_emulator``: serve a namespace until Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.eventhubs_emulator.config import BadConfig, read_namespace
from tools.eventhubs_emulator.faults import read_faults
from tools.eventhubs_emulator.hubs import RETENTION_SECONDS
from tools.eventhubs_emulator.server import PORT, Emulator

OWN_CONFIG = Path(__file__).with_name("Config.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit status: 0, 1 for what cannot be served."""
    asked = _parser().parse_args(arguments)
    try:
        namespace = read_namespace(asked.config, asked.retention)
        faults = read_faults(asked.faults)
    except (BadConfig, ValueError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    asyncio.run(_serve(Emulator(namespace, host=asked.host, port=asked.port, faults=faults)))
    return 0


async def _serve(emulator: Emulator) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with emulator:
        print(emulator.connection_string, flush=True)
        await stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.eventhubs_emulator", description=__doc__)
    parser.add_argument("--config", type=Path, default=OWN_CONFIG, help="hubs and groups to serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT, help="0 takes a free one")
    parser.add_argument(
        "--retention", type=float, default=RETENTION_SECONDS, help="seconds an event can be read"
    )
    parser.add_argument("--faults", default="", help="rates: lost_acks=0.05,busy=0.1,seed=7")
    return parser


if __name__ == "__main__":
    sys.exit(main())
