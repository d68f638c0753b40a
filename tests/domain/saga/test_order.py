"""What the table of docs/saga.md leaves to the facets, case by case."""

from dataclasses import replace

import pytest

from domain.events import event_id
from domain.saga import (
    Arm,
    Decision,
    Disarm,
    Facets,
    Inventory,
    Limits,
    Payment,
    Publish,
    Reject,
    Shipment,
    Signal,
    decide,
    timer,
)

PAID = Facets(Inventory.RESERVED, Payment.CAPTURED)
SHIPPED = replace(PAID, shipment=Shipment.SHIPPED)
IN_TRANSIT = Signal("ShipmentStatusUpdated", "e", status="in_transit")
LOST = Signal("ShipmentStatusUpdated", "e", status="failed")
DELIVERED = Signal("DeliveryCompleted", "e", status="delivered")


def said(event_type: str, cause: str, hub: str = "order-events") -> Publish:
    return Publish(hub, event_type, event_id("orders", cause, event_type))


def updated(status: str, cause: str = "e") -> Publish:
    return replace(said("OrderUpdated", cause), status=status)


def cancelled(reason: str, cause: str = "e", *, restock: bool = True) -> Publish:
    return replace(said("OrderCancelled", cause), reason=reason, restock=restock)


def ticket(reason: str, cause: str = "e") -> Publish:
    return replace(said("TicketCreated", cause, "support-events"), ticket=reason)


def test_placing_an_order_asks_inventory_and_sets_the_first_deadline() -> None:
    decision = decide(None, Signal("PlaceOrder", "p"))

    assert decision == Decision(Facets(), (said("OrderCreated", "p"), Arm("inventory", 0)))


def test_placing_it_again_changes_nothing() -> None:
    assert decide(PAID, Signal("PlaceOrder", "p")) == Decision(PAID)


@pytest.mark.parametrize("event_type", ["InventoryReserved", "Timer", "Unheard"])
def test_without_an_order_a_signal_is_told_so(event_type: str) -> None:
    assert decide(None, Signal(event_type, "e")) == Decision(None, (Reject("unknown_order"),))


def test_words_that_come_early_count_when_their_turn_comes() -> None:
    paid_early = decide(Facets(), Signal("PaymentProcessed", "a")).facets
    labelled_early = decide(paid_early, Signal("ShipmentScheduled", "b"))

    decision = decide(labelled_early.facets, Signal("InventoryReserved", "c"))

    assert labelled_early == Decision(
        Facets(payment=Payment.CAPTURED, shipment=Shipment.SCHEDULED), ()
    )
    after = replace(PAID, shipment=Shipment.SCHEDULED)
    assert decision == Decision(after, (Disarm(), updated("processing", "c")))


@pytest.mark.parametrize(
    ("reason", "status"), [("customer", "cancelled"), ("payment_failed", "payment_failed")]
)
def test_the_last_answer_settles_a_cancellation(reason: str, status: str) -> None:
    waiting = Facets(Inventory.RELEASED, Payment.PENDING, Shipment.CANCELLED, reason, attempt=1)

    decision = decide(waiting, Signal("PaymentFailed", "e", reason="order_cancelled"))

    after = replace(waiting, payment=Payment.FAILED, attempt=0)
    assert decision == Decision(after, (Disarm(), updated(status)))


def test_an_agent_that_takes_back_its_failure_keeps_the_order_unsettled() -> None:
    failed = Facets(Inventory.RELEASED, Payment.FAILED, Shipment.CANCELLED, cancel="payment_failed")

    decision = decide(failed, Signal("PaymentProcessed", "e"))

    after = replace(failed, payment=Payment.CAPTURED)
    assert decision == Decision(after, (Arm("compensation", 0), updated("cancelling")))


def test_a_refund_of_a_failed_payment_ends_an_order_that_never_saw_the_failure() -> None:
    waiting = Facets(Inventory.RESERVED)

    decision = decide(waiting, Signal("RefundProcessed", "e", reason="payment_failed"))

    after = replace(waiting, payment=Payment.REFUNDED, cancel="payment_failed")
    effects = (cancelled("payment_failed"), Arm("compensation", 0), updated("cancelling"))
    assert decision == Decision(after, effects)


def test_a_release_that_overtakes_its_cause_names_it() -> None:
    waiting = Facets(Inventory.RESERVED)

    decision = decide(waiting, Signal("InventoryReleased", "e", reason="payment_failed"))

    assert decision.facets == replace(
        waiting, inventory=Inventory.RELEASED, cancel="payment_failed"
    )


def test_a_release_without_a_reason_is_an_expired_reservation() -> None:
    decision = decide(Facets(), Signal("InventoryReleased", "e"))

    assert decision.effects[0] == cancelled("reservation_expired")


def test_lost_goods_are_not_restocked_not_even_by_a_nudge() -> None:
    lost = decide(SHIPPED, LOST)
    nudged = decide(lost.facets, timer("o", "compensation", 0))

    assert lost.effects[0] == cancelled("lost_in_transit", restock=False)
    again = cancelled("lost_in_transit", "o:compensation:0", restock=False)
    assert nudged.effects == (again, Arm("compensation", 1))


@pytest.mark.parametrize("facet", list(Shipment))
@pytest.mark.parametrize("signal", [IN_TRANSIT, DELIVERED])
def test_goods_that_leave_a_cancelled_order_open_one_ticket(
    facet: Shipment, signal: Signal
) -> None:
    order = Facets(Inventory.RELEASED, Payment.REFUNDED, facet, cancel="customer")

    first = decide(order, signal)
    again = decide(first.facets, signal)

    assert first.effects[0] == ticket("shipped_after_cancel")
    assert again == Decision(first.facets)


def test_a_scan_of_lost_goods_says_nothing_new_and_their_delivery_does() -> None:
    lost = replace(SHIPPED, shipment=Shipment.FAILED, cancel="lost_in_transit")

    assert decide(lost, IN_TRANSIT) == Decision(lost)
    assert decide(lost, DELIVERED).effects == (ticket("delivered_after_loss"),)


@pytest.mark.parametrize(
    ("order", "stage"),
    [
        (Facets(shipment=Shipment.SHIPPED), "inventory"),
        (Facets(Inventory.RESERVED, shipment=Shipment.DELIVERED), "payment"),
    ],
)
def test_a_deadline_never_cancels_what_has_left(order: Facets, stage: str) -> None:
    last = replace(order, attempt=2)

    decision = decide(last, timer("o", stage, 2))

    reason = f"timeout_{stage}_after_shipping"
    assert decision.facets == replace(last, ticket=reason)
    assert decision.effects == (ticket(reason, f"o:{stage}:2"),)


def test_lost_goods_are_compensated_although_a_person_has_a_ticket_already() -> None:
    refunded = replace(SHIPPED, payment=Payment.REFUNDED, ticket="payment_refunded_after_shipping")

    decision = decide(refunded, LOST)

    assert decision.facets == replace(refunded, shipment=Shipment.FAILED, cancel="lost_in_transit")
    assert decision.effects == (
        cancelled("lost_in_transit", restock=False),
        Arm("compensation", 0),
        updated("cancelling"),
    )


def test_a_setting_decides_how_often_the_order_asks_again() -> None:
    decision = decide(Facets(), timer("o", "inventory", 0), Limits(max_nudges=0))

    assert decision.facets == Facets(cancel="timeout_inventory")


@pytest.mark.parametrize("reason", ["", "fraud"])
def test_the_first_reason_to_cancel_wins(reason: str) -> None:
    first = decide(PAID, Signal("CancelOrder", "c", reason=reason))
    again = decide(first.facets, Signal("CancelOrder", "d", reason="another"))

    assert first.effects[0] == cancelled(reason or "customer", "c")
    assert again == Decision(first.facets)


def test_of_cancelling_and_shipping_the_first_wins() -> None:
    ready = replace(PAID, shipment=Shipment.SCHEDULED)
    cancel, ship = Signal("CancelOrder", "c"), Signal("MarkShipped", "m")

    shipped, dropped = decide(ready, ship), decide(ready, cancel)

    assert decide(shipped.facets, cancel).effects == (Reject("already_shipped"),)
    assert decide(shipped.facets, ship) == Decision(shipped.facets)
    assert decide(dropped.facets, ship).effects == (Reject("not_shippable"),)
    assert shipped.effects == (
        replace(said("ShipmentStatusUpdated", "m", "shipping-events"), status="in_transit"),
        updated("shipped", "m"),
    )


def test_the_return_window_closes_once_and_only_on_delivered_orders() -> None:
    closed = Signal("ReturnWindowClosed", "w")
    delivered = replace(PAID, shipment=Shipment.DELIVERED)

    first = decide(delivered, closed)

    assert first.facets == replace(delivered, completed=True)
    assert first.effects == (said("OrderCompleted", "w"), updated("completed", "w"))
    assert decide(first.facets, closed) == Decision(first.facets)
    assert decide(SHIPPED, closed) == Decision(SHIPPED)
