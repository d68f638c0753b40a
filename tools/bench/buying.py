"""What buying costs: filling carts, placing orders, whole checkouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from tools.bench.guest import Guest
from tools.bench.load import Connection, Journey, Server, asking
from tools.bench.looking import Goods
from tools.bench.ruler import Compared, Ruler, middle

ROUNDS: Final = 3
LINES: Final = 3
GUESTS: Final = 96
"""Guests of one round, each with a cart of three lines."""


@dataclass(frozen=True, slots=True)
class Bought:
    """What the steps of buying cost."""

    add: Compared
    place: Compared
    checkout: Compared


class Counter:
    """Sells in rounds; every guest buys other products than the one before."""

    def __init__(self, ruler: Ruler, server: Server, goods: Sequence[Goods]) -> None:
        self._ruler, self._server = ruler, server
        self._goods = cycle([one.id for one in goods])
        self._rounds = 0

    async def sell(self) -> Bought:
        """Every step in several rounds."""
        adds, places, checkouts = [], [], []
        for _ in range(ROUNDS):
            guests, add = await self.fill()
            adds.append(add)
            places.append(await self.place(guests))
            guests, add = await self.fill()
            adds.append(add)
            checkouts.append(await self._check_out(guests))
        return Bought(middle(adds), middle(places), middle(checkouts))

    async def fill(self) -> tuple[list[Guest], Compared]:
        """New guests with three lines each, and what adding one line cost."""
        connection = await Connection.to(self._server.port)
        guests = [await Guest.arrive(connection) for _ in range(GUESTS)]
        await connection.close()
        adds = [
            [asking(guest.adding(product)) for guest, product in zip(guests, chosen, strict=True)]
            for chosen in (list(islice(self._goods, GUESTS)) for _ in range(LINES))
        ]
        return guests, middle([await self._ruler.once(self._server, each) for each in adds])

    async def place(self, guests: Sequence[Guest], *, with_saga: bool = False) -> Compared:
        """What turning a full cart into an order costs; ``with_saga`` up to where it waits for money."""
        orders = [asking(guest.ordering()) for guest in guests]
        return await self._ruler.once(self._server, orders, with_aftermath=with_saga)

    async def place_with_saga(self) -> Compared:
        """What an order costs a host that does everything."""
        return middle(
            [await self.place((await self.fill())[0], with_saga=True) for _ in range(ROUNDS)]
        )

    async def _check_out(self, guests: Sequence[Guest]) -> Compared:
        self._rounds += 1
        journeys = [
            _checking_out(guest, f"bench-{self._rounds}-{number}")
            for number, guest in enumerate(guests)
        ]
        return await self._ruler.once(self._server, journeys)


def _checking_out(guest: Guest, key: str) -> Journey:
    async def journey(connection: Connection) -> int:
        return await guest.check_out(connection, key)

    return journey
