"""``python -m tools.cosmos_emulator --port 8081``: serve until interrupted."""

import argparse
import asyncio
import contextlib

from tools.cosmos_emulator.auth import KEY
from tools.cosmos_emulator.http import port_of, serve
from tools.cosmos_emulator.service import Emulator


async def run(port: int, key: str) -> None:
    """Serve on this machine only."""
    server = await serve(Emulator(key=key), port=port)
    print(f"COSMOS_ACCOUNT_URI=http://127.0.0.1:{port_of(server)}/", flush=True)
    print(f"COSMOS_KEY={key}", flush=True)
    print("COSMOS_DISCOVER_ENDPOINTS=false", flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="cosmos_emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--key", default=KEY, help="the account's key, in base 64")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(arguments.port, arguments.key))


if __name__ == "__main__":
    main()
