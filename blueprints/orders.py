"""Placing orders, and looking after them."""

from typing import Annotated

from pydantic import Field

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.address_book import AddressNotFound
from domain.cart import CartEmpty
from domain.entity import Command
from domain.errors import TooMany
from domain.order import CannotCancel, OrderNotFound, OutOfStock
from domain.pricing import PriceChanged, TotalTooLarge, TotalTooSmall
from domain.promotion import PromoExpired, PromoNotMet, PromoUnknown, PromoUsedUp
from domain.shipping import CannotShipThere
from domain.wallet import CardNotFound
from usecases import commanding, ordering, orders, tracing
from usecases.again import Contended
from usecases.commanding import CancelOrder, NotPlaced
from usecases.ordering import CartMismatch, EmailNeeded, Overtaken, PlaceOrder
from usecases.orders import OrderView
from usecases.quoting import NotSold
from usecases.tracing import TrackingView

area = Area("orders")


class WhoKnows(Command):
    """How somebody who is not signed in shows that the order is theirs."""

    email: Annotated[str, Field(max_length=254)] = ""


@endpoint(
    area,
    "POST",
    "api/orders",
    may="order:place",
    body=PlaceOrder,
    returns=OrderView,
    status=201,
    raises=(
        CartEmpty,
        CartMismatch,
        EmailNeeded,
        NotSold,
        PriceChanged,
        OutOfStock,
        CannotShipThere,
        TotalTooLarge,
        TotalTooSmall,
        PromoUnknown,
        PromoExpired,
        PromoUsedUp,
        PromoNotMet,
        AddressNotFound,
        CardNotFound,
        Overtaken,
        Contended,
    ),
)
async def place_order(call: Call[PlaceOrder]) -> OrderView:
    """Turn the caller's cart into an order. Safe to retry: one cart is one order."""
    return await ordering.place_order(call.shop, call.who, call.body)


@endpoint(
    area,
    "GET",
    "api/orders/{id}",
    may="order:look-up",
    query=WhoKnows,
    returns=OrderView,
    raises=(OrderNotFound, TooMany),
)
async def get_order(call: Call[None]) -> OrderView:
    """One order, by id or number: the owner's, or with ?email= for anyone who knows its e-mail."""
    found = await orders.visible_order(call.shop, call.who, call.path["id"], call.query.email)
    return orders.view_of(found)


@endpoint(
    area,
    "GET",
    "api/orders/{id}/tracking",
    may="order:look-up",
    query=WhoKnows,
    returns=TrackingView,
    raises=(OrderNotFound, TooMany),
)
async def get_tracking(call: Call[None]) -> TrackingView:
    """Where the parcel is, with everything the carrier saw; the same access rule as the order."""
    return await tracing.tracking(call.shop, call.who, call.path["id"], call.query.email)


@endpoint(
    area,
    "POST",
    "api/orders/{id}/cancel",
    may="order:cancel",
    body=CancelOrder,
    returns=OrderView,
    status=202,
    also=(200,),
    raises=(OrderNotFound, NotPlaced, CannotCancel, Contended),
)
async def cancel_order(call: Call[CancelOrder]) -> Answer:
    """Cancel while it has not shipped; stock is freed, the money released or given back."""
    view = await commanding.cancel_order(
        call.shop, call.who, call.path["id"], reason=call.body.reason
    )
    status = 202 if view.status == "cancelling" else 200
    return Answer(status, view.model_dump_json().encode())
