"""Secrets in the environment: ``shop-signing-key`` is ``SHOP_SIGNING_KEY``, with ``…_PREVIOUS`` for the one before."""

from collections.abc import Mapping
from typing import Final

from domain.keys import Keys
from usecases.ports.secrets import SecretMissing

PREVIOUS: Final = "_PREVIOUS"


def variable_of(name: str) -> str:
    """The variable that holds the secret of that name."""
    return name.upper().replace("-", "_")


class EnvironmentSecrets:
    """The environment of the process, as it was at the start."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    async def keys(self, name: str) -> Keys:
        """The two variables, as UTF-8. Raises ``SecretMissing`` where the first is not set."""
        variable = variable_of(name)
        current = self._environment.get(variable, "")
        if not current:
            raise SecretMissing(f"{variable} is not set")
        previous = self._environment.get(variable + PREVIOUS, "")
        return Keys(current.encode(), previous.encode() or None)

    def doubt(self, name: str) -> None:
        """Nothing changes before the next start."""
