"""What people try: each attack is a function that raises ``Open`` where it gets somewhere."""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpx

from tools.access.matrix import Open
from tools.access.people import Browser, People, bearer, token

type Attack = Callable[[httpx.AsyncClient, People], Awaitable[int]]

ELSEWHERE: Final = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://localhost:3000@evil.example/",
    "http://localhost:3000.evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    " https://evil.example",
    "/%0d%0aSet-Cookie:x=y\r\nX: y",
    "http://localhost:1/",
)


async def made_up_tokens(client: httpx.AsyncClient, people: People) -> int:
    """Unsigned, confused, altered, foreign and malformed tokens, at three kinds of endpoints."""
    good = await token(client, "admin")
    head, body, signature = good.split(".")
    bad = [
        f"{_part({'alg': 'none'})}.{body}.",
        f"{_part({'alg': 'HS256', 'kid': 'x'})}.{body}.{signature}",
        f"{head}.{_part(_claims(body) | {'oid': 'somebody else'})}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        good + "A" * 20_000,
        "null",
        "..",
    ]
    paths = ("/api/products", "/api/cart", "/api/admin/users")
    for path in paths:
        for text in bad:
            answer = await client.get(path, headers={"Authorization": f"Bearer {text}"})
            _expect(answer, 401, f"a made-up token at {path}")
    return len(bad) * len(paths)


async def identity_headers(client: httpx.AsyncClient, people: People) -> int:
    """Headers that a gateway might have set, sent from outside."""
    headers = {
        "X-User-Id": "admin",
        "X-User-Role": "admin",
        "X-MS-CLIENT-PRINCIPAL": _part({"userRoles": ["admin"]}),
        "X-MS-CLIENT-PRINCIPAL-ID": "admin",
    }
    for path in ("/api/cart", "/api/admin/users", "/api/auth/me"):
        _expect(await client.get(path, headers=headers), 401, "identity headers")
    customer = dict(people.headers["customer"])
    _expect(await client.get("/api/admin/users", headers=customer | headers), 403, "beside a token")
    return 4


async def forged_writes(client: httpx.AsyncClient, people: People) -> int:
    """Writes with somebody's cookie, from a page that is not the shop's (CSRF)."""
    browser = Browser(client, {})
    await browser.sign_in("customer")
    token_ = browser.csrf_token
    tries: tuple[Mapping[str, str], ...] = (
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": token_[:-1] + ("A" if token_[-1] != "A" else "B")},
        {"X-CSRF-Token": token_, "Origin": "https://evil.example"},
        {"X-CSRF-Token": token_, "Origin": "null"},
        {"X-CSRF-Token": token_, "Sec-Fetch-Site": "cross-site"},
    )
    for headers in tries:
        answer = await browser.send("PUT", "/api/users/me", json={"name": "X"}, headers=headers)
        _expect(answer, 403, f"a forged write {headers}")
        _expect(
            await browser.send("POST", "/api/auth/logout", headers=headers), 403, "a forged logout"
        )
    _expect(await browser.send("PUT", "/api/users/me", json={"name": "Y"}), 200, "an honest write")
    return 2 * len(tries)


async def open_redirects(client: httpx.AsyncClient, people: People) -> int:
    """Addresses that are not the shop's, as the place to return to."""
    for address in ELSEWHERE:
        answer = await client.get("/api/auth/login", params={"return_to": address})
        _expect(answer, 400, f"return_to={address!r}")
    browser = Browser(client, {})
    back = await browser.sign_in("customer", return_to="/orders?x=1#y")
    if not back.headers["location"].endswith("/orders?x=1#y"):
        raise Open(f"an honest return went to {back.headers['location']}")
    return len(ELSEWHERE)


async def planted_session(client: httpx.AsyncClient, people: People) -> int:
    """A session that somebody else has chosen before the sign-in (fixation)."""
    thief = Browser(client, {})
    await thief.sign_in("customer2")
    planted = dict(thief.cookies)
    victim = Browser(client, {**planted, "hph_session": planted["hph_session"]})
    await victim.sign_in("customer")
    if victim.cookies["hph_session"] == planted["hph_session"]:
        raise Open("the planted session was adopted")
    made_up = Browser(client, {"hph_session": "A" * 43})
    _expect(await made_up.send("GET", "/api/auth/me"), 401, "a made-up session")
    mine = (await thief.send("GET", "/api/users/me")).json()["email"]
    if mine != "customer2@example.com":
        raise Open("the thief has become the victim")
    return 2


async def replayed_callback(client: httpx.AsyncClient, people: People) -> int:
    """The way back, gone twice; with another browser's cookie; with another state; with no verifier."""
    browser = Browser(client, {})
    address = await browser.code_for("customer")
    carried = dict(browser.cookies)
    _expect(await browser.send("GET", address), 302, "an honest callback")
    _expect(await browser.send("GET", address), 400, "a replay without the cookie")
    _expect(await Browser(client, carried).send("GET", address), 401, "a replay with the cookie")
    _expect(
        await Browser(client, {}).send("GET", await browser.code_for("customer")), 400, "login CSRF"
    )
    one, other = Browser(client, {}), Browser(client, {})
    stolen, _ = await one.code_for("customer"), await other.code_for("customer2")
    _expect(await other.send("GET", stolen), 400, "a code of another browser")
    state = (await other.code_for("customer2")).partition("&state=")[2]
    mixed = f"{stolen.partition('&state=')[0]}&state={state}"
    _expect(await other.send("GET", mixed), 401, "a stolen code under the thief's own state")
    _expect(await one.send("GET", stolen), 401, "a code that a thief has tried")
    return 6


async def renewed_twice(client: httpx.AsyncClient, people: People) -> int:
    """A session that was renewed, used again."""
    browser = Browser(client, {})
    await browser.sign_in("customer")
    copy = Browser(client, dict(browser.cookies), browser.csrf_token)
    _expect(await browser.send("POST", "/api/auth/refresh"), 200, "an honest renewal")
    _expect(await copy.send("POST", "/api/auth/refresh"), 409, "a second renewal")
    return 1


async def what_others_own(client: httpx.AsyncClient, people: People) -> int:
    """The own things of one customer, asked for by another; a made-up e-mail."""
    path = "/api/orders/HPH-2026-AAAA-BBBB-CCCC"
    for headers in people.headers.values():
        if "Cookie" in headers or not headers:
            for query in ({}, {"email": "a@example.com"}):
                _expect(
                    await client.get(path, params=query, headers=dict(headers)), 404, "an order"
                )
    for name in ("customer", "staff"):
        body = {"new_role": "admin"}
        me = (await client.get("/api/users/me", headers=dict(people.headers[name]))).json()
        url = f"/api/admin/users/{me['user_id']}/role"
        answer = await client.put(url, json=body, headers=dict(people.headers[name]))
        _expect(answer, 403, f"a promotion of {name} by {name}")
    return 6


async def anothers_ticket(client: httpx.AsyncClient, people: People) -> int:
    """A ticket of one customer, asked for and added to by another, and handled by who is not staff."""
    asked = {"type": "question", "subject": "Mine", "description": "Mine alone"}
    owner, other = dict(people.headers["customer"]), dict(people.headers["other customer"])
    opened = await client.post("/api/tickets", json=asked, headers=owner)
    _expect(opened, 201, "an honest ticket")
    number, id = opened.json()["ticket_number"], opened.json()["ticket_id"]
    for name in (number, id):
        path = f"/api/tickets/{name}"
        _expect(await client.get(path, headers=other), 404, "another's ticket")
        said = await client.post(f"{path}/messages", json={"message": "Mine"}, headers=other)
        _expect(said, 404, "a reply on another's ticket")
    desk = f"/api/staff/tickets/{id}"
    _expect(await client.get(desk, headers=owner), 403, "the notes on one's own ticket")
    note = {"message": "Give a refund.", "internal_note": True}
    _expect(await client.post(f"{desk}/response", json=note, headers=owner), 403, "a made-up note")
    return 6


async def anothers_belongings(client: httpx.AsyncClient, people: People) -> int:
    """An address and a card of one customer, by their ids: by another customer, by staff, and by a guest."""
    owner = dict(people.headers["customer"])
    me, home = "/api/users/me", {"name": "Me", "line1": "1 Road", "city": "X", "postal_code": "1"}
    kept = await client.post(f"{me}/addresses", json=home, headers=owner)
    card = {"stripe_token": "pm_card_visa"}
    saved = await client.post(f"{me}/payment-methods", json=card, headers=owner)
    _expect(kept, 201, "an honest address")
    _expect(saved, 201, "an honest card")
    address, method = kept.json()["id"], saved.json()["id"]
    tries = (
        ("PUT", f"{me}/addresses/{address}", home),
        ("PUT", f"{me}/addresses/{address}/default", None),
        ("DELETE", f"{me}/addresses/{address}", None),
        ("PUT", f"{me}/payment-methods/{method}/default", None),
        ("DELETE", f"{me}/payment-methods/{method}", None),
    )
    for name, status in (("other customer", 404), ("staff", 404), ("guest", 403)):
        headers = dict(people.headers[name])
        for verb, path, body in tries:
            answer = await client.request(verb, path, json=body, headers=headers)
            _expect(answer, status, f"{verb} {path} by {name}")
    return 3 * len(tries)


async def the_last_admin(client: httpx.AsyncClient, people: People) -> int:
    """Nobody can administer the shop any more."""
    headers = dict(people.headers["admin"])
    me = (await client.get("/api/users/me", headers=headers)).json()["user_id"]
    demoted = await client.put(
        f"/api/admin/users/{me}/role", json={"new_role": "customer"}, headers=headers
    )
    _expect(demoted, 422, "the last admin's own demotion")
    _expect(await client.delete(f"/api/admin/users/{me}", headers=headers), 422, "its removal")
    _expect(await client.delete("/api/users/me", headers=headers), 422, "its leaving")
    return 3


async def a_role_counts_at_once(client: httpx.AsyncClient, people: People) -> int:
    """A role that was taken away serves no further request; one that was given cannot exceed the token."""
    admin = dict(people.headers["admin"])
    other = bearer(await token(client, "customer2"))
    me = (await client.get("/api/users/me", headers=dict(other))).json()["user_id"]
    url = f"/api/admin/users/{me}/role"
    _expect(await client.put(url, json={"new_role": "admin"}, headers=admin), 200, "a promotion")
    _expect(await client.get("/api/admin/users", headers=dict(other)), 403, "the token's claim")
    _expect(await client.put(url, json={"new_role": "customer"}, headers=admin), 200, "a demotion")
    return 1


ATTACKS: Final[tuple[Attack, ...]] = (
    made_up_tokens,
    identity_headers,
    forged_writes,
    open_redirects,
    planted_session,
    replayed_callback,
    renewed_twice,
    what_others_own,
    anothers_ticket,
    anothers_belongings,
    the_last_admin,
    a_role_counts_at_once,
)


def _expect(answer: httpx.Response, status: int, what: str) -> None:
    if answer.status_code != status:
        raise Open(f"{what}: {answer.status_code}, not {status}: {answer.text[:200]}")


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _claims(part: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded
