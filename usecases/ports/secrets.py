"""Secrets that others keep for us and that change while the shop runs.

What is given to the app as a setting needs no port: in Azure a setting may be a reference into the vault,
which the platform resolves before the app starts. This is for what must go on working while it is rotated.
"""

from typing import Final, Protocol

from domain.keys import Keys
from usecases.ports.faults import AwayFor


class SecretsAway(AwayFor):
    """The vault does not answer, and nothing that it said before may still be used."""


class SecretMissing(SecretsAway):
    """The vault has no such secret, or no version of it that is in force."""


class Secrets(Protocol):
    """Secrets by name."""

    async def keys(self, name: str) -> Keys:
        """The versions in force, at most two: sign with the current one, accept both. Raises ``SecretsAway``."""

    def doubt(self, name: str) -> None:
        """The secret did not serve: ask whoever keeps it anew next time, also before it is old."""


class NoSecrets:
    """A vault with nothing in it."""

    async def keys(self, name: str) -> Keys:
        """Always ``SecretMissing``."""
        raise SecretMissing(f"there is no vault to keep {name!r}")

    def doubt(self, name: str) -> None:
        """Nothing changes."""


NONE: Final = NoSecrets()
"""The vault of a shop that needs none."""
