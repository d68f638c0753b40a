"""Promo codes, as staff keep them over HTTP."""

from typing import Any

import httpx
import pytest

from domain.access import Role
from tests.blueprints.goods import ABSENT, CANDLE, ORDER
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import filled, ordered

CODES = "/api/staff/promotions"
TEN: dict[str, Any] = {"code": "snow-10", "name": "Ten off", "percent": 10, "limit": 2}


async def send(
    web: Web, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    """As a member of staff."""
    return await web.send(method, path, body, **web.token(Role.STAFF), **headers)


async def made(web: Web, **fields: Any) -> httpx.Response:
    answer = await send(web, "POST", CODES, TEN | fields)
    assert answer.status_code == 201, answer.text
    return answer


async def change(web: Web, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await send(web, "PUT", f"{CODES}/SNOW10", body, **headers)


async def used_once(web: Web) -> None:
    guest = await filled(web, CANDLE)
    assert (await guest.send("POST", "/api/checkout/promo", {"code": "SNOW10"})).status_code == 200
    await ordered(guest)


async def test_a_code_is_made_used_and_stopped(web: Web) -> None:
    answer = await made(web)
    await used_once(web)
    stopped = await change(web, {"active": False})

    assert {name: answer.json()[name] for name in ("code", "type", "percent", "limit", "used")} == {
        "code": "SNOW10",
        "type": "percentage",
        "percent": 10.0,
        "limit": 2,
        "used": 0,
    }
    assert (stopped.json()["active"], stopped.json()["used"]) == (False, 1)
    assert stopped.json()["name"] == "Ten off"
    late = await filled(web, CANDLE)
    refused = await late.send("POST", "/api/checkout/promo", {"code": "SNOW10"})
    assert code(refused) == (422, "PROMO_UNKNOWN")


@pytest.mark.parametrize(
    ("terms", "shown"),
    [
        ({"percent": 12.5}, {"type": "percentage", "percent": 12.5, "amount_off": None}),
        ({"amount_off": "15.00", "minimum": 75}, {"type": "amount", "amount_off": 15.0}),
        ({"free_shipping": True}, {"type": "free_shipping", "percent": None}),
        (
            {"percent": 5, "categories": ["home"], "products": [CANDLE], "per_customer": 1},
            {"categories": ["home"], "products": [CANDLE], "per_customer": 1, "used": None},
        ),
    ],
)
async def test_every_sort_of_code_can_be_made(
    web: Web, terms: dict[str, Any], shown: dict[str, Any]
) -> None:
    answer = await send(web, "POST", CODES, {"code": "ANY"} | terms)

    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in shown} == shown


async def test_codes_are_listed_in_order_with_what_is_left_now(web: Web) -> None:
    for name in ("CCC", "AAA", "BBB"):
        await made(web, code=name)
    await made(web)
    await used_once(web)

    first = (await send(web, "GET", f"{CODES}?limit=3")).json()
    rest = (await send(web, "GET", f"{CODES}?limit=3&cursor={first['next_cursor']}")).json()

    assert [one["code"] for one in first["items"]] == ["AAA", "BBB", "CCC"]
    assert [(one["code"], one["used"]) for one in rest["items"]] == [("SNOW10", 1)]
    assert (first["limit"], rest["next_cursor"]) == (3, None)
    assert code(await send(web, "GET", f"{CODES}?cursor=x")) == (400, "INVALID_CURSOR")


async def test_the_same_code_twice_is_one_and_another_one_is_refused(web: Web) -> None:
    await made(web)
    await used_once(web)

    with web.unchanged():
        again = await made(web, code="Snow 10")
        other = await send(web, "POST", CODES, TEN | {"percent": 20})

    assert again.json()["used"] == 1
    assert code(other) == (409, "PROMO_CODE_TAKEN")


async def test_what_shoppers_were_promised_stays(web: Web) -> None:
    await made(web)
    await used_once(web)
    await used_once(web)

    more = await change(web, {"limit": 5, "ends_at": "2027-01-01T00:00:00Z"})
    least = await change(web, {"limit": 2})
    with web.unchanged():
        less = await change(web, {"limit": 1})
        uncounted = await change(web, {"limit": None})
        other = await change(web, {"percent": 20})
        backwards = await change(web, {"starts_at": "2027-02-01T00:00:00Z"})
        same = await change(web, {"limit": 2})
    open_end = await change(web, {"ends_at": None})

    assert [(one.json()["limit"], one.json()["used"]) for one in (more, least)] == [(5, 2), (2, 2)]
    assert code(less) == (422, "PROMO_LIMIT_BELOW_USES")
    assert less.json()["error"]["details"] == {"promo_code": "SNOW10", "used": 2, "limit": 1}
    assert code(uncounted) == (422, "PROMO_TERMS_FIXED")
    assert code(other) == (400, "INVALID_REQUEST")
    assert code(backwards) == (400, "PROMO_BAD_TERMS")
    assert (same.status_code, open_end.json()["ends_at"]) == (200, None)
    guest = await filled(web, CANDLE)
    refused = await guest.send("POST", "/api/checkout/promo", {"code": "SNOW10"})
    assert code(refused) == (422, "PROMO_USED_UP")


async def test_a_limit_that_is_raised_gives_just_so_many_uses_more(web: Web) -> None:
    await made(web, limit=1)
    await used_once(web)
    late = await filled(web, CANDLE)

    await change(web, {"limit": 2})

    assert (await late.send("POST", "/api/checkout/promo", {"code": "SNOW10"})).status_code == 200
    assert (await late.send("POST", "/api/orders", ORDER)).status_code == 201
    assert (await change(web, {"name": "Over"})).json()["used"] == 2


async def test_whoever_read_an_older_version_is_told_so(web: Web) -> None:
    tag = {"If-Match": (await made(web)).headers["etag"]}
    first = await change(web, {"name": "First"}, **tag)

    with web.unchanged():
        again = await change(web, {"name": "First"}, **tag)
        late = await change(web, {"active": False}, **tag)

    assert (first.json()["revision"], again.json()) == (2, first.json())
    assert code(late) == (412, "PRECONDITION_FAILED")


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"percent": 0}, (400, "INVALID_REQUEST")),
        ({"percent": None}, (400, "PROMO_BAD_TERMS")),
        ({"amount_off": 5}, (400, "PROMO_BAD_TERMS")),
        ({"code": "~all"}, (400, "PROMO_BAD_TERMS")),
        ({"minimum": "1.999"}, (400, "PROMO_BAD_TERMS")),
        ({"limit": 0}, (400, "INVALID_REQUEST")),
        (
            {"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"},
            (400, "PROMO_BAD_TERMS"),
        ),
        ({"categories": ["no-such"]}, (422, "PROMO_UNKNOWN_GOODS")),
        ({"products": [ABSENT, "oak-tray"]}, (422, "PROMO_UNKNOWN_GOODS")),
    ],
)
async def test_what_is_no_promotion_is_refused(
    web: Web, terms: dict[str, Any], expected: tuple[int, str]
) -> None:
    with web.unchanged():
        assert code(await send(web, "POST", CODES, TEN | terms)) == expected


@pytest.mark.parametrize("written", ["NONE", "x", "%00", "~all", "\u00fc", "A" * 900])
async def test_what_is_no_code_is_not_found(web: Web, written: str) -> None:
    with web.unchanged():
        answer = await send(web, "PUT", f"{CODES}/{written}", {"active": False})

    assert code(answer) == (404, "PROMOTION_NOT_FOUND")
