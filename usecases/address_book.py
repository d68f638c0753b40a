"""What people do with their address book: one read to see it, one batch to change it.

The caller's own book is the only one that is ever read: an id of somebody else's address is the id of none.
"""

from datetime import datetime

from domain.access import Caller
from domain.address import Address
from domain.address_book import (
    BOOK_ID,
    AddressBook,
    AddressType,
    SavedAddress,
    check_version,
)
from domain.model import View
from domain.postal import AddressCheck, WrittenAddress, checked, country_of
from usecases.again import again
from usecases.ports.store import Change
from usecases.shop import Shop


class SaveAddress(Address):
    """An address to keep, and what for."""

    type: AddressType = "shipping"


class AddressView(View):
    """An address of the book as its owner sees it; ``etag`` is what ``If-Match`` takes."""

    id: str
    address_id: str
    user_id: str
    name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str
    type: AddressType
    is_default: bool
    etag: str
    created_at: datetime
    updated_at: datetime


class AddressViews(View):
    """The whole book: it is short, so it is one page. The first of each type is its default."""

    items: tuple[AddressView, ...]


async def list_addresses(shop: Shop, who: Caller) -> AddressViews:
    """The caller's addresses; one read."""
    book = await book_of(shop, who.user_id)
    return AddressViews(items=tuple(_view(book, one) for one in book.addresses))


async def add_address(shop: Shop, who: Caller, command: SaveAddress) -> AddressView:
    """Keep an address; one read and one batch. The first of its type is the default.

    Safe to repeat: what is in the book already is not added again. Raises ``BookFull``.
    """
    address, id = _address(command), shop.ids.new()

    async def step() -> AddressView:
        book = await book_of(shop, who.user_id)
        known = book.saying(address, command.type)
        if known is not None:
            return _view(book, known)
        now = shop.clock.now()
        fresh = SavedAddress(
            id=id, type=command.type, address=address, created_at=now, updated_at=now
        )
        return await _saved(shop, who, book.with_new(fresh), id)

    return await again(shop, step)


async def change_address(
    shop: Shop, who: Caller, id: str, command: SaveAddress, expected: frozenset[int] | None = None
) -> AddressView:
    """Let an address say something else; orders keep what it said when they were placed.

    ``expected`` are the versions that the caller may mean, ``None`` any. Safe to repeat: an address that says this
    already is left as it is. Raises ``AddressNotFound``, ``PreconditionFailed``.
    """
    address = _address(command)

    async def step() -> AddressView:
        book = await book_of(shop, who.user_id)
        one = book.address(id)
        if one.says(address, command.type):
            return _view(book, one)
        check_version(one, expected)
        changed = book.changed(one, address, command.type, shop.clock.now())
        return await _saved(shop, who, changed, id)

    return await again(shop, step)


async def remove_address(shop: Shop, who: Caller, id: str) -> None:
    """Take an address out; the next of its type is the default. Raises ``AddressNotFound``, also the second time."""

    async def step() -> None:
        book = await book_of(shop, who.user_id)
        await shop.store.commit(Change(by=who, puts=(book.without(id),)))

    await again(shop, step)


async def prefer_address(shop: Shop, who: Caller, id: str) -> AddressView:
    """Make an address the default of its type, in the place of the one that was. Raises ``AddressNotFound``."""

    async def step() -> AddressView:
        book = await book_of(shop, who.user_id)
        one = book.address(id)
        if book.is_default(one):
            return _view(book, one)
        return await _saved(shop, who, book.preferring(id), id)

    return await again(shop, step)


async def check_address(shop: Shop, command: WrittenAddress) -> AddressCheck:
    """The address as its country writes it, and what is wrong with it. Reads and writes nothing of the shop's."""
    return checked(command, await shop.postal.of(country_of(command)))


async def book_of(shop: Shop, user_id: str) -> AddressBook:
    """The person's address book, new and unwritten where there is none; one read."""
    return await shop.store.get(AddressBook, BOOK_ID, user_id) or AddressBook(user_id=user_id)


async def _saved(shop: Shop, who: Caller, book: AddressBook, id: str) -> AddressView:
    done = await shop.store.commit(Change(by=who, puts=(book,)))
    written: AddressBook = done.entities[0]
    return _view(written, written.address(id))


def _address(command: SaveAddress) -> Address:
    return Address(**command.model_dump(exclude={"type"}))


def _view(book: AddressBook, one: SavedAddress) -> AddressView:
    return AddressView(
        **one.address.model_dump(),
        id=one.id,
        address_id=one.id,
        user_id=book.user_id,
        type=one.type,
        is_default=book.is_default(one),
        etag=one.etag,
        created_at=one.created_at,
        updated_at=one.updated_at,
    )
