"""Finding orders, and who may see one."""

import pytest

from domain.order import OrderNotFound, OrderPointer
from tests.usecases.shop_fixtures import (
    GUEST,
    NOBODY,
    STAFF,
    Bench,
    fill_cart,
    guest,
    open_bench,
    order_command,
    sells,
)
from usecases.ordering import place_order
from usecases.orders import OrderView, find_order, order_of, own_order, view_of, visible_order


async def an_order(email: str = "Buyer@Example.com") -> tuple[Bench, OrderView]:
    bench = open_bench()
    await sells(bench, "MUG", 10)
    await fill_cart(bench, MUG=2)
    return bench, await place_order(bench.shop, GUEST, order_command(email=email))


async def test_an_order_is_found_by_id_and_by_number_as_people_type_it() -> None:
    bench, view = await an_order()

    for text in (view.order_id, view.order_number, view.order_number.lower().replace("-", " ")):
        assert view_of(await find_order(bench.shop, text)) == view
        assert view_of(await own_order(bench.shop, GUEST, text)) == view


async def test_what_is_not_there_is_not_found() -> None:
    bench, _ = await an_order()

    for text in ("", "x", "7K3MPX9QW2ZD"):
        for call in (find_order(bench.shop, text), own_order(bench.shop, GUEST, text)):
            with pytest.raises(OrderNotFound):
                await call
    with pytest.raises(OrderNotFound):
        await order_of(bench.shop, GUEST.user_id, "7K3MPX9QW2ZD")


async def test_a_pointer_without_its_order_finds_nothing() -> None:
    bench, _ = await an_order()
    await bench.put(OrderPointer(id="~7K3MPX9QW2ZD", user_id="~7K3MPX9QW2ZD", owner="g-9"))

    with pytest.raises(OrderNotFound):
        await find_order(bench.shop, "7K3MPX9QW2ZD")


async def test_an_order_is_not_anothers_own() -> None:
    bench, view = await an_order()

    with pytest.raises(OrderNotFound):
        await own_order(bench.shop, guest("g-2"), view.order_id)
    with pytest.raises(OrderNotFound):
        await own_order(bench.shop, STAFF, view.order_id)


async def test_owner_and_staff_see_an_order() -> None:
    bench, view = await an_order()

    for caller in (GUEST, STAFF):
        assert view_of(await visible_order(bench.shop, caller, view.order_id)) == view


@pytest.mark.parametrize(
    ("email", "typed"),
    [
        ("Buyer@Example.com", "buyer@example.com"),
        ("Buyer@Example.com", "  BUYER@EXAMPLE.COM "),
        ("straße@müller.de", "STRASSE@MÜLLER.DE"),
        ("用户@例子.公司", "用户@例子.公司"),
    ],
)
async def test_who_knows_the_mail_address_sees_the_order(email: str, typed: str) -> None:
    bench, view = await an_order(email)

    assert view_of(await visible_order(bench.shop, NOBODY, view.order_number, typed)) == view


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "buyer@example.co",
        "other@example.com",
        "@",
        "\N{CYRILLIC SMALL LETTER A}da@example.com",
    ],
)
async def test_wrong_mail_address_and_absent_order_look_the_same(typed: str) -> None:
    bench, view = await an_order()
    facts = []

    for text in (view.order_id, "7K3MPX9QW2ZD"):
        for caller in (NOBODY, guest("g-2")):
            with pytest.raises(OrderNotFound) as refusal:
                await visible_order(bench.shop, caller, text, typed)
            facts.append((str(refusal.value), refusal.value.facts == {"order_id": text}))

    assert set(facts) == {("There is no such order, or it is not yours.", True)}


@pytest.mark.parametrize("typed", ["", " "])
async def test_an_order_whose_mail_address_was_erased_is_known_to_nobody(typed: str) -> None:
    bench, view = await an_order()
    await bench.put((await bench.order(view.order_id)).but(email=""))

    with pytest.raises(OrderNotFound):
        await visible_order(bench.shop, NOBODY, view.order_id, typed)


async def test_what_is_only_the_shops_is_not_shown() -> None:
    _, view = await an_order()

    shown = view.model_dump(mode="json")

    assert {"facets", "deadline", "due", "sequence", "cart_uuid", "audit_head"}.isdisjoint(shown)
    assert shown["items"][0]["line_total"] == 20.0
