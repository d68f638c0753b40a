"""The address book, and whether an address can be right."""

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from blueprints._versions import expected
from domain.address_book import AddressNotFound, BookFull
from domain.errors import PreconditionFailed
from domain.postal import AddressCheck, WrittenAddress
from usecases import address_book
from usecases.address_book import AddressView, AddressViews, SaveAddress
from usecases.again import Contended

area = Area("addresses")


@endpoint(area, "GET", "api/users/me/addresses", may="self:read", returns=AddressViews)
async def list_addresses(call: Call[None]) -> AddressViews:
    """The caller's address book, whole; of each type the first is the default."""
    return await address_book.list_addresses(call.shop, call.who)


@endpoint(
    area,
    "POST",
    "api/users/me/addresses",
    may="self:change",
    body=SaveAddress,
    returns=AddressView,
    status=201,
    raises=(BookFull, Contended),
)
async def add_address(call: Call[SaveAddress]) -> Answer:
    """Add an address, at most 20. Safe to repeat: what is in the book is not added again."""
    return _answer(201, await address_book.add_address(call.shop, call.who, call.body))


@endpoint(
    area,
    "PUT",
    "api/users/me/addresses/{id}",
    may="self:change",
    body=SaveAddress,
    returns=AddressView,
    raises=(AddressNotFound, PreconditionFailed, Contended),
)
async def change_address(call: Call[SaveAddress]) -> Answer:
    """Change an address; with If-Match only the one that was read. Orders keep what it said."""
    view = await address_book.change_address(
        call.shop, call.who, call.path["id"], call.body, expected(call)
    )
    return _answer(200, view)


@endpoint(
    area,
    "DELETE",
    "api/users/me/addresses/{id}",
    may="self:change",
    status=204,
    media_type="text/plain",
    raises=(AddressNotFound, Contended),
)
async def remove_address(call: Call[None]) -> None:
    """Remove an address; the next of its type becomes the default."""
    await address_book.remove_address(call.shop, call.who, call.path["id"])


@endpoint(
    area,
    "PUT",
    "api/users/me/addresses/{id}/default",
    may="self:change",
    returns=AddressView,
    raises=(AddressNotFound, Contended),
)
async def prefer_address(call: Call[None]) -> Answer:
    """Make it the default of its type."""
    return _answer(200, await address_book.prefer_address(call.shop, call.who, call.path["id"]))


@endpoint(
    area,
    "POST",
    "api/addresses/validate",
    may="anyone",
    body=WrittenAddress,
    returns=AddressCheck,
)
async def validate_address(call: Call[WrittenAddress]) -> AddressCheck:
    """The address as its country writes it, and what cannot be right; offline, by the country's own rules."""
    return await address_book.check_address(call.shop, call.body)


def _answer(status: int, view: AddressView) -> Answer:
    return Answer(status, view.model_dump_json().encode(), headers={"ETag": view.etag})
