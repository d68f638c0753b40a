"""Which Event Hubs namespace is ours, and how we say who we are there.

The names are those of a Functions connection: a trigger and this end read the same settings.
Source: "Configure connection settings" of the Event Hubs bindings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.environment import BadSettings

CONNECTION: Final = "EVENT_HUBS"
"""The name of the connection that the shop's triggers use."""

_PARTS: Final = ("Endpoint", "SharedAccessKeyName", "SharedAccessKey")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Account:
    """A namespace, by connection string or by its host name with a managed identity.

    ``client_id`` names the identity among several; without it the identity is looked for: the host's
    own, or a developer's. Only a namespace on this machine may be spoken to in the clear.
    """

    connection_string: str = field(default="", repr=False)
    namespace: str = ""
    client_id: str = ""
    is_encrypted: bool = True


def account_of(environment: Mapping[str, str], connection: str = CONNECTION) -> Account | None:
    """The namespace of this connection; ``None`` where none is configured. Raises ``BadSettings``."""
    name = f"{connection}__fullyQualifiedNamespace"
    namespace, text = environment.get(name, ""), environment.get(connection, "")
    if text and namespace:
        raise BadSettings(f"{connection} and {name} are both set, and one of them is enough")
    if text:
        return Account(connection_string=_checked(connection, text))
    if namespace:
        if not _HOST.fullmatch(namespace):
            raise BadSettings(f"{name} is no host name: {namespace!r}")
        return Account(
            namespace=namespace, client_id=environment.get(f"{connection}__clientId", "")
        )
    half = [each for each in environment if each.startswith(f"{connection}__")]
    if half:
        raise BadSettings(f"{name} is missing, while {', '.join(sorted(half))} is set")
    return None


def _checked(connection: str, text: str) -> str:
    """A connection string with all its parts, and of the namespace: each hub of ours is asked for by name."""
    parts = {part.partition("=")[0].strip() for part in text.split(";")}
    missing = [part for part in _PARTS if part not in parts]
    if missing:
        raise BadSettings(f"{connection} is no connection string: it has no {', '.join(missing)}")
    if "EntityPath" in parts:
        raise BadSettings(f"{connection} is of one hub (EntityPath), and not of the namespace")
    return text
