"""``python -m tools.stripe_emulator --port 12111 --webhook http://localhost:7071/api/payments/webhook``"""

import argparse
import asyncio
import contextlib

from tools.stripe_emulator.auth import KEY
from tools.stripe_emulator.http import address_of, serve
from tools.stripe_emulator.service import Emulator
from tools.stripe_emulator.webhooks import Endpoint, over_http


async def run(port: int, key: str, webhook: str, secret: str) -> None:
    """Serve on this machine only, and print the settings of a shop."""
    emulator = Emulator(keys=(key,))
    if webhook:
        emulator.webhooks.endpoints.append(Endpoint([webhook], [secret]))
    server = await serve(emulator, port=port)
    print(f"STRIPE_API_BASE={address_of(server)}", flush=True)
    print(f"STRIPE_SECRET_KEY={key}", flush=True)
    print(f"STRIPE_WEBHOOK_SECRET={secret}", flush=True)
    async with server, over_http() as post:
        await asyncio.gather(server.serve_forever(), emulator.webhooks.run(post))


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="stripe_emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--key", default=KEY, help="the account's secret key")
    parser.add_argument("--webhook", default="", help="where webhooks go")
    parser.add_argument("--webhook-secret", default="whsec_emulator", help="what signs them")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(given.port, given.key, given.webhook, given.webhook_secret))


if __name__ == "__main__":
    main()
