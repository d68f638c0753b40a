"""One of a kind at a time."""

import asyncio

import pytest

from adapters.flights import Flight, Flights


class Making:
    """Something that is made when the test says so."""

    def __init__(self, *, fails: bool = False) -> None:
        self.flights: list[Flight] = []
        self.may_end, self._fails = asyncio.Event(), fails

    async def __call__(self, flight: Flight) -> bytes:
        self.flights.append(flight)
        await self.may_end.wait()
        if self._fails:
            raise LookupError
        return b"made"


async def test_who_comes_meanwhile_gets_what_the_first_makes() -> None:
    flights, making = Flights(), Making()
    calls = [asyncio.create_task(flights.join("k", making)) for _ in range(3)]
    other = asyncio.create_task(flights.join("other", making))
    await asyncio.sleep(0)

    making.may_end.set()

    assert await asyncio.gather(*calls, other) == [b"made"] * 4
    assert len(making.flights) == 2


async def test_who_comes_after_it_was_forgotten_gets_it_made_anew() -> None:
    flights, old, new = Flights(), Making(), Making()
    first = asyncio.create_task(flights.join("k", old))
    await asyncio.sleep(0)

    flights.forget("k")
    flights.forget("absent")
    second = asyncio.create_task(flights.join("k", new))
    await asyncio.sleep(0)

    assert (old.flights[0].is_wanted, new.flights[0].is_wanted) == (False, True)
    for making in (old, new):
        making.may_end.set()
    assert set(await asyncio.gather(first, second)) == {b"made"}


async def test_after_a_failure_all_who_waited_try_at_once() -> None:
    flights, making = Flights(), Making(fails=True)
    calls = [asyncio.create_task(flights.join("k", making)) for _ in range(3)]
    await asyncio.sleep(0)
    making.may_end.set()

    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(answer) for answer in answers] == [LookupError] * 3
    assert [flight.is_wanted for flight in making.flights] == [True, False, False]


async def test_who_is_cancelled_leaves_nothing_behind() -> None:
    flights, making = Flights(), Making()
    first = asyncio.create_task(flights.join("k", making))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first

    making.may_end.set()
    assert await flights.join("k", making) == b"made"
