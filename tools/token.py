"""``python -m tools.token ROLE``: a bearer token for the shop on this machine."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from adapters.local_identity import token_for
from domain.access import Role
from local.defaults import fill
from local.tokens import ROLES

PORT = 7071


def main() -> None:
    """Print the token."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=sorted(ROLES), nargs="?", default="staff")
    print(token(ROLES[parser.parse_args().role]))


def token(role: Role) -> str:
    """A token that the shop over this machine's data folder takes."""
    environment = dict(os.environ)
    data = Path(environment.get("HPH_LOCAL_DIR", ".local"))
    data.mkdir(parents=True, exist_ok=True)
    fill(environment, data, PORT)
    return token_for(environment["HPH_SECRET_KEY"].encode(), role, datetime.now(UTC))


if __name__ == "__main__":
    main()
