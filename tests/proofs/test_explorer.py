"""The explorer itself, on toys whose schedules can be counted by hand."""

from math import comb
from typing import Any

import pytest

from tests.proofs.explorer import Outcomes, Scenario, Violation, explore
from tests.proofs.scenarios import BUYERS, buying, last_unit, stalled_attempt
from tests.proofs.steps import Step, Touch
from tests.proofs.world import World
from usecases.shop import Shop


def nothing(world: World) -> None:
    """A law that always holds."""


def counting(places: list[str], *, clients: int = 2) -> tuple[Scenario, list[int]]:
    """Clients that add one to a shared number, reading and writing it in steps of their own."""
    number, ends = [0], []

    async def read() -> int:
        return number[0]

    async def write(value: int) -> None:
        number[0] = value

    async def add(shop: Shop, place: str) -> None:
        found = await Step("read", Touch("toy", place, writes=False), read)
        await Step("write", Touch("toy", place, writes=True), lambda: write(found + 1))

    def finally_(world: World, outcomes: Outcomes) -> None:
        ends.append(number[0])

    names = BUYERS[:clients]
    toys: dict[str, Any] = {
        name: lambda shop, place=place: add(shop, place)
        for name, place in zip(names, places, strict=True)
    }
    return Scenario("toy", World(), toys, nothing, finally_), ends


def test_every_interleaving_of_two_clients_is_counted() -> None:
    scenario, _ = counting(["x", "x"])

    assert explore(scenario).schedules == comb(4, 2)


def test_steps_on_places_of_their_own_are_not_swapped() -> None:
    scenario, _ = counting(["x", "y"])

    assert explore(scenario, reduced=True).schedules == 1


def test_steps_on_a_shared_place_are_swapped_also_when_reduced() -> None:
    scenario, _ = counting(["x", "x"])

    assert explore(scenario, reduced=True).schedules == comb(4, 2)


def test_a_scan_meets_every_partition_and_the_clock_meets_everything() -> None:
    scan, write = Touch("Orders", "*", writes=False), Touch("Orders", "one", writes=True)
    clock = Touch("*", "*", writes=True)

    assert scan.meets(write)
    assert clock.meets(scan)
    assert not scan.meets(Touch("Orders", "one", writes=False))
    assert not write.meets(Touch("Orders", "two", writes=True))


def test_the_same_search_twice_finds_the_same() -> None:
    assert explore(last_unit(2)) == explore(last_unit(2))


def test_without_guards_the_last_unit_is_oversold() -> None:
    with pytest.raises(Violation, match="oversold: mug: -1 available"):
        explore(last_unit(2, check_guards=False))


def test_without_versions_an_order_is_promised_and_not_kept() -> None:
    race = stalled_attempt(buying("one"), "another click", check_versions=False)

    with pytest.raises(Violation, match="an order was promised and not kept"):
        explore(race)


def test_a_broken_law_is_told_with_the_schedule_that_breaks_it() -> None:
    with pytest.raises(Violation, match=r"two: store\.commit Inventory/mug\n"):
        explore(last_unit(2, check_guards=False))
