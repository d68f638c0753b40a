"""What people do with their wishlist."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.access import Caller, Role
from domain.product import Product, ProductNotFound, VariantNotFound, product_id, variant_id
from domain.wishlist import MOST_WISHES, Wish, Wishlist, WishlistFull, WishNotFound
from tests.usecases.catalog_shop import row
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import GUEST, STAFF, Bench, open_bench
from usecases import meter
from usecases.importing import import_catalogue
from usecases.wishlist import AddWish, WishView, add_wish, remove_wish, show_wishlist

CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)
OTHER = Caller(user_id="u-2", role=Role.CUSTOMER, trace=GUEST.trace)
MUG, SCARF = product_id("mug"), product_id("scarf")
RED, BLUE = variant_id(SCARF, "red"), variant_id(SCARF, "blue")


def scarf(*skus: str) -> str:
    """A scarf: the red one costs 30.00 and is sold out, the blue one 32.50."""
    whole = {
        "red": {"sku": "red", "name": "Red", "prices": {"USD": "30.00"}, "stock": 0},
        "blue": {"sku": "blue", "name": "Blue", "prices": {"USD": "32.50"}, "stock": 3},
    }
    return row("scarf", variants=[whole[sku] for sku in skus or whole])


async def opened(*more: str) -> Bench:
    """A shop that sells a mug and a scarf of two colours."""
    bench = open_bench()
    await sell(bench, row("mug"), scarf(), *more)
    return bench


async def sell(bench: Bench, *rows: str) -> None:
    report = await import_catalogue(bench.shop, STAFF, rows)
    assert report.refused == []
    ids = [product_id(json.loads(line)["slug"]) for line in rows]
    await bench.shop.cache.drop(*(f"product:{id}" for id in ids))


async def wished(bench: Bench, product: str, variant: str = "", who: Caller = CUSTOMER) -> Wish:
    return await add_wish(bench.shop, who, AddWish(product_id=product, variant_id=variant))


async def shown(bench: Bench, who: Caller = CUSTOMER) -> tuple[WishView, ...]:
    return (await show_wishlist(bench.shop, who)).items


async def test_a_wish_is_shown_at_todays_price_and_stock() -> None:
    bench = await opened()

    wish = await wished(bench, MUG)
    dearer = {"sku": "mug-sku", "prices": {"USD": "12.00"}}
    await sell(bench, row("mug", images=[{"url": "/mug.jpg"}], variants=[dearer]))

    assert wish.model_dump() == {
        "product_id": MUG,
        "variant_id": "",
        "name": "Mug",
        "added_at": bench.clock.now(),
    }
    (view,) = await shown(bench)
    assert view.model_dump() == {
        "product_id": MUG,
        "variant_id": "",
        "name": "Mug",
        "variant_name": "",
        "slug": "mug",
        "image_url": "/mug.jpg",
        "price": {"currency": "USD", "amount": 12.0, "compare_at": None, "tax_rate": 0.0},
        "is_sold": True,
        "in_stock": True,
        "added_at": bench.clock.now(),
    }


async def test_a_variant_is_shown_at_its_own_price_and_stock() -> None:
    bench = await opened()
    found = []
    for variant in ("", RED, BLUE):
        await wished(bench, "scarf", variant)
        (view,) = await shown(bench)
        assert view.price is not None
        found.append((view.variant_id, view.variant_name, view.price.amount, view.in_stock))

    assert found == [("", "", 30.0, True), (RED, "Red", 30.0, False), (BLUE, "Blue", 32.5, True)]


async def test_wishing_twice_is_one_wish() -> None:
    bench = await opened()
    first = await wished(bench, MUG)
    bench.clock.move(60)
    before = bench.state()

    assert await wished(bench, "mug") == first
    assert bench.state() == before


async def test_the_newest_wish_comes_first() -> None:
    bench = await opened()
    await wished(bench, MUG)
    await wished(bench, SCARF)

    assert [view.slug for view in await shown(bench)] == ["scarf", "mug"]


async def test_what_the_shop_sells_no_more_is_shown_as_gone_and_can_be_removed() -> None:
    bench = await opened()
    await wished(bench, SCARF, RED)
    await wished(bench, MUG)

    await sell(bench, row("mug", status="retired", name="Cup"), scarf("blue"))

    views = await shown(bench)
    assert [(one.name, one.price, one.is_sold, one.in_stock) for one in views] == [
        ("Mug", None, False, False),
        ("Scarf", None, False, False),
    ]
    for product in (MUG, SCARF):
        await remove_wish(bench.shop, CUSTOMER, product)
    assert await shown(bench) == ()


async def test_a_card_that_is_still_there_without_its_product_is_gone_too() -> None:
    bench = await opened()
    await wished(bench, SCARF, BLUE)
    await bench.shop.cache.drop(f"product:{SCARF}")
    shop = replace(bench.shop, store=Without(bench, Product))

    (view,) = (await show_wishlist(shop, CUSTOMER)).items

    assert (view.name, view.is_sold, view.price, view.in_stock) == ("Scarf", False, None, False)


class Without:
    """A store in which no document of a kind is found by its id."""

    def __init__(self, bench: Bench, kind: type) -> None:
        self._store, self._kind = bench.store, kind

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        return None if kind is self._kind else await self._store.get(kind, id, partition)

    async def find(self, kind: type[Any], query: Any) -> Any:
        return await self._store.find(kind, query)

    async def commit(self, change: Any) -> Any:
        raise AssertionError("nothing is written")


async def test_only_what_is_sold_can_be_wished_for() -> None:
    bench = await opened(row("draft", status="draft"))
    before = bench.state()

    for product in ("draft", "nothing", "~slug:mug", "a/b"):
        with pytest.raises(ProductNotFound):
            await wished(bench, product)
    with pytest.raises(VariantNotFound):
        await wished(bench, MUG, RED)

    assert bench.state() == before


async def test_each_person_has_a_list_of_their_own() -> None:
    bench = await opened()
    await wished(bench, MUG)
    before = bench.state()

    with pytest.raises(WishNotFound):
        await remove_wish(bench.shop, OTHER, MUG)

    assert bench.state() == before
    assert await shown(bench, OTHER) == ()


async def test_what_is_taken_off_is_not_there_the_second_time() -> None:
    bench = await opened()
    await wished(bench, MUG)
    await remove_wish(bench.shop, CUSTOMER, MUG)

    with pytest.raises(WishNotFound):
        await remove_wish(bench.shop, CUSTOMER, MUG)


async def full(bench: Bench, many: int) -> None:
    """Somebody who has wished for so many things already."""
    now = bench.clock.now()
    things = (Wish(product_id=f"p-{n}", name=f"Thing {n}", added_at=now) for n in range(many))
    await bench.put(Wishlist(user_id="u-1", wishes=tuple(things)))


async def test_two_sessions_with_the_last_place_make_no_fifty_first() -> None:
    bench = await opened()
    await full(bench, MOST_WISHES - 1)
    shop = meddled(bench, {1: lambda: wished(bench, MUG)})

    with pytest.raises(WishlistFull):
        await add_wish(shop, CUSTOMER, AddWish(product_id=SCARF))

    (wishlist,) = bench.documents(Wishlist)
    assert (len(wishlist.wishes), wishlist.wishes[0].product_id) == (50, MUG)


@pytest.mark.parametrize("begins", [True, False])
async def test_two_sessions_at_once_lose_no_wish(begins: bool) -> None:
    bench = await opened()
    if not begins:
        await full(bench, 1)
    shop = meddled(bench, {1: lambda: wished(bench, MUG)})

    await add_wish(shop, CUSTOMER, AddWish(product_id=SCARF))

    assert [view.product_id for view in await shown(bench)][:2] == [SCARF, MUG]


async def test_two_sessions_that_wish_for_the_same_wish_once() -> None:
    bench = await opened()
    shop = meddled(bench, {1: lambda: wished(bench, MUG)})

    await add_wish(shop, CUSTOMER, AddWish(product_id="mug"))

    assert [view.product_id for view in await shown(bench)] == [MUG]


async def test_what_another_session_adds_stays_while_something_is_taken_off() -> None:
    bench = await opened()
    await wished(bench, MUG)
    deeds: dict[int, Callable[[], Awaitable[object]]] = {1: lambda: wished(bench, SCARF)}

    await remove_wish(meddled(bench, deeds), CUSTOMER, MUG)

    assert [view.product_id for view in await shown(bench)] == [SCARF]


async def test_what_the_longest_list_costs_is_bounded() -> None:
    rows = [row(f"thing-{n}") for n in range(MOST_WISHES)]
    bench = await opened(*rows)
    for n in range(MOST_WISHES):
        id = product_id(f"thing-{n}")
        await wished(bench, id, variant_id(id, f"thing-{n}-sku") if n % 2 else "")
        await bench.shop.cache.drop(f"product:{id}")

    costs = []
    for _ in range(2):
        counted = meter.begin()
        assert len(await shown(bench)) == MOST_WISHES
        costs.append(counted.operations)

    # the list and its cards; of 25 variants pointer, product and stock, and then the stock alone
    assert costs == [2 + 25 * 3, 2 + 25]
