"""Erasing what orders and tickets still say of a person whose account is gone, as soon as nobody needs it any more.

An order that is under way needs its address; what it cost, and of what, is kept for the books. Nobody needs
what was said on a ticket.
"""

from typing import Final

from domain.access import Caller
from domain.order import REJECTED, Order
from domain.saga import Status
from domain.shipment import Shipment, shipment_id
from domain.user import User
from usecases.ports.store import MOST_ON_A_PAGE, Change, Page, Query, Scan, Where
from usecases.shop import Shop
from usecases.sweeping import each
from usecases.ticket_erasing import erase_tickets

OVER: Final = frozenset({Status.COMPLETED, Status.CANCELLED, Status.PAYMENT_FAILED, REJECTED})
MOST_PAGES: Final = 100
"""So many pages of one person's orders are looked at in one sweep."""


async def erase_traces(shop: Shop, caller: Caller) -> int:
    """For how many deleted accounts nothing is left; safe to run in several processes at once."""
    deleted = Scan(where=(Where("leaves_traces", "=", True),))
    found = await shop.store.find(User, deleted)
    return await each(found.items, lambda user: _erased(shop, caller, user))


async def _erased(shop: Shop, caller: Caller, user: User) -> bool:
    """Whether no ticket says anything of the person any more, and every order is over and does not either."""
    if not await erase_tickets(shop, caller, user):
        return False
    page = await _page(shop, user, None)
    for _ in range(MOST_PAGES):
        over = [order for order in page.items if order.status in OVER]
        for order in over:
            await _anonymised(shop, caller, order)
        if len(over) < len(page.items):
            return False
        if page.next is None:
            gone = user.but(leaves_traces=False)
            await shop.store.commit(Change(by=caller, puts=(gone,)))
            return True
        page = await _page(shop, user, page)
    return False


async def _page(shop: Shop, user: User, before: Page[Order] | None) -> Page[Order]:
    after = before.next if before else None
    query = Query(user.user_id, order_by="created_at", limit=MOST_ON_A_PAGE, after=after)
    return await shop.store.find(Order, query)


async def _anonymised(shop: Shop, caller: Caller, order: Order) -> None:
    """The parcel first, the order last: while the order names the person, it is looked at again."""
    if order.is_anonymous:
        return
    shipment = await shop.store.get(Shipment, shipment_id(order.order_id), order.order_id)
    if shipment is not None:
        await shop.store.commit(Change(by=caller, puts=(shipment.anonymised(),)))
    await shop.store.commit(Change(by=caller, puts=(order.anonymised(shop.clock.now()),)))
