"""What people do with their address book."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.access import Caller, Role
from domain.address_book import AddressBook, AddressNotFound, BookFull
from domain.errors import PreconditionFailed
from domain.postal import WrittenAddress
from tests.usecases.meddling import Crash, crash, meddled
from tests.usecases.shop_fixtures import ADDRESS, GUEST, Bench, open_bench
from usecases.address_book import (
    AddressView,
    SaveAddress,
    add_address,
    change_address,
    check_address,
    list_addresses,
    prefer_address,
    remove_address,
)
from usecases.shop import Shop

CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)
OTHER = Caller(user_id="u-2", role=Role.CUSTOMER, trace=GUEST.trace)


def saving(number: int = 1, type_: str = "shipping") -> SaveAddress:
    fields = ADDRESS.model_dump() | {"line1": f"{number} Main Street", "type": type_}
    return SaveAddress.model_validate(fields)


async def added(bench: Bench, *numbers: int, type_: str = "shipping") -> list[AddressView]:
    return [await add_address(bench.shop, CUSTOMER, saving(one, type_)) for one in numbers]


async def lines(bench: Bench, who: Caller = CUSTOMER) -> list[tuple[str, bool]]:
    """The first line of each address of the book, and whether it is a default."""
    found = await list_addresses(bench.shop, who)
    return [(one.line1.removesuffix(" Main Street"), one.is_default) for one in found.items]


async def test_an_address_is_kept_with_all_that_it_says() -> None:
    bench = open_bench()

    view = await add_address(bench.shop, CUSTOMER, saving())

    now = bench.clock.now()
    assert view.model_dump(exclude={"etag"}) == ADDRESS.model_dump() | {
        "id": view.id,
        "address_id": view.id,
        "user_id": "u-1",
        "line1": "1 Main Street",
        "type": "shipping",
        "is_default": True,
        "created_at": now,
        "updated_at": now,
    }
    assert (await list_addresses(bench.shop, CUSTOMER)).items == (view,)


async def test_each_person_has_a_book_of_their_own() -> None:
    bench = open_bench()
    (mine,) = await added(bench, 1)
    before = bench.state()

    for asked in every_deed(mine.id):
        with pytest.raises(AddressNotFound):
            await asked(bench.shop, OTHER)

    assert bench.state() == before
    assert await lines(bench, OTHER) == []


def every_deed(id: str) -> list[Callable[[Shop, Caller], Awaitable[Any]]]:
    return [
        lambda shop, who: change_address(shop, who, id, saving(3)),
        lambda shop, who: remove_address(shop, who, id),
        lambda shop, who: prefer_address(shop, who, id),
    ]


async def test_what_is_in_the_book_is_not_added_again() -> None:
    bench = open_bench()
    (first,) = await added(bench, 1)
    before = bench.state()

    (again,) = await added(bench, 1)

    assert again == first
    assert bench.state() == before
    await added(bench, 1, type_="billing")
    assert await lines(bench) == [("1", True), ("1", True)]


async def test_a_full_book_takes_no_more() -> None:
    bench = open_bench()
    await added(bench, *range(20))
    before = bench.state()

    with pytest.raises(BookFull):
        await added(bench, 20)

    assert bench.state() == before
    await added(bench, 19)


async def test_two_who_add_the_twentieth_at_once_make_no_twenty_first() -> None:
    bench = open_bench()
    await added(bench, *range(19))
    shop = meddled(bench, {1: lambda: added(bench, 100)})

    with pytest.raises(BookFull):
        await add_address(shop, CUSTOMER, saving(200))

    (book,) = bench.documents(AddressBook)
    assert len(book.addresses) == 20
    assert (await lines(bench))[-1] == ("100", False)


async def test_two_who_begin_a_book_at_once_share_it() -> None:
    bench = open_bench()
    shop = meddled(bench, {1: lambda: added(bench, 1)})

    await add_address(shop, CUSTOMER, saving(2))

    assert await lines(bench) == [("1", True), ("2", False)]


async def test_two_who_add_the_same_at_once_add_it_once() -> None:
    bench = open_bench()
    shop = meddled(bench, {1: lambda: added(bench, 1)})

    view = await add_address(shop, CUSTOMER, saving(1))

    assert (await list_addresses(bench.shop, CUSTOMER)).items == (view,)


async def test_an_address_is_changed_where_it_was_read() -> None:
    bench = open_bench()
    (one,) = await added(bench, 1)
    bench.clock.move(60)

    changed = await change_address(bench.shop, CUSTOMER, one.id, saving(2), frozenset({1}))

    assert (changed.id, changed.line1) == (one.id, "2 Main Street")
    assert (changed.created_at, changed.updated_at) == (one.created_at, bench.clock.now())
    assert changed.etag != one.etag


async def test_an_address_that_somebody_else_has_changed_is_left_alone() -> None:
    bench = open_bench()
    (one,) = await added(bench, 1)
    await change_address(bench.shop, CUSTOMER, one.id, saving(2), frozenset({1}))
    before = bench.state()

    with pytest.raises(PreconditionFailed):
        await change_address(bench.shop, CUSTOMER, one.id, saving(3), frozenset({1}))

    assert bench.state() == before


async def test_a_change_that_is_sent_again_is_the_same_change() -> None:
    bench = open_bench()
    (one,) = await added(bench, 1)
    first = await change_address(bench.shop, CUSTOMER, one.id, saving(2), frozenset({1}))
    before = bench.state()

    again = await change_address(bench.shop, CUSTOMER, one.id, saving(2), frozenset({1}))

    assert again == first
    assert bench.state() == before


async def test_of_two_changes_at_once_the_one_that_names_its_version_comes_too_late() -> None:
    bench = open_bench()
    (one,) = await added(bench, 1)

    async def meanwhile() -> None:
        await change_address(bench.shop, CUSTOMER, one.id, saving(2))

    shop = meddled(bench, {1: meanwhile})

    with pytest.raises(PreconditionFailed):
        await change_address(shop, CUSTOMER, one.id, saving(3), frozenset({1}))

    assert await lines(bench) == [("2", True)]


async def test_the_default_is_one_of_each_type() -> None:
    bench = open_bench()
    _, second = await added(bench, 1, 2)
    await added(bench, 3, type_="billing")

    preferred = await prefer_address(bench.shop, CUSTOMER, second.id)

    assert preferred.is_default
    assert await lines(bench) == [("2", True), ("1", False), ("3", True)]
    before = bench.state()
    assert await prefer_address(bench.shop, CUSTOMER, second.id) == preferred
    assert bench.state() == before


async def test_the_next_takes_the_place_of_a_default_that_is_removed() -> None:
    bench = open_bench()
    first, _ = await added(bench, 1, 2)

    await remove_address(bench.shop, CUSTOMER, first.id)

    assert await lines(bench) == [("2", True)]
    before = bench.state()
    with pytest.raises(AddressNotFound):
        await remove_address(bench.shop, CUSTOMER, first.id)
    assert bench.state() == before


@pytest.mark.parametrize("deed", range(3))
async def test_after_a_crash_the_same_request_does_it(deed: int) -> None:
    bench = open_bench()
    _, second = await added(bench, 1, 2)
    asked = every_deed(second.id)[deed]
    with pytest.raises(Crash):
        await asked(meddled(bench, {1: crash}), CUSTOMER)

    await asked(bench.shop, CUSTOMER)

    after = [[("1", True), ("3", False)], [("1", True)], [("2", True), ("1", False)]]
    assert await lines(bench) == after[deed]


async def test_a_shop_that_sends_nowhere_knows_no_country() -> None:
    check = await check_address(open_bench().shop, WrittenAddress(**ADDRESS.model_dump()))

    assert [(one.field, one.code) for one in check.problems] == [("country", "unknown")]
