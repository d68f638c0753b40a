"""A value that somebody else keeps."""

import asyncio
from datetime import timedelta

import pytest

from adapters.azure_answers import retry_after_of
from adapters.refreshed import Pace, Refreshed
from tests.adapters.embedded.fixtures import StillClock
from usecases.ports.faults import AwayFor

PACE = Pace(timedelta(seconds=30), timedelta(seconds=300), timedelta(seconds=5))


class Source:
    """Counts how often it is asked; slow on demand, away on demand."""

    def __init__(self) -> None:
        self.asked = 0
        self.fault: AwayFor | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> int:
        self.asked += 1
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return self.asked


async def test_many_who_wait_are_one_question_and_who_leaves_takes_nothing_along() -> None:
    source, clock = Source(), StillClock()
    value = Refreshed(source, clock, PACE)
    source.gate.clear()
    waiting = [asyncio.create_task(value.get()) for _ in range(4)]
    await asyncio.sleep(0)

    waiting[0].cancel()
    await asyncio.sleep(0)
    source.gate.set()

    assert await asyncio.gather(*waiting[1:]) == [1, 1, 1]
    assert (await value.get(), source.asked) == (1, 1)


async def test_it_is_fresh_then_stale_then_gone() -> None:
    source, clock = Source(), StillClock()
    value = Refreshed(source, clock, PACE)
    assert await value.get() == 1
    source.fault = AwayFor("away")

    clock.move(299.9)
    assert (await value.get(), source.asked) == (1, 2)
    assert (await value.get(), source.asked) == (1, 2)
    clock.move(0.1)
    with pytest.raises(AwayFor):
        await value.get()
    assert source.asked == 2
    source.fault = None
    clock.move(4.9)
    assert (await value.get(), source.asked) == (3, 3)


async def test_who_is_throttled_rests_as_long_as_it_is_told_but_no_longer_than_an_hour() -> None:
    source, clock = Source(), StillClock()
    value = Refreshed(source, clock, PACE)
    source.fault = AwayFor("later", retry_after=1_000_000)

    for wait in (0, 3599):
        clock.move(wait)
        with pytest.raises(AwayFor):
            await value.get()
    assert source.asked == 1
    source.fault = None
    clock.move(1)
    assert await value.get() == 2


async def test_a_doubtful_value_is_asked_for_again_and_holds_until_there_is_an_answer() -> None:
    source, clock = Source(), StillClock()
    value = Refreshed(source, clock, PACE)
    await value.get()

    value.doubt()
    source.fault = AwayFor("away")
    assert (await value.get(), source.asked) == (1, 2)
    source.fault = None
    clock.move(5)
    assert (await value.get(), source.asked) == (3, 3)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "7", "retry-after-ms": "1500"}, 1.5),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0),
        ({"Retry-After": "-1"}, 0),
    ],
)
def test_a_refusal_may_say_when_to_come_back(headers: dict[str, str], seconds: float) -> None:
    assert retry_after_of(headers) == seconds
