"""Where Redis is, and how we say who we are there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.environment import BadSettings, is_on

HOST: Final = "REDIS_HOST"
PORT: Final = "REDIS_PORT"
PASSWORD: Final = "REDIS_PASSWORD"  # noqa: S105 - the variable's name
TLS: Final = "REDIS_TLS"
IDENTITY: Final = "AZURE_CLIENT_ID"
USUAL_PORT: Final = 10_000
"""Azure Managed Redis listens there."""

HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


_HOST: Final = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """A server. On this machine it may be spoken to in the clear, and then without a password.

    Else, without a ``password``, the managed identity ``client_id`` signs in. ``ca_file`` names whom to trust
    instead of the public authorities.
    """

    host: str
    port: int = USUAL_PORT
    password: str = field(default="", repr=False)
    client_id: str = ""
    is_encrypted: bool = True
    ca_file: str | None = None

    @property
    def signs_in(self) -> bool:
        """Whether the identity of the app vouches for us."""
        return self.is_encrypted and not self.password


def redis_settings(environment: Mapping[str, str]) -> RedisSettings | None:
    """The settings, or ``None`` where no Redis is meant. Raises ``BadSettings`` for half of them."""
    host = environment.get(HOST, "")
    if not host:
        half = [name for name in (PORT, PASSWORD, TLS) if environment.get(name)]
        if half:
            raise BadSettings(f"{HOST} is missing, while {', '.join(half)} is set")
        return None
    if host not in HERE and not _HOST.fullmatch(host):
        raise BadSettings(f"{HOST} is no host name: {host!r}; its port is {PORT}")
    is_encrypted = is_on(environment, TLS, usually=True)
    if not is_encrypted and host not in HERE:
        raise BadSettings(f"{TLS} is false, and {HOST} is not on this machine: {host}")
    return RedisSettings(
        host=host,
        port=_port(environment.get(PORT) or str(USUAL_PORT)),
        password=environment.get(PASSWORD, ""),
        client_id=environment.get(IDENTITY, ""),
        is_encrypted=is_encrypted,
    )


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65_536:
        return int(text)
    raise BadSettings(f"{PORT} is no port: {text!r}")
