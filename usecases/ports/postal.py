"""How countries write addresses.

One end so far, the rules that are shipped with the shop: they must be read, and the domain reads nothing. A
provider who knows what is deliverable would be the other.
"""

from typing import Final, Protocol

from domain.postal import PostalFormat


class PostalRules(Protocol):
    """The rules of every country."""

    async def of(self, country: str) -> PostalFormat | None:
        """The rules of a country by its ISO 3166-1 alpha-2 code in capitals, or ``None`` where there is none."""


class NoRules:
    """A world without countries."""

    async def of(self, country: str) -> PostalFormat | None:
        """Never any."""
        return None


NOWHERE: Final = NoRules()
"""The rules of a shop that sends nothing."""
