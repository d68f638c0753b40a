"""The races of a placed order: customer, packer, card network, consumers and watchdog at once."""

from contextlib import suppress
from typing import Any, Final

from adapters.embedded.carriers import PARCELS
from adapters.embedded.webhooks import PENDING
from tests.adapters.embedded.fixtures import finish
from tests.proofs import laws
from tests.proofs.crashes import hearing_act, run_on, webhook_act
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.steps import Step, Touch
from tests.proofs.world import BUY, CLERK, HOME, World, clockwork, guest
from usecases.commanding import cancel_order, look_again, mark_shipped
from usecases.comparing import compared, payment_of
from usecases.ordering import place_order
from usecases.parcels import poll_carriers
from usecases.paying import ConfirmPayment, CreateIntent, confirm_payment, create_intent
from usecases.ports.payments import Declined
from usecases.reconciling import compare_ledgers
from usecases.shop import Shop

BUYER: Final = guest("one")
FOR_NOBODY: Final = ("OrderUpdated", "StockLevelChanged")


def cancelled_while_shipped() -> Scenario:
    """A customer cancels while the packer marks the order as shipped: exactly one of them wins."""
    world, order_id = _labelled()

    def finally_(world: World, ends: Outcomes) -> None:
        cancelled, shipped = ends["customer"].error is None, ends["packer"].error is None
        assert cancelled != shipped, "both won, or neither did"
        order = world.documents("order")[0]
        assert order["status"] == ("cancelling" if cancelled else "shipped")
        laws.check_told(world)

    clients = {
        "customer": lambda shop: cancel_order(shop, BUYER, order_id),
        "packer": lambda shop: mark_shipped(shop, CLERK, order_id),
    }
    return Scenario("cancelled while shipped", world, clients, laws.always, finally_)


def intent_twice() -> Scenario:
    """The payment asked for twice at once: one intent, the same answer."""
    world, order_id = _ordered()

    def finally_(world: World, ends: Outcomes) -> None:
        answers = {end.value.payment_intent_id for end in ends.values()}
        assert len(answers) == len(laws.intents(world)) == 1, "two payments for one order"
        assert world.documents("order")[0]["payment"]["intent_id"] in answers

    command = CreateIntent(order_id=order_id)
    asking = {
        name: lambda shop: create_intent(shop, BUYER, command) for name in ("first", "second")
    }
    return Scenario("create-intent twice", world, asking, laws.always, finally_)


def paid_while_cancelled(*who: str) -> Scenario:
    """A payment under way and a cancellation, in whatever company: not a cent is kept.

    ``who`` is of customer (cancels), card (confirms), webhook, watchdog and comparison (of the ledgers).
    Where the card is not among them, the network has authorised it before and nobody has heard of it.
    """
    world, order_id = _ordered()
    run_on(world)
    intent = _asked_to_pay(world, order_id)
    if "card" not in who:
        finish(world.payments.confirm(intent, payment_method="pm_card_visa", key="confirm"))
    paying = ConfirmPayment(payment_intent_id=intent, payment_method="pm_card_visa")
    clients: dict[str, Client] = {
        "customer": lambda shop: cancel_order(shop, BUYER, order_id),
        "card": lambda shop: confirm_payment(shop, BUYER, paying),
        "webhook": _webhook(world),
        "watchdog": _watchdog(world),
        "comparison": lambda shop: _compared(world, shop, intent),
    }
    name = f"paid while cancelled: {', '.join(who)}"
    company = {each: clients[each] for each in who}
    return Scenario(name, world, company, laws.always, _nothing_is_kept)


def compared_twice() -> Scenario:
    """Two hosts compare one payment that was taken after all, unheard: given back once, and booked once."""
    world, order_id = _ordered()
    run_on(world)
    intent = _asked_to_pay(world, order_id)
    paying = ConfirmPayment(
        payment_intent_id=intent, payment_method="pm_card_captureDeclinedButTaken"
    )
    finish(confirm_payment(world.shop("one"), BUYER, paying))
    world.is_untold = True
    run_on(world)

    def finally_(world: World, ends: Outcomes) -> None:
        run_on(world)
        assert world.documents("order")[0]["status"] == "payment_failed"
        (paid,) = laws.intents(world)
        assert paid["refunded_minor"] == paid["captured_minor"] > 0
        assert sorted(one["move"] for one in world.documents("ledger")) == ["charge", "refund"]
        finish(world.clock.move(3600))
        finish(compare_ledgers(world.shop("later"), clockwork("comparison")))
        states = {one["state"] for one in world.documents("ledger-difference")}
        assert states <= {"settled"}, "what was only under way is told as a difference"

    clients: dict[str, Client] = {
        name: lambda shop: _compared(world, shop, intent) for name in ("first", "second")
    }
    return Scenario("compared twice", world, clients, laws.always, finally_)


def paid_beside_the_watchdog() -> Scenario:
    """The card is confirmed when the last deadline of the payment passes: paid, or cancelled and given back."""
    world, order_id = _ordered({"saga_nudges": 0})
    run_on(world)
    paying = ConfirmPayment(
        payment_intent_id=_asked_to_pay(world, order_id), payment_method="pm_card_visa"
    )

    def finally_(world: World, ends: Outcomes) -> None:
        run_on(world)
        if world.documents("order")[0]["status"] == "cancelled":
            _nothing_is_kept(world, ends)
        else:
            assert world.documents("order")[0]["status"] == "processing"
            assert laws.live_labels(world) == 1

    clients: dict[str, Client] = {
        "card": lambda shop: confirm_payment(shop, BUYER, paying),
        "watchdog": _watchdog(world),
    }
    return Scenario("confirmed, beside the watchdog", world, clients, laws.always, finally_)


def labelled_twice(postal_code: str) -> Scenario:
    """Two processes hear at once that the order is paid, and the agent tells each another carrier: one label."""
    world, order_id = _ordered(postal_code=postal_code)
    run_on(world)
    _pay(world, order_id)
    clients = {name: _listening(world, "payment-events", "logistics") for name in ("one", "two")}

    def finally_(world: World, ends: Outcomes) -> None:
        run_on(world)
        assert world.documents("order")[0]["status"] == "processing"
        assert laws.live_labels(world) == 1
        laws.check_told(world)

    name = f"labelled twice, to {postal_code}"
    return Scenario(name, world, clients, laws.always, finally_)


def labelled_while_cancelled(postal_code: str = HOME.postal_code) -> Scenario:
    """Logistics hears that the order is paid and, from another hub, that it is cancelled: no live label."""
    world, order_id = _ordered(postal_code=postal_code)
    run_on(world)
    _pay(world, order_id)
    finish(cancel_order(world.shop("one"), BUYER, order_id))
    clients = _hearing(world, ("payment-events", "logistics"), ("order-events", "logistics"))
    name = "labelled while cancelled"
    return Scenario(name, world, clients, laws.always, _nothing_is_kept)


def captured_while_cancelled() -> Scenario:
    """Payment hears that the stock is reserved and, from another hub, that the order is cancelled."""
    world, order_id = _ordered()
    _pay(world, order_id)
    for delivery in world.hubs.unread("order-events", "inventory"):
        finish(hearing_act(delivery).does(world, world.shop("inventory")))
    finish(cancel_order(world.shop("one"), BUYER, order_id))
    clients = _hearing(world, ("inventory-events", "payment"), ("order-events", "payment"))
    name = "captured while cancelled"
    return Scenario(name, world, clients, laws.always, _nothing_is_kept)


def scanned_while_cancelled() -> Scenario:
    """Inventory hears that the goods have left and, from another hub, that the order is cancelled."""
    world, order_id = _labelled()
    for parcel in world.records(PARCELS):
        finish(world.carriers.hand_over(parcel["tracking_number"]))
    finish(world.clock.move(4))
    finish(poll_carriers(world.shop("poll"), clockwork("carriers")))
    finish(cancel_order(world.shop("one"), BUYER, order_id))

    def finally_(world: World, ends: Outcomes) -> None:
        run_on(world)
        assert laws.stock_of(world, "mug") == (0, 0), "the goods have left, and are still counted"
        laws.check_nothing_held(world)
        laws.check_told(world)

    clients = _hearing(world, ("shipping-events", "inventory"), ("order-events", "inventory"))
    return Scenario("scanned while cancelled", world, clients, laws.always, finally_)


def declined_twice_over() -> Scenario:
    """The second of three declines is brought twice at once: it is counted once."""
    world, order_id = _ordered()
    run_on(world)
    intent = _asked_to_pay(world, order_id)
    _decline(world, intent)
    run_on(world)
    _decline(world, intent)
    ((key, row),) = world.rows(PENDING)
    act = webhook_act(key, row["body"].encode())

    def finally_(world: World, ends: Outcomes) -> None:
        word = next(w for w in world.documents("word") if w["participant"] == "payment")
        assert word["word"]["declines"] == 2
        assert laws.intents(world)[0]["status"] == "requires_payment_method"

    def bring(shop: Shop) -> Any:
        return act.does(world, shop)

    clients: dict[str, Client] = {"first": bring, "second": bring}
    return Scenario("a decline brought twice", world, clients, laws.always, finally_)


def _nothing_is_kept(world: World, ends: Outcomes) -> None:
    run_on(world)
    money = laws.intents(world)[0]
    assert world.documents("order")[0]["status"] == "cancelled"
    assert money["captured_minor"] == money["refunded_minor"], "the shop keeps the money"
    assert money["held_minor"] == 0, "money is still blocked on the card"
    assert laws.stock_of(world, "mug") == (1, 1)
    assert not laws.live_labels(world), "a label is still live"
    laws.check_nothing_held(world)
    laws.check_told(world)


def _webhook(world: World) -> Client:
    """The network brings what it has to tell by then."""

    async def look() -> list[tuple[str, dict[str, Any]]]:
        return world.rows(PENDING)

    async def bring(shop: Shop) -> None:
        outside = Touch("outside", "", writes=False)
        for key, row in await Step("network.look", outside, look):
            await webhook_act(key, row["body"].encode()).does(world, shop)

    return bring


def _watchdog(world: World) -> Client:
    """The payment's deadline passes."""

    async def watch(shop: Shop) -> None:
        await world.pass_time(301)
        await look_again(shop, clockwork("watchdog"))

    return watch


async def _compared(world: World, shop: Shop, intent_id: str) -> Any:
    """As the run does with a page: what was listed is a moment old."""
    intent = await shop.payments.retrieve(intent_id)
    assert intent is not None
    return await compared(shop, clockwork("comparison"), payment_of(intent))


def _hearing(world: World, *hub_groups: tuple[str, str]) -> dict[str, Client]:
    """Groups that hear at the same moment what is new in these hubs; it is heard again later."""
    return {f"{group} on {hub}": _listening(world, hub, group) for hub, group in hub_groups}


def _listening(world: World, hub: str, group: str) -> Client:
    unread = world.hubs.unread(hub, group)
    acts = [hearing_act(each) for each in unread if each.event.event_type not in FOR_NOBODY]

    async def hear(shop: Shop) -> None:
        for act in acts:
            await act.does(world, shop)

    return hear


def _ordered(
    settings: dict[str, Any] | None = None, *, postal_code: str = HOME.postal_code
) -> tuple[World, str]:
    world = World(settings)
    world.offer("mug", 1)
    world.fill_cart(BUYER, mug=1)
    address = HOME.model_copy(update={"postal_code": postal_code})
    command = BUY.model_copy(update={"shipping_address": address})
    return world, finish(place_order(world.shop("one"), BUYER, command)).order_id


def _labelled() -> tuple[World, str]:
    world, order_id = _ordered()
    run_on(world)
    _pay(world, order_id)
    run_on(world)
    return world, order_id


def _asked_to_pay(world: World, order_id: str) -> str:
    command = CreateIntent(order_id=order_id)
    return finish(create_intent(world.shop("one"), BUYER, command)).payment_intent_id


def _pay(world: World, order_id: str) -> None:
    command = ConfirmPayment(
        payment_intent_id=_asked_to_pay(world, order_id), payment_method="pm_card_visa"
    )
    finish(confirm_payment(world.shop("one"), BUYER, command))


def _decline(world: World, intent: str) -> None:
    method, key = "pm_card_chargeDeclined", f"decline after {laws.intents(world)[0]['events']}"
    with suppress(Declined):
        finish(world.payments.confirm(intent, payment_method=method, key=key))
