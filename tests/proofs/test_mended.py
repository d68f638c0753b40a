"""Faults that the proofs have found, each as the one schedule that showed it."""

from typing import Any

import pytest

from domain.order import Order, OutOfStock
from tests.adapters.embedded.fixtures import finish
from tests.proofs import laws
from tests.proofs.crashes import hearing_act, run_on
from tests.proofs.steps import Driven
from tests.proofs.world import BUY, CLERK, World, clockwork, guest
from usecases.carting import AddItem, add_item
from usecases.commanding import cancel_order, look_again
from usecases.holding import free
from usecases.ordering import place_order

BUYER = guest("one")


def shop_with(**stock: int) -> World:
    """A world with so many pieces of each SKU, and one of each in the buyer's cart."""
    world = World()
    for sku, pieces in stock.items():
        world.offer(sku, pieces)
        world.fill_cart(BUYER, **{sku: 1})
    return world


def sell_out(world: World, sku: str) -> Order:
    """Somebody else takes a piece."""
    world.fill_cart(guest("two"), **{sku: 1})
    order_id = finish(place_order(world.shop("two"), guest("two"), BUY)).order_id
    order = finish(world.store.get(Order, order_id, "guest:two"))
    assert order is not None
    return order


def step_on(driven: Driven, *, until: str) -> None:
    """Let steps happen until the next one is the one that is named."""
    while driven.step is not None and not str(driven.step).startswith(until):
        driven.go_on(driven.step.happen())
    assert driven.step is not None, f"it never came to {until}"


def to_the_end(driven: Driven) -> Any:
    """Let all other steps happen; the value, or the error."""
    while driven.step is not None:
        driven.go_on(driven.step.happen())
    assert driven.outcome is not None
    return driven.outcome.error or driven.outcome.value


def test_only_the_missing_line_is_named_short() -> None:
    world = shop_with(mug=1, pen=1)
    sell_out(world, "pen")

    with pytest.raises(OutOfStock) as refused:
        finish(place_order(world.shop("one"), BUYER, BUY))

    assert [line["sku"] for line in refused.value.facts["lines"]] == ["pen"]


def test_a_second_request_never_places_a_rejected_order() -> None:
    world = shop_with(mug=1)
    taken = sell_out(world, "mug")
    first = Driven(place_order(world.stepped("first"), BUYER, BUY))
    step_on(first, until="store.get Orders/guest:one")
    first.go_on(first.step.happen()) if first.step else None
    first.go_on(first.step.happen()) if first.step else None
    finish(free(world.shop("clerk"), CLERK, taken))

    second = to_the_end(Driven(place_order(world.stepped("second"), BUYER, BUY)))

    to_the_end(first)
    assert isinstance(second, Exception)
    assert laws.stock_of(world, "mug") == (1, 1)
    laws.check_stock(world)
    assert [order["id"] for order in laws.placed(world)] == [taken.order_id]


def test_another_try_means_the_cart_that_the_request_first_read() -> None:
    world = shop_with(mug=1)
    world.offer("pen", 5)
    first = Driven(place_order(world.stepped("first"), BUYER, BUY))
    step_on(first, until="store.commit Cart/guest:one")
    ordered = finish(place_order(world.shop("second"), BUYER, BUY))
    pen = AddItem(product_id=world.documents("product")[1]["id"])
    finish(add_item(world.shop("one"), BUYER, pen))

    answer = to_the_end(first)

    assert answer.order_id == ordered.order_id
    assert len(laws.placed(world)) == 1


def cancelled_and_overdue() -> World:
    """A cancelled order whose participants have not answered, past its deadline."""
    world = shop_with(mug=1)
    order_id = finish(place_order(world.shop("one"), BUYER, BUY)).order_id
    run_on(world)
    finish(cancel_order(world.shop("one"), BUYER, order_id))
    finish(world.clock.move(301))
    return world


def test_an_overdue_deadline_outlives_the_words_that_come_late() -> None:
    world = cancelled_and_overdue()
    for group in ("inventory", "orders"):
        hub = "order-events" if group == "inventory" else "inventory-events"
        for delivery in world.hubs.unread(hub, group):
            finish(hearing_act(delivery).does(world, world.shop(group)))

    assert world.documents("order")[0]["facets"]["inventory"] == "released"
    assert world.documents("order")[0]["deadline"]["stage"] == "compensation"


def test_cancelling_again_past_the_deadline_answers_the_same_and_keeps_it() -> None:
    world = cancelled_and_overdue()
    order_id = world.documents("order")[0]["id"]

    answer = finish(cancel_order(world.shop("again"), BUYER, order_id))

    assert answer.status == "cancelling"
    assert "due" in world.documents("order")[0]
    assert finish(look_again(world.shop("watchdog"), clockwork("watchdog"))) == 1
