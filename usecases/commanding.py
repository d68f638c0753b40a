"""What people and clocks ask of an order: cancel it, ship it, look at it again."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from domain import saga
from domain.access import Caller
from domain.entity import Command
from domain.errors import Conflict
from domain.moment import moment_text
from domain.order import PLACING, RETURN_WINDOW, CannotCancel, Order, OrderNotFound
from domain.saga import Reject, Signal, Stage, Status, names, timer
from usecases.again import again
from usecases.claiming import rejected
from usecases.hearing import INVENTORY, participant_hears
from usecases.orders import OrderView, find_order, order_of, view_of
from usecases.ports.store import Scan, Where
from usecases.ports.telemetry import ORDERS_OVERDUE
from usecases.relaying import relay
from usecases.shop import Shop
from usecases.stepping import Subject, is_spent, limits_of, order_change
from usecases.sweeping import each
from usecases.tracking import facts_onto

MOST_SWEPT: Final = 100
NOTHING_SAID: Final[Mapping[str, Any]] = {}

STAGES = (PLACING, *(str(stage) for stage in Stage if stage), RETURN_WINDOW)
"""All that an order can be overdue in."""


class NotPlaced(Conflict):
    """The order is still being placed, or never was."""

    code = "ORDER_NOT_PLACED"
    message = "The order is not placed."


class NotShippable(Conflict):
    """The order is not reserved, paid and labelled, or it was cancelled."""

    code = "NOT_SHIPPABLE"
    message = "The order cannot be shipped now."


class CancelOrder(Command):
    """Ask for an order to be cancelled; ``reason`` is the person's own word: for staff, it decides nothing."""

    reason: Annotated[str, Field(max_length=5_000)] = ""


REFUSALS: dict[str, type[Conflict]] = {
    saga.order.ALREADY_SHIPPED: CannotCancel,
    saga.order.NOT_SHIPPABLE: NotShippable,
}


async def cancel_order(
    shop: Shop, caller: Caller, id_or_number: str, reason: str = ""
) -> OrderView:
    """Cancel while it has not shipped: stock is freed, the money is released or given back.

    The ``reason`` of the request that cancels it is kept on the order. Safe to repeat: an order that is
    being cancelled answers the same. Raises ``OrderNotFound``, ``NotPlaced``, ``CannotCancel``.
    """
    order = await find_order(shop, id_or_number)
    if order.user_id != caller.user_id and not caller.is_staff:
        raise OrderNotFound(order_id=id_or_number)
    signal = Signal(names.CANCEL_ORDER, f"{order.order_id}:cancel", reason=names.BY_CUSTOMER)
    return view_of(await command(shop, caller, order, signal, said={"reason": reason}))


async def mark_shipped(shop: Shop, caller: Caller, id_or_number: str) -> OrderView:
    """The parcel may go to the carrier; of this and a cancellation exactly one wins.

    Raises ``OrderNotFound``, ``NotPlaced``, ``NotShippable``.
    """
    order = await find_order(shop, id_or_number)
    signal = Signal(names.MARK_SHIPPED, f"{order.order_id}:ship")
    return view_of(await command(shop, caller, order, signal))


async def command(
    shop: Shop,
    caller: Caller,
    order: Order,
    signal: Signal,
    *,
    said: Mapping[str, Any] = NOTHING_SAID,
) -> Order:
    """Put a command to the order's saga: one commit of the order decides. Safe to repeat.

    ``said`` is what is kept on the order beside what is decided.
    """

    async def step() -> Order:
        fresh = await order_of(shop, order.user_id, order.order_id)
        if not fresh.is_placed:
            raise NotPlaced(status=fresh.status)
        return await _decided(shop, caller, fresh, signal, said)

    return await again(shop, step)


async def look_again(shop: Shop, caller: Caller) -> int:
    """The watchdog: every order past its deadline is asked about again, given up, or closed.

    How many orders were looked at; safe to run in several processes at once. What is overdue still, since
    it could not be moved, is reported by stage, also where that is nothing.
    """
    overdue = Scan(where=(Where("due", "<=", moment_text(shop.clock.now())),), limit=MOST_SWEPT)
    found = await shop.store.find(Order, overdue)
    left = Counter(dict.fromkeys(STAGES, 0))
    left.update(_stage_of(order) for order in found.items)

    async def look(order: Order) -> bool:
        moved = await _looked_at(shop, caller, order)
        left[_stage_of(order)] -= 1
        return moved

    looked_at = await each(found.items, look)
    for stage, orders in left.items():
        shop.telemetry.measure(ORDERS_OVERDUE, orders, {"shop.order.stage": stage})
    return looked_at


def _stage_of(order: Order) -> str:
    return str(order.deadline.stage) if order.deadline else ""


async def _looked_at(shop: Shop, caller: Caller, order: Order) -> bool:
    deadline = order.deadline
    if deadline is None:
        return False
    if deadline.stage == PLACING:
        await rejected(shop, caller, order, ())
    elif deadline.stage == RETURN_WINDOW:
        await _goods_have_left(shop, caller, order)
        closed = Signal(names.RETURN_WINDOW_CLOSED, f"{order.order_id}:{RETURN_WINDOW}")
        await command(shop, caller, order, closed)
    else:
        passed = timer(order.order_id, deadline.stage, deadline.attempt)
        await command(shop, caller, order, passed)
    return True


async def _goods_have_left(shop: Shop, caller: Caller, order: Order) -> None:
    """Inventory hears once more that a delivered order's goods are gone, before the order is closed.

    Where every carrier's event was lost on the way to it, the pieces would stay on hand, and held, for ever.
    What it has heard before changes nothing.
    """
    if order.status != Status.DELIVERED:
        return
    told = Signal(names.DELIVERY_COMPLETED, f"{order.order_id}:{RETURN_WINDOW}")
    subject = Subject(order.user_id, order.order_id)
    await participant_hears(shop, caller, INVENTORY, subject, told)


async def _decided(
    shop: Shop, caller: Caller, order: Order, signal: Signal, said: Mapping[str, Any]
) -> Order:
    decision = saga.decide(order.facets, signal, limits_of(shop))
    for effect in decision.effects:
        if isinstance(effect, Reject):
            raise REFUSALS[effect.code](order_id=order.order_id, status=order.status)
    if decision.facets == order.facets and not decision.effects and not is_spent(order, signal):
        return order
    known = facts_onto(order, signal, said, shop.clock.now())
    done = await shop.store.commit(order_change(shop, caller, known, decision, signal))
    await relay(shop, caller, done)
    moved: Order = done.entities[0]
    return moved
