"""Who does what when several hosts share one store file."""

import pytest

from adapters.sqlite.file import SqliteFile
from local.leases import Lease, Leases
from tests.local.conftest import HandClock

NAMES = ["a", "b", "c", "d"]


@pytest.fixture
def first(file: SqliteFile, clock: HandClock) -> Leases:
    """A host."""
    return Leases(file, clock, "first", seconds=3.0)


@pytest.fixture
def second(file: SqliteFile, clock: HandClock) -> Leases:
    """Another host on the same file."""
    return Leases(file, clock, "second", seconds=3.0)


async def test_a_lone_host_holds_everything_at_epoch_one(first: Leases) -> None:
    held = await first.renew(NAMES)

    assert held == {name: Lease(name, 1, "") for name in NAMES}


async def test_renewing_keeps_the_epoch(first: Leases, clock: HandClock) -> None:
    for _ in range(5):
        await first.renew(NAMES)
        clock.move(1)

    assert {lease.epoch for lease in (await first.renew(NAMES)).values()} == {1}


async def test_a_second_host_gets_its_share_once_the_first_has_given_it(
    first: Leases, second: Leases
) -> None:
    await first.renew(NAMES)

    at_once = await second.renew(NAMES)
    kept = await first.renew(NAMES)
    taken = await second.renew(NAMES)

    assert at_once == {}
    assert (len(kept), len(taken)) == (2, 2)
    assert sorted([*kept, *taken]) == NAMES
    assert {lease.epoch for lease in taken.values()} == {2}


async def test_what_is_at_work_is_not_given_away(first: Leases, second: Leases) -> None:
    await first.renew(NAMES)
    await second.renew(NAMES)

    assert set(await first.renew(NAMES, busy={"a", "b", "c"})) == {"a", "b", "c"}
    assert set(await second.renew(NAMES)) == {"d"}


async def test_what_a_dead_host_held_passes_on_after_the_lease(
    first: Leases, second: Leases, clock: HandClock
) -> None:
    await first.renew(NAMES)

    clock.move(2.9)
    before = await second.renew(NAMES)
    clock.move(0.2)
    after = await second.renew(NAMES)

    assert before == {}
    assert {lease.name: lease.epoch for lease in after.values()} == dict.fromkeys(NAMES, 2)


async def test_a_host_that_leaves_is_followed_at_once(first: Leases, second: Leases) -> None:
    await first.renew(NAMES)

    await first.release()

    assert set(await second.renew(NAMES)) == set(NAMES)


async def test_a_stale_epoch_writes_nothing(
    first: Leases, second: Leases, clock: HandClock
) -> None:
    stale = (await first.renew(["a"]))["a"]
    assert await first.save({stale: "10"}) == []
    clock.move(3.1)
    fresh = (await second.renew(["a"]))["a"]

    refused = await first.save({stale: "99"})
    await second.save({fresh: "20"})

    assert refused == [stale]
    assert fresh == Lease("a", 2, "10")
    assert (await second.renew(["a"]))["a"].state == "20"


async def test_a_host_that_slept_through_its_lease_starts_anew(
    first: Leases, clock: HandClock
) -> None:
    stale = (await first.renew(["a"]))["a"]
    clock.move(60)

    fresh = (await first.renew(["a"]))["a"]

    assert (stale.epoch, fresh.epoch) == (1, 2)
    assert await first.save({stale: "1"}) == [stale]
    assert await first.save({fresh: "2"}) == []


async def test_a_third_host_leaves_nobody_with_nothing(file: SqliteFile, clock: HandClock) -> None:
    hosts = [Leases(file, clock, name, seconds=3.0) for name in ("x", "y", "z")]
    names = [f"reader-{number}" for number in range(7)]

    for _ in range(3):
        held = [await host.renew(names) for host in hosts]

    assert sorted(len(each) for each in held) == [1, 3, 3]
    assert sorted(name for each in held for name in each) == names


async def test_leases_that_the_app_no_longer_names_are_not_held(first: Leases) -> None:
    await first.renew(NAMES)

    assert set(await first.renew(["a"])) == {"a"}
