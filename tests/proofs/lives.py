"""The lives of an order that must come to their right end whatever crashes."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from adapters.embedded.carriers import PARCELS
from domain.address import Address
from domain.money import Money
from domain.order import AppliedPromotion
from domain.stock import STOCK_ID, Stock
from tests.adapters.embedded.fixtures import NOON, finish
from tests.domain.samples import an_order
from tests.proofs import laws
from tests.proofs.crashes import Act, Life
from tests.proofs.world import HOME, World, clockwork, guest
from usecases.commanding import cancel_order, mark_shipped
from usecases.holding import Taking
from usecases.ordering import PlaceOrder, place_order
from usecases.parcels import poll_carriers
from usecases.paying import ConfirmPayment, CreateIntent, confirm_payment, create_intent
from usecases.ports.store import Change
from usecases.reconciling import compare_ledgers
from usecases.redeeming import redeem
from usecases.shop import Shop

BUYER: Final = guest("one")
CODE: Final = "TEN"
STAFF: Final = clockwork("packer")


@dataclass(frozen=True)
class End:
    """How a life ends: the last status of the order, and what stands in the books then.

    ``stock`` is available and on hand of each SKU; ``kept`` the part of the money that the shop has in
    the end: all of it or nothing; ``labels`` counts the live ones.
    """

    statuses: tuple[str, ...]
    mugs: tuple[int, int] = (3, 3)
    pens: tuple[int, int] = (3, 3)
    is_paid: bool = False
    labels: int = 0
    holds: bool = False


COMPLETED: Final = End(("completed",), mugs=(2, 2), pens=(1, 1), is_paid=True, labels=1)
PROCESSING: Final = End(
    ("processing",), mugs=(2, 3), pens=(1, 3), is_paid=True, labels=1, holds=True
)
CANCELLED: Final = End(("cancelled",))
UNPAID: Final = End(("payment_failed",))
NEVER_PAID: Final = End(("cancelled", "rejected", ""))
LOST: Final = End(("cancelled",), mugs=(2, 2), pens=(1, 1), labels=1)


def all_is_well() -> Life:
    """Ordered, paid, sent, delivered, completed."""
    return _life("all is well", (*bought(), SHIP, *carried()), COMPLETED)


def cancelled_late() -> Life:
    """Cancelled when it was paid and labelled."""
    return _life("cancelled when labelled", (*bought(), CANCEL), CANCELLED)


def cancelled_unpaid() -> Life:
    """Cancelled when the card is authorised and perhaps captured: before anything was heard."""
    return _life("cancelled at once", (PLACE, INTENT, CANCEL), CANCELLED)


def declined() -> Life:
    """Three cards declined."""
    cards = [confirming("pm_card_chargeDeclined", number) for number in range(3)]
    return _life("declined three times", (PLACE, INTENT, *cards), UNPAID)


def capture_declined(method: str) -> Life:
    """The card is authorised and the capture refused."""
    return _life(method, (PLACE, INTENT, confirming(method)), UNPAID)


def taken_after_all() -> Life:
    """The capture is refused and the money taken: given back, or, where nobody heard the refusal, kept."""
    method = "pm_card_captureDeclinedButTaken"
    return _life(method, (PLACE, INTENT, confirming(method)), UNPAID, PROCESSING)


def no_label() -> Life:
    """No carrier delivers there."""
    address = HOME.model_copy(update={"postal_code": "00000"})
    return _life("no label", (placing(address), INTENT, confirming("pm_card_visa")), CANCELLED)


def advised_carrier_refuses() -> Life:
    """The agent's carrier does not deliver there: our own does."""
    return _life("the advised carrier refuses", bought_to_a_box(), PROCESSING)


def cancelled_while_refused() -> Life:
    """After a crash anywhere between the two carriers the customer cancels, and that is heard first."""
    life = _life("cancelled while refused", bought_to_a_box(), End(("cancelled", "rejected", "")))
    return replace(life, after_crash=(CANCEL,), newest_first=True)


def lost_in_transit() -> Life:
    """The carrier loses the parcel: written off and refunded."""
    address = HOME.model_copy(update={"postal_code": "00001"})
    script = (placing(address), INTENT, confirming("pm_card_visa"), SHIP, *carried())
    return _life("lost in transit", script, LOST)


def walked_away() -> Life:
    """Whoever is cut off never comes back: everything is free again by the watchdog alone."""
    return replace(_life("walked away", (PLACE, INTENT), NEVER_PAID), after_crash=())


def walked_away_short() -> Life:
    """An order that is short is cut off while it gives back what it held; nobody comes back."""
    life = _life("walked away, short of stock", (PLACE,), End(("rejected", ""), pens=(1, 1)))
    _take_away(life.world, "pen", 2)
    return replace(life, after_crash=())


def cancelled_after_any_crash() -> Life:
    """After a crash anywhere the customer cancels first, and the newest event overtakes the others."""
    life = _life("cancelled after the crash", bought(), End(("cancelled", "rejected", "")))
    return replace(life, after_crash=(CANCEL,), newest_first=True)


def proved_untold() -> Life:
    """The customer proves on the bank's page to be the card's holder, and no webhook ever tells."""
    paid = (PLACE, INTENT, confirming("pm_card_authenticationRequired"), PROVE, COMPARE)
    return _untold("proved, untold", (*paid, SHIP, *carried()), COMPLETED)


def taken_untold() -> Life:
    """The capture is refused, the money taken, and no webhook ever tells: given back, or kept and sent."""
    method = "pm_card_captureDeclinedButTaken"
    script = (PLACE, INTENT, confirming(method), COMPARE, COMPARE)
    return _untold(f"{method}, untold", script, UNPAID, PROCESSING)


def cancelled_untold() -> Life:
    """Authorised and cancelled, while no webhook ever tells: nothing stays held on the card."""
    script = (PLACE, INTENT, confirming("pm_card_authenticationRequired"), PROVE, CANCEL, COMPARE)
    return _untold("cancelled, untold", script, CANCELLED)


def carried_unheard() -> Life:
    """All that the carrier tells is lost on the way to inventory: the goods are counted out all the same."""
    life = _life("carried, unheard", (*bought(), SHIP, *carried()), COMPLETED)
    types = ("ShipmentStatusUpdated", "DeliveryCompleted")
    life.world.deaf = frozenset(("inventory", type_) for type_ in types)
    return life


def bought_to_a_box() -> tuple[Act, ...]:
    """Ordered to where only the post goes, and paid."""
    address = HOME.model_copy(update={"postal_code": "00004"})
    return (placing(address), INTENT, confirming("pm_card_visa"))


def placing(address: Address) -> Act:
    """The customer orders the cart, with another click if need be."""
    command = PlaceOrder(shipping_address=address, email="buyer@example.org")
    return Act("place", lambda _, shop: place_order(shop, BUYER, command))


def confirming(method: str, number: int = 0) -> Act:
    """The customer's card is asked."""

    async def confirm(world: World, shop: Shop) -> Any:
        intents = laws.intents(world)
        if not intents:
            return None
        command = ConfirmPayment(payment_intent_id=intents[0]["id"], payment_method=method)
        return await confirm_payment(shop, BUYER, command)

    return Act(f"confirm {number}", confirm)


def _intent(world: World, shop: Shop) -> Coroutine[Any, Any, Any]:
    return create_intent(shop, BUYER, CreateIntent(order_id=_order_id(world)))


async def _hand_over(world: World, shop: Shop) -> None:
    """The carrier fetches the parcels, and some days pass."""
    for parcel in world.records(PARCELS):
        if parcel["voided_at"] is None:
            await world.carriers.hand_over(parcel["tracking_number"])
    await world.pass_time(4)


async def _prove(world: World, shop: Shop) -> None:
    """On the bank's page, which is none of ours."""
    for intent in laws.intents(world):
        if intent["status"] == "requires_action":
            await world.payments.authenticate(intent["id"], True)


async def _compare(world: World, shop: Shop) -> None:
    """The ledgers are compared when the payment is old enough."""
    await world.pass_time(130)
    await compare_ledgers(shop, clockwork("comparison"))


async def _poll(world: World, shop: Shop) -> None:
    await world.pass_time(4)
    await poll_carriers(shop, clockwork("carriers"))


PLACE: Final = placing(HOME)
INTENT: Final = Act("create intent", _intent)
PROVE: Final = Act("prove", _prove)
COMPARE: Final = Act("compare", _compare)
SHIP: Final = Act("ship", lambda world, shop: mark_shipped(shop, STAFF, _order_id(world)))
CANCEL: Final = Act("cancel", lambda world, shop: cancel_order(shop, BUYER, _order_id(world)))


def bought() -> tuple[Act, ...]:
    """Ordered and paid."""
    return (PLACE, INTENT, confirming("pm_card_visa"))


def carried() -> tuple[Act, ...]:
    """Fetched, and looked after until it is there."""
    return (Act("hand over", _hand_over), *(Act(f"poll {day}", _poll) for day in range(4)))


def well_with_a_code() -> Life:
    """Ordered with a code, paid, sent, delivered: the use is taken for good."""
    return _life("all is well with a code", (*bought(), SHIP, *carried()), COMPLETED, code=True)


def cancelled_with_a_code() -> Life:
    """Cancelled when it was paid and labelled: the use is given back."""
    return _life("cancelled with a code", (*bought(), CANCEL), CANCELLED, code=True)


def declined_with_a_code() -> Life:
    """Three cards declined: the use is given back."""
    cards = [confirming("pm_card_chargeDeclined", number) for number in range(3)]
    return _life("declined with a code", (PLACE, INTENT, *cards), UNPAID, code=True)


def walked_away_with_a_code() -> Life:
    """Whoever is cut off never comes back: the use is free again by the watchdog alone."""
    life = _life("walked away with a code", (PLACE, INTENT), NEVER_PAID, code=True)
    return replace(life, after_crash=())


def walked_away_used_up() -> Life:
    """The customer used the code up elsewhere: the order is cut off while it gives back what it held."""
    life = _life("walked away, used up", (PLACE,), End(("rejected", "")), code=True)
    use_up(life.world)
    return replace(life, after_crash=())


def use_up(world: World) -> None:
    """The same customer takes the only use that one may have, for another order."""
    applied = AppliedPromotion(
        code=CODE, currency="USD", saved=Money(1, "USD"), is_limited=True, per_customer=1
    )
    order = an_order(email="buyer@example.org")
    assert finish(redeem(world.shop("other"), STAFF, order, applied)) is Taking.HELD


def _life(name: str, script: tuple[Act, ...], *ends: End, code: bool = False) -> Life:
    world = World()
    world.offer("mug", 3)
    world.offer("pen", 3)
    world.fill_cart(BUYER, mug=1, pen=2)
    if code:
        world.promote(CODE, limit=2, per_customer=1)
        world.type_code(BUYER, CODE)
    return Life(name, world, script, laws.always, partial(_check_end, ends=ends))


def _untold(name: str, script: tuple[Act, ...], *ends: End) -> Life:
    life = _life(name, script, *ends)
    life.world.is_untold = True
    return life


def _order_id(world: World) -> str:
    orders = world.documents("order")
    return str(orders[0]["id"]) if orders else "0" * 12


def _check_end(world: World, *, ends: tuple[End, ...]) -> None:
    orders = world.documents("order")
    status = orders[0]["status"] if orders else ""
    end = next((end for end in ends if status in end.statuses), None)
    assert end is not None, f"the order ends as {status!r}"
    assert laws.stock_of(world, "mug") == end.mugs, laws.stock_of(world, "mug")
    assert laws.stock_of(world, "pen") == end.pens, laws.stock_of(world, "pen")
    assert laws.live_labels(world) == end.labels, f"{laws.live_labels(world)} live labels"
    assert not world.documents("ticket"), "a person was called"
    assert not [one for one in world.documents("ledger-difference") if one["state"] == "open"]
    laws.check_nothing_held(world, besides=[order["id"] for order in orders] if end.holds else ())
    laws.check_used_by(world, [order["id"] for order in orders] if end.is_paid else ())
    laws.check_told(world)
    for intent in laws.intents(world):
        _check_paid(intent, end)


def _check_paid(intent: Mapping[str, Any], end: End) -> None:
    kept = intent["captured_minor"] - intent["refunded_minor"]
    assert kept == (intent["amount_minor"] if end.is_paid else 0), f"the shop keeps {kept}"
    assert intent["held_minor"] == 0, "money is still blocked on the card"


def _take_away(world: World, sku: str, pieces: int) -> None:
    """So many pieces are found to be missing on the shelf."""
    stock = finish(world.store.get(Stock, STOCK_ID, sku))
    assert stock is not None
    finish(world.store.commit(Change(by=STAFF, puts=(stock.adjusted(-pieces, NOON),))))
