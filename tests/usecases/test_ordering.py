"""Placing an order."""

import pytest
from pydantic import ValidationError

from domain.cart import CART_ID, Cart, CartEmpty
from domain.errors import Refusal
from domain.hold import Hold
from domain.money import Money
from domain.order import (
    OrderPointer,
    OutOfStock,
    order_id_of,
    pointer_key,
)
from domain.pricing import MOST_TOTAL_MINOR, PriceChanged, TotalTooLarge
from domain.product import Price
from domain.shipping import CannotShipThere
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.shop_fixtures import (
    ADDRESS,
    GUEST,
    Bench,
    carry_on,
    fill_cart,
    guest,
    open_bench,
    order_command,
    placed,
    reprice,
    sells,
)
from usecases.commanding import cancel_order
from usecases.ordering import CartMismatch, EmailNeeded, PlaceOrder, place_order
from usecases.quoting import NotSold

ABROAD = ADDRESS.model_copy(update={"country": "DE", "state": ""})


async def a_shop(mugs: int = 10, cups: int = 10) -> Bench:
    bench = open_bench()
    await sells(bench, "MUG", mugs, 1000)
    await sells(bench, "CUP", cups, 250)
    return bench


async def cart_of(bench: Bench, user_id: str = GUEST.user_id) -> Cart:
    cart = await bench.store.get(Cart, CART_ID, user_id)
    assert cart is not None
    return cart


async def refused(bench: Bench, kind: type[Refusal], command: PlaceOrder) -> Refusal:
    """The refusal of the order, after which nothing has changed."""
    before = bench.state()
    with pytest.raises(kind) as refusal:
        await place_order(bench.shop, GUEST, command)
    assert bench.state() == before
    return refusal.value


async def test_a_cart_becomes_an_order_with_every_piece_held() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2, CUP=1)
    cart = await cart_of(bench)

    view = await place_order(bench.shop, GUEST, order_command(payment_method="paypal"))

    assert view.order_id == order_id_of(b"k" * 32, cart.uuid, 0)
    assert view.order_number == "HPH-2026-" + "-".join(
        view.order_id[start : start + 4] for start in (0, 4, 8)
    )
    assert (view.status, view.payment_status, view.fulfillment_status) == (
        "pending",
        "pending",
        "pending",
    )
    assert [(line.sku, line.quantity) for line in view.items] == [("CUP", 1), ("MUG", 2)]
    assert view.totals.total.amount_minor == 3007
    assert (view.email, view.payment.method, view.shipping.method) == (
        "buyer@example.com",
        "paypal",
        "standard",
    )
    assert (await bench.stock("MUG"), await bench.stock("CUP")) == ((10, 8), (10, 9))
    assert await bench.hold(view.order_id, "MUG") == "held"


async def test_the_order_is_told_once_with_all_that_agents_need() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    (event,) = bench.hubs.events

    assert (event.event_type, event.subject, event.sequence) == ("OrderCreated", view.order_id, 1)
    assert event.correlation_id == "c-g-1"
    assert event.data["totals"]["total"] == 27.39  # 20.00 + 5.99 + 1.40
    order = await bench.order(view.order_id)
    assert (order.sequence, order.cart_uuid) == (1, order.cart_uuid)
    assert order.deadline is not None
    assert (order.deadline.stage, (order.deadline.at - NOON).total_seconds()) == ("inventory", 60)


async def test_after_an_order_the_cart_is_another_empty_one() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    before = await cart_of(bench)

    view = await place_order(bench.shop, GUEST, order_command())

    after = await cart_of(bench)
    assert (after.items, after.attempt, after.claim) == ((), 0, None)
    assert after.uuid != before.uuid
    assert after.previous is not None
    assert (after.previous.order_id, after.previous_uuid) == (view.order_id, before.uuid)


async def test_the_pointer_finds_the_order_by_its_id() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)

    key = pointer_key(view.order_id)
    pointer = await bench.store.get(OrderPointer, key, key)

    assert pointer is not None
    assert pointer.owner == "guest:g-1"


async def test_the_same_request_again_is_answered_with_the_same_order() -> None:
    bench = await a_shop()
    view = await placed(bench, MUG=2)
    before = bench.state()

    assert await place_order(bench.shop, GUEST, order_command()) == view
    assert bench.state() == before


async def test_a_cart_named_is_its_order_for_ever_one_unnamed_for_ten_minutes() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    uuid = (await cart_of(bench)).uuid
    view = await place_order(bench.shop, GUEST, order_command())

    bench.clock.move(600)
    assert await place_order(bench.shop, GUEST, order_command()) == view
    bench.clock.move(1)
    await refused(bench, CartEmpty, order_command())
    assert await place_order(bench.shop, GUEST, order_command(cart_id=uuid)) == view


async def test_a_new_cart_is_a_new_order() -> None:
    bench = await a_shop()
    first = await placed(bench, MUG=2)

    second = await placed(bench, MUG=2)

    assert second.order_id != first.order_id
    assert await bench.stock("MUG") == (10, 6)


async def test_nothing_comes_of_an_empty_cart() -> None:
    bench = await a_shop()

    await refused(bench, CartEmpty, order_command())


async def test_the_cart_named_must_be_the_callers_present_one() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    await fill_cart(bench, guest("g-2"), MUG=1)
    other = (await cart_of(bench, "guest:g-2")).uuid

    refusal = await refused(bench, CartMismatch, order_command(cart_id=other))

    assert refusal.facts == {"cart_id": (await cart_of(bench)).uuid}


async def test_a_guest_must_leave_an_address_for_mail() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)

    await refused(bench, EmailNeeded, order_command(email=None))


@pytest.mark.parametrize("email", ["a@b.c", "zoë@müller.example", "用户@例子.公司", " a@b.co "])
def test_addresses_for_mail_may_be_of_any_script(email: str) -> None:
    assert order_command(email=email).email == email.strip()


@pytest.mark.parametrize(
    "email", ["", "a", "a@b", "@b.c", "a b@c.d", "a@b.c\nd@e.f", "a@@b.c", "a" * 250 + "@b.co"]
)
def test_what_is_no_address_for_mail_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        order_command(email=email)


@pytest.mark.parametrize("total", [-0.01, 1e10, float("nan"), float("inf"), "x"])
def test_an_expected_total_is_an_amount(total: object) -> None:
    with pytest.raises(ValidationError):
        order_command(expected_total=total)


async def test_the_total_that_was_shown_is_what_is_paid() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2, CUP=1)

    for total in (30.06, 30.08, 30.071, 0):
        refusal = await refused(bench, PriceChanged, order_command(expected_total=total))
        assert refusal.facts == {"total": 30.07, "currency": "USD"}
    view = await place_order(bench.shop, GUEST, order_command(expected_total=30.07))
    assert view.totals.total.amount_minor == 3007


async def test_a_price_that_changed_since_the_cart_is_shown_first() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)
    await reprice(bench, "MUG", price=Price(currency="USD", amount=Money(1200, "USD")))

    refusal = await refused(bench, PriceChanged, order_command())
    assert refusal.facts == {"total": 31.67, "currency": "USD"}  # 24.00 + 5.99 + 1.68
    view = await place_order(bench.shop, GUEST, order_command(expected_total=31.67))
    assert view.items[0].unit_price.amount_minor == 1200


async def test_what_is_no_longer_sold_is_not_ordered() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2, CUP=1)
    await reprice(bench, "CUP", status="retired")

    refusal = await refused(bench, NotSold, order_command())

    assert refusal.facts == {"skus": ["CUP"]}


async def test_where_no_carrier_goes_nothing_is_ordered() -> None:
    bench = await a_shop()
    await fill_cart(bench, MUG=2)

    await refused(
        bench,
        CannotShipThere,
        order_command(shipping_address=ABROAD, shipping_method="overnight"),
    )


async def test_what_no_card_can_pay_is_not_ordered() -> None:
    bench = open_bench()
    await sells(bench, "YACHT", 10, MOST_TOTAL_MINOR)
    await fill_cart(bench, YACHT=1)

    refusal = await refused(bench, TotalTooLarge, order_command())

    assert refusal.facts == {"limit": 999_999.99, "currency": "USD"}


@pytest.mark.parametrize(
    ("currency", "unit", "total"),
    [("JPY", 1000, 2739), ("KWD", 1000, 2.739), ("EUR", 1000, 27.39)],
)
async def test_an_order_may_be_in_any_currency(currency: str, unit: int, total: float) -> None:
    bench = open_bench(currency=currency)
    await sells(bench, "MUG", 10, unit)

    view = await placed(bench, MUG=2)

    assert view.totals.model_dump(mode="json")["total"] == total
    assert view.totals.total.amount_minor == 2739
    await fill_cart(bench, MUG=2)
    again = await place_order(bench.shop, GUEST, order_command(expected_total=total))
    assert again.totals == view.totals


async def test_an_order_of_a_hundred_lines_fits_into_its_batches() -> None:
    bench = open_bench()
    skus = [f"S{number:03}" for number in range(100)]
    for sku in skus:
        await sells(bench, sku, 1000, 10)
    await fill_cart(bench, GUEST, **dict.fromkeys(skus, 999))

    view = await place_order(bench.shop, GUEST, order_command())

    assert [line.sku for line in view.items] == skus
    assert view.totals.subtotal.amount_minor == 100 * 999 * 10
    assert {await bench.stock(sku) for sku in skus} == {(1000, 1)}
    assert len(bench.documents(Hold)) == 100


async def test_short_lines_are_named_and_nothing_stays_held() -> None:
    bench = await a_shop(mugs=2, cups=2)
    await fill_cart(bench, MUG=2, CUP=2)
    await placed(bench, guest("g-2"), MUG=1)
    stock, cart = await bench.stock("CUP"), await cart_of(bench)

    with pytest.raises(OutOfStock) as refusal:
        await place_order(bench.shop, GUEST, order_command())

    assert refusal.value.facts == {
        "lines": [{"sku": "MUG", "product_id": "p-MUG", "requested": 2, "available": 1}]
    }
    assert (await bench.stock("CUP"), await bench.stock("MUG")) == (stock, (2, 1))
    after = await cart_of(bench)
    assert (after.claim, after.attempt, after.items) == (None, 1, cart.items)
    order = await bench.order(order_id_of(b"k" * 32, cart.uuid, 0))
    assert (order.status, [line.sku for line in order.short]) == ("rejected", ["MUG"])
    assert (order.deadline, order.due) == (None, None)
    assert "OrderCreated" not in [
        e.event_type for e in bench.hubs.events if e.subject == order.order_id
    ]


async def test_a_line_that_the_order_itself_holds_is_not_called_short() -> None:
    bench = await a_shop(mugs=1, cups=1)
    await fill_cart(bench, MUG=1, CUP=1)
    await placed(bench, guest("g-2"), MUG=1)

    with pytest.raises(OutOfStock) as refusal:
        await place_order(bench.shop, GUEST, order_command())

    assert [line["sku"] for line in refusal.value.facts["lines"]] == ["MUG"]


async def test_after_a_refusal_the_next_attempt_has_another_id_and_may_succeed() -> None:
    bench = await a_shop(mugs=2)
    await fill_cart(bench, MUG=2)
    uuid = (await cart_of(bench)).uuid
    other = await placed(bench, guest("g-2"), MUG=1)
    with pytest.raises(OutOfStock):
        await place_order(bench.shop, GUEST, order_command())

    await cancel_order(bench.shop, guest("g-2"), other.order_id)
    await carry_on(bench)
    view = await place_order(bench.shop, GUEST, order_command())

    assert view.order_id == order_id_of(b"k" * 32, uuid, 1)
    assert await bench.stock("MUG") == (2, 0)
