"""Values that an administrator changes while the shop runs, as text by key."""

from collections.abc import Mapping
from typing import Final, Protocol

from domain.access import Caller
from usecases.ports.faults import AwayFor

FRESH_SECONDS: Final = 30
"""So old may a value be that a process goes by: a change has reached everybody after that time."""


class ConfigurationAway(AwayFor):
    """The service does not answer. A write may have happened: repeat it."""


class Configuration(Protocol):
    """What is set; a key that nobody set is missing."""

    async def read(self) -> Mapping[str, str]:
        """Every value, at most ``FRESH_SECONDS`` old; older ones while the service is away.

        Raises ``PortFault`` only where this process has never read any.
        """

    async def put(self, by: Caller, key: str, value: str) -> None:
        """Set a value, with an audit record that says who did it. Safe to repeat.

        Raises ``VersionConflict`` or ``AlreadyExists`` when somebody else changed it at the same time, ``PortFault``,
        and ``SettingLocked``.
        """


class NothingSet:
    """Every setting has its default, and keeps it."""

    async def read(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    async def put(self, by: Caller, key: str, value: str) -> None:
        """Always ``ConfigurationAway``."""
        raise ConfigurationAway("this shop has nowhere to keep settings")


NOTHING_SET: Final = NothingSet()
"""The configuration of a shop that nobody configures."""
