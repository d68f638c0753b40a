"""``python -m tools.carriers_emulator --port 12112``"""

import argparse
import asyncio
import contextlib

from tools.carriers_emulator.accounts import settings
from tools.carriers_emulator.service import Emulator
from tools.stripe_emulator.http import address_of, serve


async def run(port: int, step_seconds: float) -> None:
    """Serve on this machine only, and print the settings of a shop."""
    server = await serve(Emulator(step_seconds=step_seconds), port=port)
    for name, value in settings(address_of(server)).items():
        print(f"{name}={value}", flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="carriers_emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=12112)
    parser.add_argument("--step-seconds", type=float, default=3.0, help="from one scan to the next")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(given.port, given.step_seconds))


if __name__ == "__main__":
    main()
