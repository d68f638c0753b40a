"""Sweeps."""

import pytest

from domain.errors import Conflict
from domain.setting import Setting
from usecases.ports.events import EventsBusy
from usecases.ports.store import GuardRefused
from usecases.sweeping import each, each_until_away

THINGS = [Setting(id=name, scope="s", value="v") for name in ("a", "b", "c", "d", "e")]


async def test_what_fails_waits_and_stops_nothing_else() -> None:
    faults = {"a": Conflict(), "b": EventsBusy("away"), "c": GuardRefused("short")}
    met = []

    async def step(thing: Setting) -> bool:
        met.append(thing.id)
        if thing.id in faults:
            raise faults[thing.id]
        return thing.id == "d"

    assert await each(THINGS, step) == 1
    assert met == ["a", "b", "c", "d", "e"]


async def test_a_fault_of_ours_is_not_hidden_and_stops_nothing_else() -> None:
    met = []

    async def step(thing: Setting) -> bool:
        met.append(thing.id)
        assert thing.id not in "ac", f"an invariant of {thing.id}"
        return True

    with pytest.raises(AssertionError, match="an invariant of a"):
        await each(THINGS, step)
    assert met == ["a", "b", "c", "d", "e"]


async def test_nothing_found_is_nothing_done() -> None:
    async def step(_: Setting) -> bool:
        return True

    assert await each([], step) == 0
    assert await each(THINGS, step) == 5


async def test_a_port_that_is_away_ends_it_at_once_and_a_refusal_does_not() -> None:
    faults = {"a": Conflict(), "b": GuardRefused("short"), "d": EventsBusy("away")}
    met = []

    async def step(thing: Setting) -> bool:
        met.append(thing.id)
        if thing.id in faults:
            raise faults[thing.id]
        return True

    with pytest.raises(EventsBusy):
        await each_until_away(THINGS, step)
    assert met == ["a", "b", "c", "d"]


async def test_faults_of_ours_are_handed_over_and_stop_nothing_else() -> None:
    fault = AssertionError("an invariant")

    async def step(thing: Setting) -> bool:
        if thing.id == "b":
            raise fault
        return thing.id == "d"

    assert await each_until_away(THINGS, step) == (1, [fault])
