"""Placing an order: one cart is one order, whatever is clicked, lost or crashed.

The cart is claimed, the order written as ``placing``, each line held in the order of SKUs, and one
commit makes it ``pending`` and tells OrderCreated. Every step is idempotent by the order's id, which
follows from the cart, so any request for the same cart resumes the same order. A use of each promo code
is taken after the lines, as a line is: an order without codes costs nothing more.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from domain import saga
from domain.access import Caller
from domain.address import Address
from domain.card_data import CardlessText
from domain.cart import CART_ID, Cart, CartEmpty, CartLine
from domain.errors import Conflict, Invalid, RuleBroken
from domain.money import money
from domain.order import (
    PLACING,
    REJECTED,
    CardUsed,
    Delivery,
    Order,
    OrderLine,
    OrderPointer,
    OutOfStock,
    deadline_after,
    order_id_of,
    order_line,
    order_number_of,
    pointer_key,
)
from domain.pricing import Bill, PriceChanged, Totals, price
from domain.promotion import PromoUsedUp
from domain.saga import Signal, names
from domain.shipping import ShippingMethod
from usecases.again import again
from usecases.choosing import Destination, Id, address_chosen, customer_chosen, email_chosen
from usecases.claiming import close_cart, give_back, rejected, settled_cart
from usecases.holding import Taking, short_lines, take
from usecases.offering import consider
from usecases.orders import OrderView, order_of, view_of
from usecases.ports.store import AlreadyExists, Change, Committed, VersionConflict
from usecases.ports.telemetry import ORDERS_PLACED, ORDERS_VALUE
from usecases.quoting import todays_lines
from usecases.redeeming import redeem
from usecases.relaying import relay
from usecases.shop import Shop
from usecases.stepping import order_change

type Email = Annotated[
    str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
]


class CartMismatch(RuleBroken):
    """The cart that the caller names is not the caller's cart."""

    code = "CART_MISMATCH"
    message = "That is not your present cart; read it again."


class EmailNeeded(Invalid):
    """A guest must leave an e-mail address."""

    code = "EMAIL_REQUIRED"
    message = "Tell us an e-mail address for the order."


class Overtaken(Conflict):
    """This attempt took too long, and somebody has ended it meanwhile."""

    code = "ATTEMPT_OVERTAKEN"
    message = "The order was not placed in time; try again."
    passing = True


class PlaceOrder(Destination):
    """Turn the caller's cart into an order. ``expected_total`` is what the caller was shown; ``payment_method_id`` is a
    saved card of the caller's, with which it will be paid unless another is named then. Who has an account may
    leave ``email`` out."""

    billing_address: Address | None = None
    shipping_method: ShippingMethod = "standard"
    email: Email | None = None
    cart_id: Annotated[str, Field(max_length=64)] | None = None
    payment_method: CardlessText = "credit_card"
    payment_method_id: Id | None = None
    expected_total: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = None


class Ready(PlaceOrder):
    """The same, with what was named by its id."""

    shipping_address: Address
    customer_id: str = ""


async def place_order(shop: Shop, caller: Caller, command: PlaceOrder) -> OrderView:
    """Turn the caller's cart into an order.

    Raises ``CartEmpty``, ``CartMismatch``, ``EmailNeeded``, ``NotSold``, ``PriceChanged``,
    ``CannotShipThere``, ``TotalTooLarge``, ``TotalTooSmall``, ``OutOfStock`` with the short lines,
    ``Overtaken``, the ``PromoRefused`` of a code on the cart that does not hold any more, and where something
    is named by its id ``AddressNotFound``, ``CardNotFound``.
    """
    asked = command

    async def step() -> OrderView:
        nonlocal asked
        cart = await shop.store.get(Cart, CART_ID, caller.user_id)
        if cart is not None and cart.items and asked.cart_id is None:
            # another try means this cart too, also when it was ordered and filled again meanwhile
            asked = asked.model_copy(update={"cart_id": cart.uuid})
        return await _attempt(shop, caller, cart, asked)

    return await again(shop, step)


async def _attempt(shop: Shop, caller: Caller, cart: Cart | None, command: PlaceOrder) -> OrderView:
    if cart is not None and cart.claim and cart.claim.until <= shop.clock.now():
        cart = await settled_cart(shop, caller, cart)
    earlier = _earlier_order(shop, cart, command)
    if earlier:
        return view_of(await order_of(shop, caller.user_id, earlier))
    if cart is None or not cart.items:
        raise CartEmpty
    if command.cart_id not in (None, cart.uuid):
        raise CartMismatch(cart_id=cart.uuid)
    return await _placed(shop, caller, cart, command)


def _earlier_order(shop: Shop, cart: Cart | None, command: PlaceOrder) -> str:
    """The order that this very cart became before: the same request, sent again."""
    if cart is None or cart.previous is None:
        return ""
    age = (shop.clock.now() - cart.previous.until).total_seconds()
    is_named = command.cart_id == cart.previous_uuid
    is_repeat = not cart.items and command.cart_id is None
    recent = age <= shop.settings.resubmit_seconds
    return cart.previous.order_id if is_named or (is_repeat and recent) else ""


async def _placed(shop: Shop, caller: Caller, cart: Cart, command: PlaceOrder) -> OrderView:
    order = await _begun(shop, cart)
    if order is None:
        draft = await _draft(shop, caller, cart, await _ready(shop, caller, command))
        if cart.claim is None:
            cart = await _claimed(shop, caller, cart, draft)
        order = await _written(shop, caller, draft)
    if not order.is_placed:
        order = await _held(shop, caller, cart, order)
    await close_cart(shop, caller, cart)
    return view_of(order)


async def _begun(shop: Shop, cart: Cart) -> Order | None:
    """The order that is being made of the cart already, at the prices of that time."""
    if cart.claim is None:
        return None
    return await shop.store.get(Order, cart.claim.order_id, cart.user_id)


async def _ready(shop: Shop, caller: Caller, command: PlaceOrder) -> Ready:
    """The request with what it names by ids, and with the account's e-mail address; a read for each."""
    address = await address_chosen(shop, caller, command)
    customer_id = await customer_chosen(shop, caller, command.payment_method_id or "")
    email = await email_chosen(shop, caller, command.email)
    named = {"shipping_address": address, "customer_id": customer_id, "email": email}
    return Ready.model_construct(**(dict(command) | named))


async def _draft(shop: Shop, caller: Caller, cart: Cart, command: Ready) -> Order:
    """The order as it would be, at today's prices; checked before anything is claimed."""
    if command.email is None:
        raise EmailNeeded
    lines = await todays_lines(shop, cart.items)
    codes = await consider(shop, cart.promo_codes, lines, cart.currency, placing=True)
    codes.check()
    bill = price(
        lines,
        cart.currency,
        address=command.shipping_address,
        method=command.shipping_method,
        offers=codes.offers,
    )
    _check_price(cart, lines, bill.totals, command)
    now, wait = shop.clock.now(), timedelta(seconds=shop.settings.placing_seconds)
    order_id = order_id_of(shop.secret, cart.uuid, cart.attempt)
    draft = Order(
        id=order_id,
        order_id=order_id,
        order_number=order_number_of(order_id, now),
        user_id=caller.user_id,
        cart_uuid=cart.uuid,
        status=PLACING,
        email=command.email,
        items=_order_lines(lines, bill, order_id),
        totals=bill.totals,
        promotions=codes.applied(bill),
        shipping_address=command.shipping_address,
        billing_address=command.billing_address,
        payment=CardUsed(
            method=command.payment_method, payment_method_id=command.payment_method_id or ""
        ),
        customer_id=command.customer_id,
        shipping=Delivery(method=command.shipping_method),
        created_at=now,
        updated_at=now,
    )
    return draft.waiting(deadline_after(PLACING, 0, wait, now))


def _order_lines(lines: tuple[CartLine, ...], bill: Bill, order_id: str) -> tuple[OrderLine, ...]:
    """The lines in the order of their SKUs, each with what codes take off it."""
    discounts = bill.line_discounts or (None,) * len(lines)
    made = [order_line(line, order_id, off) for line, off in zip(lines, discounts, strict=True)]
    return tuple(sorted(made, key=lambda line: line.sku))


def _check_price(
    cart: Cart, lines: tuple[CartLine, ...], totals: Totals, command: PlaceOrder
) -> None:
    """The caller pays what the caller was shown: the expected total, or else the cart's prices."""
    if command.expected_total is None:
        same = [line.unit_price for line in lines] == [line.unit_price for line in cart.items]
    else:
        same = _amount(command.expected_total, totals) == totals.total
    if not same:
        raise PriceChanged(total=totals.total.number, currency=totals.currency)


def _amount(expected: float, totals: Totals) -> object:
    try:
        return money(expected, totals.currency)
    except ValueError:
        return None


async def _claimed(shop: Shop, caller: Caller, cart: Cart, draft: Order) -> Cart:
    assert draft.due is not None
    change = Change(by=caller, puts=(cart.claimed(draft.id, until=draft.due),))
    done = await shop.store.commit(change)
    claimed: Cart = done.entities[0]
    return claimed


async def _written(shop: Shop, caller: Caller, draft: Order) -> Order:
    """The order as ``placing``, or as another attempt wrote it. Raises ``Overtaken`` behind a fence."""
    key = pointer_key(draft.id)
    await _created(shop, caller, OrderPointer(id=key, user_id=key, owner=draft.user_id))
    done = await _created(shop, caller, draft)
    if done is not None:
        written: Order = done.entities[0]
        return written
    found = await shop.store.get(Order, draft.id, draft.user_id)
    if found is None:
        raise Overtaken
    return found


async def _created(shop: Shop, caller: Caller, entity: Order | OrderPointer) -> Committed | None:
    try:
        return await shop.store.commit(Change(by=caller, puts=(entity,)))
    except AlreadyExists:
        return None


async def _held(shop: Shop, caller: Caller, cart: Cart, order: Order) -> Order:
    """The placed order, every line held and a use of every code taken.

    Raises ``OutOfStock``, ``PromoUsedUp`` or ``Overtaken``, everything freed.

    An attempt that was rejected stays so, also while its holds still stand.
    """
    if order.status == REJECTED:
        return await _turned_down(shop, caller, cart, order)
    for line in order.items:
        taking = await take(shop, caller, order, line)
        if taking is not Taking.HELD:
            return await _turned_down(shop, caller, cart, order)
    for applied in order.promotions:
        taking = await redeem(shop, caller, order, applied)
        if taking is not Taking.HELD:
            used_up = (applied.code,) if taking is Taking.SHORT else ()
            return await _turned_down(shop, caller, cart, order, used_up)
    try:
        return await _pending(shop, caller, order)
    except VersionConflict:
        return await _turned_down(shop, caller, cart, order)


async def _turned_down(
    shop: Shop, caller: Caller, cart: Cart, order: Order, used_up: tuple[str, ...] = ()
) -> Order:
    """End the attempt, unless another one has placed the order meanwhile: then that is the answer."""
    short = () if used_up else await short_lines(shop, order)
    ended = await rejected(shop, caller, order, short, used_up=used_up)
    if ended.is_placed:
        return ended
    await give_back(shop, caller, cart)
    if ended.used_up:
        raise PromoUsedUp(promo_code=ended.used_up[0])
    if not ended.short:
        raise Overtaken
    raise OutOfStock(lines=[line.model_dump() for line in ended.short])


async def _pending(shop: Shop, caller: Caller, order: Order) -> Order:
    """The one commit that makes it an order."""
    signal = Signal(names.PLACE_ORDER, order.id)
    change = order_change(shop, caller, order, saga.decide(None, signal), signal)
    done = await shop.store.commit(change)
    placed: Order = done.entities[0]
    _count(shop, placed)
    await relay(shop, caller, done)
    return placed


def _count(shop: Shop, placed: Order) -> None:
    """One order more: only who commits it counts it, and it is committed once."""
    total = placed.totals.total
    currency = {"shop.currency": total.currency}
    shop.telemetry.measure(ORDERS_PLACED, 1, currency)
    shop.telemetry.measure(ORDERS_VALUE, total.amount_minor, currency)
