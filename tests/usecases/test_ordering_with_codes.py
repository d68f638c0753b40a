"""Placing an order with promo codes."""

from datetime import timedelta
from typing import Any

import pytest

from domain.cart import CART_ID, Cart
from domain.errors import Refusal
from domain.order import Order
from domain.pricing import PriceChanged, TotalTooSmall
from domain.promotion import PROMOTION_ID, PromoExpired, Promotion, PromoUnknown, PromoUsedUp
from domain.redemption import CustomerUses
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
    paid,
    placed,
    promotes,
    sells,
    type_code,
    uses,
)
from usecases.commanding import cancel_order
from usecases.ordering import PlaceOrder, place_order
from usecases.quoting import ValidateCheckout, validate_checkout

OTHER = guest("g-2")


async def a_cart(**terms: Any) -> Bench:
    """Two mugs and a cup with a code of ten percent, or of these terms, on the cart."""
    bench = open_bench()
    await sells(bench, "MUG", 10, 1000)
    await sells(bench, "CUP", 10, 250)
    await fill_cart(bench, MUG=2, CUP=1)
    await promotes(bench, "TEN", **terms)
    await type_code(bench, "TEN")
    return bench


async def take_last_use(bench: Bench) -> None:
    """Somebody else orders with the code first."""
    await fill_cart(bench, OTHER, MUG=1)
    await type_code(bench, "TEN", OTHER)
    await place_order(bench.shop, OTHER, order_command(email="other@example.com"))


async def refused(bench: Bench, kind: type[Refusal], command: PlaceOrder | None = None) -> Refusal:
    with pytest.raises(kind) as refusal:
        await place_order(bench.shop, GUEST, command or order_command())
    return refusal.value


async def test_an_order_costs_what_was_quoted_and_takes_one_use() -> None:
    bench = await a_cart(limit=3, per_customer=1)
    quote = await validate_checkout(bench.shop, GUEST, ValidateCheckout(shipping_address=ADDRESS))

    view = await place_order(bench.shop, GUEST, order_command(expected_total=27.66))

    assert view.totals == quote.totals
    assert view.totals.model_dump(mode="json") == {
        "currency": "USD",
        "subtotal": 22.5,
        "discount": 2.25,
        "shipping": 5.99,
        "tax": 1.42,
        "total": 27.66,
    }
    assert view.promo_codes == ("TEN",)
    assert {line.sku: line.discount.amount_minor for line in view.items if line.discount} == {
        "CUP": 25,
        "MUG": 200,
    }
    assert await uses(bench, "TEN") == (2, {view.order_id: "taken"})


async def test_the_event_tells_codes_and_discount() -> None:
    bench = await a_cart()

    await placed(bench)

    (created,) = [event for event in bench.hubs.events if event.event_type == "OrderCreated"]
    assert created.data["promo_codes"] == ["TEN"]
    assert created.data["totals"]["discount"] == 2.25


async def test_the_total_that_was_shown_guards_the_discount_too() -> None:
    bench = await a_cart()

    refusal = await refused(bench, PriceChanged, order_command(expected_total=30.07))

    assert refusal.facts == {"total": 27.66, "currency": "USD"}


async def test_a_code_that_was_used_up_meanwhile_is_named_and_everything_is_free_again() -> None:
    bench = await a_cart(limit=1)
    await take_last_use(bench)
    taken = await uses(bench, "TEN")

    refusal = await refused(bench, PromoUsedUp)

    assert refusal.facts == {"promo_code": "TEN"}
    assert await bench.stock("MUG") == (10, 9)
    assert await bench.stock("CUP") == (10, 10)
    left, by_order = await uses(bench, "TEN")
    assert (left, sorted(by_order.values())) == (0, ["freed", "taken"])
    assert taken[1].items() < by_order.items()
    (rejected,) = [one for one in bench.documents(Order) if one.status == "rejected"]
    assert (rejected.used_up, rejected.short, rejected.due) == (("TEN",), (), None)
    cart = await bench.store.get(Cart, CART_ID, GUEST.user_id)
    assert cart is not None
    assert (cart.claim, cart.attempt, cart.promo_codes) == (None, 1, ("TEN",))


async def test_without_the_code_the_same_cart_can_be_ordered() -> None:
    bench = await a_cart(limit=1)
    await take_last_use(bench)
    await refused(bench, PromoUsedUp)
    cart = await bench.store.get(Cart, CART_ID, GUEST.user_id)
    assert cart is not None
    await bench.put(cart.without_code("TEN", NOON))

    view = await place_order(bench.shop, GUEST, order_command())

    assert (view.totals.total.amount_minor, view.promo_codes) == (3007, ())


async def test_a_customer_who_has_used_a_code_up_is_told_at_the_latest_now() -> None:
    bench = await a_cart(per_customer=1)
    await take_last_use(bench)
    await place_order(bench.shop, GUEST, order_command(email="buyer@example.com"))
    again = guest("g-3")
    await fill_cart(bench, again, MUG=1)
    await type_code(bench, "TEN", again)

    with pytest.raises(PromoUsedUp):
        await place_order(bench.shop, again, order_command(email="Buyer@Example.com"))
    assert await bench.stock("MUG") == (10, 7)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"active": False}, PromoUnknown), ({"ends_at": NOON}, PromoExpired)],
)
async def test_a_code_that_does_not_hold_any_more_is_refused_before_anything_is_written(
    changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    bench = await a_cart()
    promotion = await bench.store.get(Promotion, PROMOTION_ID, "TEN")
    assert promotion is not None
    await bench.put(promotion.but(**changes))
    before = bench.state()

    assert (await refused(bench, refusal)).facts == {"promo_code": "TEN"}
    assert bench.state() == before


async def test_a_code_that_saves_nothing_is_not_used() -> None:
    bench = await a_cart()
    await promotes(bench, "SHIP", free_shipping=True, limit=1)
    await type_code(bench, "SHIP")

    view = await place_order(bench.shop, GUEST, order_command(shipping_method="express"))

    assert (view.promo_codes, view.totals.shipping.amount_minor) == (("TEN",), 1499)
    assert await uses(bench, "SHIP") == (1, {})


async def test_a_code_for_free_shipping_is_used_where_shipping_costs() -> None:
    bench = await a_cart(limit=1)
    await promotes(bench, "SHIP", free_shipping=True, limit=1)
    await type_code(bench, "SHIP")

    view = await place_order(bench.shop, GUEST, order_command())

    assert (view.promo_codes, view.totals.shipping.amount_minor) == (("SHIP", "TEN"), 0)
    assert await uses(bench, "SHIP") == (0, {view.order_id: "taken"})
    assert await uses(bench, "TEN") == (0, {view.order_id: "taken"})


async def test_what_no_card_takes_is_not_ordered() -> None:
    bench = await a_cart(percent=100)
    await promotes(bench, "SHIP", free_shipping=True)
    await type_code(bench, "SHIP")

    assert (await refused(bench, TotalTooSmall)).facts == {"least": 0.5, "currency": "USD"}


async def test_the_same_request_again_answers_the_same_order() -> None:
    bench = await a_cart(limit=1)
    view = await place_order(bench.shop, GUEST, order_command())

    assert await place_order(bench.shop, GUEST, order_command()) == view
    assert await uses(bench, "TEN") == (0, {view.order_id: "taken"})


async def test_a_cancelled_order_gives_its_use_back() -> None:
    bench = await a_cart(limit=1, per_customer=1)
    view = await place_order(bench.shop, GUEST, order_command())
    await carry_on(bench)

    await cancel_order(bench.shop, GUEST, view.order_id)
    await carry_on(bench)

    assert (await bench.order(view.order_id)).status == "cancelled"
    assert await uses(bench, "TEN") == (1, {view.order_id: "freed"})


async def test_a_paid_order_keeps_its_use_and_pays_the_discounted_total() -> None:
    bench = await a_cart(limit=1)
    view = await place_order(bench.shop, GUEST, order_command())
    await paid(bench, view)
    await carry_on(bench)

    assert await uses(bench, "TEN") == (0, {view.order_id: "taken"})
    assert view.totals.total.amount_minor == 2766


async def test_a_code_that_ends_after_it_was_ordered_with_still_counts() -> None:
    bench = await a_cart(ends_at=NOON + timedelta(seconds=1))
    view = await place_order(bench.shop, GUEST, order_command())
    bench.clock.move(10)

    assert await place_order(bench.shop, GUEST, order_command()) == view


async def test_when_one_of_two_codes_is_used_up_the_other_one_is_given_back() -> None:
    bench = await a_cart(limit=1)
    await promotes(bench, "FIVE", amount_off=5, limit=1, per_customer=1)
    await type_code(bench, "FIVE")
    await take_last_use(bench)

    refusal = await refused(bench, PromoUsedUp)

    assert refusal.facts == {"promo_code": "TEN"}
    left, by_order = await uses(bench, "FIVE")
    assert (left, list(by_order.values())) == (1, ["freed"])
    assert [counter.left for counter in bench.documents(CustomerUses)] == [1]
