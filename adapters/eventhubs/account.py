"""Which Event Hubs namespace is ours, and how we say who we are there.

The names are those of a Functions connection: a trigger and this end read the same settings.
Source: "Configure connection settings" of the Event Hubs bindings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.environment import BadSettings

CONNECTION: Final = "EVENT_HUBS"
"""The name of the connection that the shop's triggers use."""


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
    namespace = environment.get(f"{connection}__fullyQualifiedNamespace", "")
    if text := environment.get(connection, ""):
        if "Endpoint=" not in text:
            raise BadSettings(f"{connection} is no connection string: it has no Endpoint")
        return Account(connection_string=text)
    if namespace:
        return Account(
            namespace=namespace, client_id=environment.get(f"{connection}__clientId", "")
        )
    half = [name for name in environment if name.startswith(f"{connection}__")]
    if half:
        missing = f"{connection}__fullyQualifiedNamespace"
        raise BadSettings(f"{missing} is missing, while {', '.join(sorted(half))} is set")
    return None
