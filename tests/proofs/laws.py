"""What must hold in the shop at every moment, and when nothing moves any more."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from adapters.embedded.cards import INTENTS
from adapters.embedded.carriers import PARCELS
from domain.order import REJECTED
from domain.shipment import shipment_id
from tests.proofs.world import World

ENDED = ("cancelled", "payment_failed")


def always(world: World) -> None:
    """The laws of every moment."""
    check_stock(world)
    check_uses(world)
    check_orders(world)
    check_money(world)
    check_labels(world)
    check_no_ghosts(world)


def check_stock(world: World) -> None:
    """Never oversold, and every piece is either available or held by exactly one hold."""
    held: Counter[str] = Counter()
    for hold in world.documents("hold"):
        if hold["state"] == "held":
            held[hold["sku"]] += hold["quantity"]
    for stock in world.documents("stock"):
        told = f"{stock['sku']}: {stock['available']} available, {stock['on_hand']} on hand"
        assert stock["available"] >= 0, f"oversold: {told}"
        assert stock["on_hand"] == stock["available"] + held[stock["sku"]], (
            f"pieces lost or made up: {told}, {held[stock['sku']]} held"
        )


def check_uses(world: World) -> None:
    """No code is used more often than it may be, by all or by one, and every use is counted once."""
    taken = [use for use in world.documents("promotion-use") if use["state"] == "taken"]
    by_code = Counter(use["code"] for use in taken)
    by_customer = Counter((use["code"], use.get("customer")) for use in taken)
    for promotion in world.documents("promotion"):
        code, limit = promotion["code"], promotion.get("limit")
        if limit is not None:
            told = f"{code}: {promotion['left']} of {limit} left, {by_code[code]} taken"
            assert promotion["left"] >= 0, f"used too often: {told}"
            assert promotion["left"] + by_code[code] == limit, f"uses lost or made up: {told}"
    each = {one["code"]: one.get("per_customer") for one in world.documents("promotion")}
    for counter in world.documents("customer-uses"):
        used = by_customer[counter["code"], counter["id"]]
        told = f"{counter['code']}: {counter['left']} left for a customer, {used} taken"
        assert counter["left"] >= 0, f"used too often by one: {told}"
        assert counter["left"] + used == each[counter["code"]], f"uses lost or made up: {told}"


def check_used_by(world: World, users: Iterable[str]) -> None:
    """At rest: of the orders that there are these, and no others, hold a use of each of their codes."""
    orders = {order["id"]: order for order in world.documents("order")}
    wanted = {
        (id, applied["code"])
        for id in set(users) & orders.keys()
        for applied in orders[id]["promotions"]
    }
    uses = [use for use in world.documents("promotion-use") if use["order_id"] in orders]
    found = {(use["order_id"], use["code"]) for use in uses if use["state"] == "taken"}
    assert found == wanted, f"uses {found}, wanted {wanted}"


def check_orders(world: World, *, besides: Iterable[str] = ()) -> None:
    """A cart is one order at most, and a placed order that nothing has happened to holds every line.

    ``besides`` are orders whose stock a test has freed behind their back.
    """
    orders = world.documents("order")
    carts = Counter(order["cart_uuid"] for order in orders if order["status"] != REJECTED)
    assert all(count == 1 for count in carts.values()), "one cart became two orders"
    words = {(word["order_id"], word["participant"]) for word in world.documents("word")}
    holds = {(hold["order_id"], hold["sku"]): hold for hold in world.documents("hold")}
    for order in orders:
        is_untouched = order["status"] == "pending" and (order["id"], "inventory") not in words
        if is_untouched and order["id"] not in besides:
            assert all(_is_held(order, line, holds) for line in order["items"]), (
                f"{order['id']} is placed and does not hold every line"
            )


def check_money(world: World) -> None:
    """An order is charged once at most, never more than it costs, and never refunded more than that."""
    paid: Counter[str] = Counter()
    totals = {order["id"]: order["totals"]["total"] for order in world.documents("order")}
    for intent in intents(world):
        order_id, captured = intent["metadata"]["order_id"], intent["captured_minor"]
        paid[order_id] += captured > 0
        assert captured <= round(totals[order_id] * 100), f"{order_id} was charged too much"
        assert intent["refunded_minor"] <= captured, f"{order_id} was refunded too much"
    assert all(count <= 1 for count in paid.values()), "an order was charged twice"
    entries = Counter((entry["order_id"], entry["move"]) for entry in world.documents("ledger"))
    assert all(count == 1 for count in entries.values()), "the ledger tells a movement twice"


def check_labels(world: World) -> None:
    """One label is bought for a parcel at most, of the service that was decided on before it was asked for."""
    bought = Counter(parcel["shipment_id"] for parcel in world.records(PARCELS))
    assert all(count == 1 for count in bought.values()), "a parcel has two labels"
    wishes = [wish for wish in world.documents("label-wish") if wish["asked"]]
    wished = {shipment_id(wish["order_id"]): wish["service"] for wish in wishes}
    for parcel in world.records(PARCELS):
        service = {"carrier": parcel["carrier"], "level": parcel["service_level"]}
        assert wished[parcel["shipment_id"]] == service, "another carrier than decided"


def check_no_ghosts(world: World) -> None:
    """Every published event has a commit."""
    assert world.hubs.published() <= committed(world), "an event was published without a commit"


def check_told(world: World) -> None:
    """At rest: every commit's events were published, and the outbox is empty."""
    assert committed(world) == world.hubs.published(), "a committed event was never published"
    unsent = [out["id"] for out in world.documents("outbox") if "sent_at" not in out]
    assert not unsent, f"still in the outbox: {unsent}"


def check_nothing_held(world: World, *, besides: Iterable[str] = ()) -> None:
    """Only these orders hold anything."""
    holders = {hold["order_id"] for hold in world.documents("hold") if hold["state"] == "held"}
    assert holders <= set(besides), f"held by no order: {holders - set(besides)}"


def committed(world: World) -> set[str]:
    """The ids of all events that follow from a commit."""
    outboxes = world.documents("outbox")
    return {event["event_id"] for out in outboxes for event in out["events"]}


def placed(world: World) -> list[dict[str, Any]]:
    """The orders that the shop has promised to deliver, also those that were ended since."""
    return [order for order in world.documents("order") if "facets" in order]


def stock_of(world: World, sku: str) -> tuple[int, int]:
    """The available pieces and those on hand."""
    stock = next(stock for stock in world.documents("stock") if stock["sku"] == sku)
    return stock["available"], stock["on_hand"]


def live_labels(world: World) -> int:
    """Labels that were bought and not given back."""
    return sum(parcel["voided_at"] is None for parcel in world.records(PARCELS))


def intents(world: World) -> list[dict[str, Any]]:
    """The card network's own records."""
    return world.records(INTENTS)


def _is_held(order: dict[str, Any], line: dict[str, Any], holds: dict[Any, Any]) -> bool:
    hold = holds.get((order["id"], line["sku"]))
    return hold is not None and hold["state"] == "held" and hold["quantity"] == line["quantity"]
