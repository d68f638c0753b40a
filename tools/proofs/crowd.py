"""Many shoppers at once, spread over the hosts, with a limit on what is under way."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Self

import httpx

from tools.shopper import Shopper, client


class Crowd:
    """Shoppers of the hosts at ``bases``; ``at_once`` requests are under way at a time."""

    def __init__(self, bases: Sequence[str], at_once: int = 64) -> None:
        self.clients = [client(base) for base in bases]
        self._slots = asyncio.Semaphore(at_once)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self.clients:
            await each.aclose()

    async def arrive(self, number: int) -> list[Shopper]:
        """So many guests, each with a session of its own, by turns at every host."""
        return await self.all(range(number), lambda place: Shopper.arrive(self._client(place)))

    async def all[T, R](self, those: Iterable[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
        """What each of them gets who does it, all at once; in their order."""
        return await asyncio.gather(*(self._one(each, do) for each in those))

    async def _one[T, R](self, each: T, do: Callable[[T], Awaitable[R]]) -> R:
        async with self._slots:
            return await do(each)

    def _client(self, place: int) -> httpx.AsyncClient:
        return self.clients[place % len(self.clients)]
