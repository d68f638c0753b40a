"""The address book over HTTP, and whether an address can be right."""

from typing import Any

import httpx
import pytest

from domain.access import Role
from tests.blueprints.goods import ADDRESS
from tests.blueprints.harness import Web, code

BOOK = "/api/users/me/addresses"
CHECK = "/api/addresses/validate"
BILLING = ADDRESS | {"type": "billing"}
WORK = ADDRESS | {"line1": "2 Side Street"}


async def send(
    web: Web, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    """As the first customer."""
    return await web.send(method, path, body, **web.token(Role.CUSTOMER), **headers)


async def added(web: Web, body: Any = ADDRESS) -> dict[str, Any]:
    answer = await send(web, "POST", BOOK, body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == answer.json()["etag"]
    told: dict[str, Any] = answer.json()
    return told


async def book(web: Web) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await send(web, "GET", BOOK)).json()["items"]
    return items


async def test_an_address_is_added_changed_preferred_and_removed(web: Web) -> None:
    first = await added(web)
    assert {name: first[name] for name in ADDRESS} == ADDRESS
    assert (first["type"], first["is_default"], first["line2"]) == ("shipping", True, "")
    second = await added(web, WORK)
    await added(web, BILLING)

    changed = await send(web, "PUT", f"{BOOK}/{first['id']}", ADDRESS | {"phone": "+1 555"})
    preferred = await send(web, "PUT", f"{BOOK}/{second['id']}/default")
    removed = await send(web, "DELETE", f"{BOOK}/{first['id']}")

    assert (changed.json()["phone"], changed.headers["etag"]) == ("+1 555", changed.json()["etag"])
    assert (preferred.status_code, preferred.json()["is_default"]) == (200, True)
    assert (removed.status_code, removed.content) == (204, b"")
    left = await book(web)
    assert [(one["line1"], one["type"], one["is_default"]) for one in left] == [
        ("2 Side Street", "shipping", True),
        ("1 Market Street", "billing", True),
    ]
    assert left[0] == preferred.json()


async def test_the_book_is_nobodys_but_its_owners(web: Web) -> None:
    mine = await added(web)
    other = web.token(Role.STAFF)

    with web.unchanged():
        theirs = await web.get(BOOK, **other)
        answers = [
            await web.send("PUT", f"{BOOK}/{mine['id']}", WORK, **other),
            await web.send("PUT", f"{BOOK}/{mine['id']}/default", **other),
            await web.send("DELETE", f"{BOOK}/{mine['id']}", **other),
        ]

    assert theirs.json() == {"items": []}
    assert theirs.headers["cache-control"] == "no-store"
    assert [code(answer) for answer in answers] == [(404, "ADDRESS_NOT_FOUND")] * 3


async def test_a_change_names_what_it_was_read_as(web: Web) -> None:
    one = await added(web)
    path, tag = f"{BOOK}/{one['id']}", {"If-Match": one["etag"]}
    first = await send(web, "PUT", path, WORK, **tag)

    with web.unchanged():
        again = await send(web, "PUT", path, WORK, **tag)
        late = await send(web, "PUT", path, ADDRESS, **tag)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert code(late) == (412, "PRECONDITION_FAILED")
    assert (await send(web, "PUT", path, ADDRESS, **{"If-Match": "*"})).status_code == 200


async def test_the_same_address_twice_is_one_address(web: Web) -> None:
    one = await added(web)

    with web.unchanged():
        again = await added(web)

    assert again == one


async def test_a_full_book_says_so(web: Web) -> None:
    for number in range(20):
        await added(web, ADDRESS | {"line1": f"{number} Main Street"})

    with web.unchanged():
        answer = await send(web, "POST", BOOK, ADDRESS)

    assert code(answer) == (422, "ADDRESS_LIMIT")
    assert answer.json()["error"]["details"] == {"limit": 20}


@pytest.mark.parametrize(
    "fault",
    [{"city": ""}, {"country": "usa"}, {"type": "holiday"}, {"is_default": True}, {"phone": "x"}],
)
async def test_a_faulty_field_is_named(web: Web, fault: dict[str, Any]) -> None:
    with web.unchanged():
        answer = await send(web, "POST", BOOK, ADDRESS | fault)

    assert code(answer) == (400, "INVALID_REQUEST")
    (named,) = answer.json()["error"]["details"]["fields"]
    assert named["field"] == next(iter(fault))


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_is_not_signed_in_has_no_book(web: Web, method: str) -> None:
    guest = await web.guest()

    with web.unchanged():
        nobody = await web.send(method, BOOK, ADDRESS if method == "POST" else None)
        visitor = await guest.send(method, BOOK, ADDRESS if method == "POST" else None)

    assert code(nobody) == (401, "UNAUTHORIZED")
    assert code(visitor) == (403, "FORBIDDEN")


async def test_anybody_may_ask_whether_an_address_can_be_right(web: Web) -> None:
    written = ADDRESS | {"state": "california", "postal_code": "941031234", "name": " Robin  Fern "}

    with web.unchanged():
        answer = await web.send("POST", CHECK, written)

    assert answer.json() == {
        "valid": True,
        "address": ADDRESS | {"postal_code": "94103-1234", "line2": "", "phone": ""},
        "problems": [],
        "deliverability": "unknown",
    }
    assert answer.headers["x-store-operations"] == "0"


async def test_each_field_that_cannot_be_right_is_named(web: Web) -> None:
    written = {"name": "Robin Fern", "line1": "1 Road", "state": "NY", "postal_code": "94103"}

    answer = await web.send("POST", CHECK, written)

    assert (answer.status_code, answer.json()["valid"]) == (200, False)
    assert answer.json()["problems"] == [
        {"field": "city", "code": "required", "message": "This is needed."},
        {
            "field": "postal_code",
            "code": "mismatch",
            "message": "This does not belong to that state.",
        },
    ]


async def test_what_is_put_right_may_be_kept(web: Web) -> None:
    answer = await web.send("POST", CHECK, WORK | {"postal_code": "94103 1234", "state": "ca"})

    kept = await added(web, answer.json()["address"])

    assert (kept["postal_code"], kept["state"]) == ("94103-1234", "CA")


@pytest.mark.parametrize("body", [{"planet": "Earth"}, {"name": "x" * 201}, []])
async def test_what_is_no_address_at_all_is_refused(web: Web, body: Any) -> None:
    assert code(await web.send("POST", CHECK, body)) == (400, "INVALID_REQUEST")
