"""Counting store operations."""

import asyncio
from contextvars import copy_context

from tests.domain.samples import an_order
from tests.usecases.shop_fixtures import STAFF, open_bench
from usecases.meter import begin, charge, count, part
from usecases.ports.store import Change, Scan

ORDER = an_order()


async def test_every_verb_of_the_store_is_one_operation() -> None:
    bench = open_bench()
    meter = begin()

    await bench.shop.store.commit(Change(by=STAFF, puts=(ORDER,)))
    await bench.shop.store.get(type(ORDER), ORDER.id, ORDER.user_id)
    await bench.shop.store.find(type(ORDER), Scan())

    assert meter.operations == 3


async def test_invocations_are_counted_apart() -> None:
    async def invocation(operations: int) -> int:
        meter = begin()
        for _ in range(operations):
            count()
            await asyncio.sleep(0)
        return meter.operations

    three, five = await asyncio.gather(invocation(3), invocation(5))

    assert (three, five) == (3, 5)


def counted_and_charged() -> tuple[int, float]:
    meter = begin()
    count()
    charge(2.5)
    charge(1.5)
    return meter.operations, meter.request_units


def test_what_the_store_charged_adds_up() -> None:
    assert copy_context().run(counted_and_charged) == (1, 4.0)


def test_a_part_is_counted_apart_and_belongs_to_the_whole() -> None:
    def invocation() -> list[tuple[int, float]]:
        whole = begin()
        count()
        with part() as inner:
            count()
            charge(2.5)
        count()
        return [(one.operations, one.request_units) for one in (inner, whole)]

    assert copy_context().run(invocation) == [(1, 2.5), (3, 2.5)]


async def test_parts_that_run_at_once_are_counted_apart() -> None:
    async def piece(operations: int) -> int:
        with part() as inner:
            for _ in range(operations):
                count()
                await asyncio.sleep(0)
        return inner.operations

    whole = begin()

    three, five = await asyncio.gather(piece(3), piece(5))

    assert (three, five) == (3, 5)
    assert whole.operations == 8


def test_a_part_of_no_invocation_counts_all_the_same() -> None:
    def alone() -> int:
        with part() as inner:
            count()
        return inner.operations

    assert copy_context().run(alone) == 1


def test_outside_an_invocation_nothing_is_counted() -> None:
    copy_context().run(count)
    copy_context().run(charge, 1.0)
