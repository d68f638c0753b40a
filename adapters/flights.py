"""One of a kind at a time: who asks for what is being made already waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Flight:
    """Something under way. ``is_wanted`` falls when it was forgotten meanwhile, so nobody should keep it."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    is_wanted: bool = True
    has_landed: bool = False
    brought: bytes | None = None


class Flights:
    """What this process is making, by key."""

    def __init__(self) -> None:
        self._under_way: dict[str, Flight] = {}

    async def join(
        self, key: str, make: Callable[[Flight], Awaitable[bytes | None]]
    ) -> bytes | None:
        """What ``make`` brings, or what another is bringing. Raises what ``make`` raises.

        It is made by the first who asks. Those who waited for one that failed make it themselves, all at
        once: one after the other they might wait for ever.
        """
        other = self._under_way.get(key)
        if other is not None:
            await other.over.wait()
            return other.brought if other.has_landed else await make(Flight(is_wanted=False))
        flight = self._under_way[key] = Flight()
        try:
            flight.brought = await make(flight)
            flight.has_landed = True
        finally:
            flight.over.set()
            if self._under_way.get(key) is flight:
                del self._under_way[key]
        return flight.brought

    def forget(self, key: str) -> None:
        """Who asks from now on gets it made anew."""
        flight = self._under_way.pop(key, None)
        if flight is not None:
            flight.is_wanted = False
