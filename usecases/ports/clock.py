"""Time and names, as arguments: nothing else in the shop may ask for them."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait about that long, with jitter of the clock's own."""


class Ids(Protocol):
    """The only source of new names."""

    def new(self) -> str:
        """A fresh id: a UUID version 7 as text (RFC 9562)."""

    def secret(self, size_bytes: int) -> bytes:
        """Unguessable bytes."""
