"""What the local host tells the app where nobody else does, and the keys that it keeps for it."""

import os
import secrets
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

from adapters.embedded.personas import INVITED
from adapters.embedded.tenant import MOUNT

KEY_FILE = "secret_key"
KEY_BYTES = 32


def fill(environment: MutableMapping[str, str], data: Path, port: int) -> None:
    """Set what is missing: a developer's machine, embedded ends, and a secret that outlives restarts."""
    base_url = environment.setdefault("HPH_BASE_URL", f"http://localhost:{port}")
    defaults = {
        "HPH_LOCAL": "true",
        "HPH_HTTPS": "false",
        "HPH_SECRET_KEY": _secret(data),
        "HPH_SHOP_ORIGINS": f"{base_url},http://localhost:3000",
        "HPH_HOME_PATH": MOUNT,
        "HPH_INVITED": INVITED,
        "HPH_CLIENT_ADDRESS_HEADER": "x-forwarded-for",
        "HPH_STORE_WRAPPER": "local.faults:crashing",
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)


def _secret(data: Path) -> str:
    """The secret in the data folder, made on the first start; by several hosts at once only once."""
    path = data / KEY_FILE
    with suppress(FileExistsError):
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
    return path.read_text()
