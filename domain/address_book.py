"""A person's address book: one document, so that its limit and its defaults hold whoever writes at once.

Of each type the address that stands first is the default: while there is one of a type, exactly one is
the default, and no other state can be written down.
"""

from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Final, Literal, Self

from domain.address import Address
from domain.entity import Entity, Value
from domain.errors import NotFound, PreconditionFailed, RuleBroken

type AddressType = Literal["shipping", "billing"]

BOOK_ID: Final = "address-book"
MOST_ADDRESSES: Final = 20


class AddressNotFound(NotFound):
    """There is no such address, or it is not the caller's."""

    code = "ADDRESS_NOT_FOUND"
    message = "There is no such address in your address book."


class BookFull(RuleBroken):
    """There are as many addresses as the shop keeps for one person."""

    code = "ADDRESS_LIMIT"
    message = "Your address book is full; remove an address first."


class SavedAddress(Value):
    """An address of the book. ``version`` counts its changes, the first is 1."""

    id: str
    type: AddressType
    address: Address
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def etag(self) -> str:
        """Its strong entity tag: the version, and the hash of what it says."""
        said = f"{self.type}\n{self.address.model_dump_json()}".encode()
        return f'"{self.version}-{sha256(said).hexdigest()[:24]}"'

    def says(self, address: Address, type_: AddressType) -> bool:
        """Whether it is just this address for this use."""
        return (self.address, self.type) == (address, type_)


class AddressBook(Entity):
    """The addresses of one person, of both types."""

    kind: ClassVar[str] = "address-book"
    container: ClassVar[str] = "Addresses"
    partition_field: ClassVar[str] = "user_id"
    personal: ClassVar[frozenset[str]] = frozenset({"addresses"})

    id: str = BOOK_ID
    user_id: str
    addresses: tuple[SavedAddress, ...] = ()

    def address(self, id: str) -> SavedAddress:
        """The address with that id. Raises ``AddressNotFound``."""
        found = next((one for one in self.addresses if one.id == id), None)
        if found is None:
            raise AddressNotFound(address_id=id)
        return found

    def saying(self, address: Address, type_: AddressType) -> SavedAddress | None:
        """The address that says just this, if it is there already."""
        return next((one for one in self.addresses if one.says(address, type_)), None)

    def is_default(self, one: SavedAddress) -> bool:
        """Whether it is the first of its type."""
        return one is next(other for other in self.addresses if other.type == one.type)

    def with_new(self, one: SavedAddress) -> Self:
        """The book with one address more, the last. Raises ``BookFull``."""
        if len(self.addresses) >= MOST_ADDRESSES:
            raise BookFull(limit=MOST_ADDRESSES)
        return self.but(addresses=(*self.addresses, one))

    def changed(
        self, one: SavedAddress, address: Address, type_: AddressType, at: datetime
    ) -> Self:
        """The book in which ``one`` says this; where its type changes it becomes the last of the new type."""
        update = {"address": address, "type": type_, "version": one.version + 1, "updated_at": at}
        fresh = one.model_copy(update=update)
        if fresh.type != one.type:
            return self.but(addresses=(*self._others(one), fresh))
        return self.but(addresses=tuple(fresh if x.id == one.id else x for x in self.addresses))

    def without(self, id: str) -> Self:
        """The book without the address; the next of its type is the default. Raises ``AddressNotFound``."""
        return self.but(addresses=self._others(self.address(id)))

    def preferring(self, id: str) -> Self:
        """The book with this address as the default of its type. Raises ``AddressNotFound``."""
        one = self.address(id)
        return self.but(addresses=(one, *self._others(one)))

    def _others(self, one: SavedAddress) -> tuple[SavedAddress, ...]:
        return tuple(other for other in self.addresses if other.id != one.id)


def check_version(one: SavedAddress, expected: frozenset[int] | None) -> None:
    """Raise ``PreconditionFailed`` unless the address is one that the caller may mean; ``None`` is any."""
    if expected is not None and one.version not in expected:
        raise PreconditionFailed(address_id=one.id, version=one.version)
