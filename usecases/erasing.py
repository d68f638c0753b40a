"""Erasing what is still kept of a person whose account is gone, as soon as nobody needs it any more.

Address book, wishlist and cards go at once, here and at the card network, and so does what was said on tickets.
An order that is under way needs its address; what it cost, and of what, is kept for the books.
"""

from datetime import timedelta
from typing import Final

from domain.access import Caller
from domain.address_book import BOOK_ID, AddressBook
from domain.order import REJECTED, Order
from domain.saga import Status
from domain.shipment import Shipment, shipment_id
from domain.user import ASSIGNED, User, UserListing, role_partition
from domain.wallet import WALLET_ID, Wallet
from domain.wishlist import WISHLIST_ID, Wishlist
from usecases.again import again
from usecases.order_lists import show_order
from usecases.ports.store import MOST_ON_A_PAGE, Change, Page, Query, Scan, Where
from usecases.shop import Shop
from usecases.sweeping import each
from usecases.ticket_erasing import erase_tickets
from usecases.wallet import forget_leaving

OVER: Final = frozenset({Status.COMPLETED, Status.CANCELLED, Status.PAYMENT_FAILED, REJECTED})
MOST_PAGES: Final = 100
"""So many pages of one person's orders are looked at in one sweep."""
LAST_WORDS: Final = timedelta(minutes=5)
"""So long after an account was deleted a request that came in before may still write (the platform ends it sooner)."""


async def erase_traces(shop: Shop, caller: Caller) -> int:
    """For how many deleted accounts nothing is left; safe to run in several processes at once."""
    deleted = Scan(where=(Where("leaves_traces", "=", True),))
    found = await shop.store.find(User, deleted)
    return await each(found.items, lambda user: _erased(shop, caller, user))


async def forget_belongings(shop: Shop, caller: Caller, user_id: str) -> None:
    """Remove a deleted account's address book, wishlist and cards, and its line in lists that a late request wrote.

    Safe to repeat after a crash at any point.
    Whoever has come again meanwhile keeps what is new: the record is read after what shall go, which is
    removed only as it was read. Raises ``PaymentBusy`` while the network has cards left.
    """
    await again(shop, lambda: _remove(shop, caller, user_id))
    await forget_leaving(shop, caller, user_id)


async def _remove(shop: Shop, caller: Caller, user_id: str) -> None:
    book = await shop.store.get(AddressBook, BOOK_ID, user_id)
    wishlist = await shop.store.get(Wishlist, WISHLIST_ID, user_id)
    places = map(role_partition, ASSIGNED)
    lines = [await shop.store.get(UserListing, user_id, place) for place in places]
    wallet = await shop.store.get(Wallet, WALLET_ID, user_id)
    user = await shop.store.get(User, user_id, user_id)
    if user is None or user.status != "deleted":
        return
    for own in (book, wishlist, *lines):
        if own is not None:
            await shop.store.commit(Change(by=caller, removes=(own,)))
    if wallet is not None and wallet.customer_id:
        await shop.store.commit(Change(by=caller, puts=(wallet.emptied(),)))


async def _erased(shop: Shop, caller: Caller, user: User) -> bool:
    """Whether nothing names the person any more: no belongings, no ticket, and no order from before it left."""
    is_late = user.deleted_at is None or shop.clock.now() - user.deleted_at >= LAST_WORDS
    await forget_belongings(shop, caller, user.user_id)
    are_silent = await erase_tickets(shop, caller, user)
    if not are_silent or not await _are_orders_erased(shop, caller, user) or not is_late:
        return False
    await shop.store.commit(Change(by=caller, puts=(user.but(leaves_traces=False),)))
    return True


async def _are_orders_erased(shop: Shop, caller: Caller, user: User) -> bool:
    page = await _page(shop, user, None)
    for _ in range(MOST_PAGES):
        earlier = [order for order in page.items if _is_from_before(order, user)]
        over = [order for order in earlier if order.status in OVER]
        for order in over:
            await _anonymised(shop, caller, order)
        if len(over) < len(earlier):
            return False
        if page.next is None:
            return True
        page = await _page(shop, user, page)
    return False


def _is_from_before(order: Order, user: User) -> bool:
    """Whether the order was placed before the account was deleted: whoever came again keeps the later ones."""
    return user.deleted_at is None or order.created_at <= user.deleted_at


async def _page(shop: Shop, user: User, before: Page[Order] | None) -> Page[Order]:
    after = before.next if before else None
    query = Query(user.user_id, order_by="created_at", limit=MOST_ON_A_PAGE, after=after)
    return await shop.store.find(Order, query)


async def _anonymised(shop: Shop, caller: Caller, order: Order) -> None:
    """The parcel and the staff's list first, the order last: while it names the person, it is looked at again."""
    if order.is_anonymous:
        return
    nobodys = order.anonymised(shop.clock.now())
    if order.is_placed:
        await show_order(shop, caller, nobodys)
    shipment = await shop.store.get(Shipment, shipment_id(order.order_id), order.order_id)
    if shipment is not None:
        await shop.store.commit(Change(by=caller, puts=(shipment.anonymised(),)))
    await shop.store.commit(Change(by=caller, puts=(nobodys,)))
