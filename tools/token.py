"""``python -m tools.token ROLE``: a bearer token of the embedded issuer, for the shop on this machine."""

import argparse
import asyncio
import os
from pathlib import Path

from adapters.embedded.personas import PERSONAS
from adapters.environment import settings_from
from adapters.sqlite.file import SqliteFile
from adapters.wiring import embedded_issuer
from local.defaults import fill

PORT = 7071


def main() -> None:
    """Print the token."""
    names = [key for key, persona in PERSONAS.items() if not persona.disabled]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=names, nargs="?", default="staff")
    print(asyncio.run(token(parser.parse_args().role)))


async def token(role: str) -> str:
    """A token that the shop over this machine's data folder takes, whether it runs or not."""
    environment = dict(os.environ)
    data = Path(environment.get("HPH_LOCAL_DIR", ".local"))
    data.mkdir(parents=True, exist_ok=True)
    fill(environment, data, PORT)
    file = SqliteFile(environment.get("HPH_STORE_FILE", data / "shop.db"))
    try:
        issuer = embedded_issuer(file, settings_from(environment), environment)
        return await issuer.access_token(PERSONAS[role])
    finally:
        file.close()


if __name__ == "__main__":
    main()
