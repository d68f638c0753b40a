"""Signing in over HTTP: the whole way to the embedded issuer and back, and every way that is barred."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.identity.sealing import AesSealer
from domain.access import Role
from domain.cart import CART_ID, Cart
from domain.signed_in import SignedIn, session_id
from domain.user import User
from tests.blueprints.browser import Browser
from tests.blueprints.goods import CANDLE
from tests.blueprints.harness import BASE, Web, code, somebody
from tests.issuer_desk import PageWeb, id_of
from usecases.ports.store import Change

ADD = {"product_id": CANDLE}


def page_web(web: Web) -> PageWeb:
    """The network between the shop and the issuer."""
    desks = web.shop.gate.sign_in
    found: PageWeb = desks._desks["customers"]._web  # type: ignore[attr-defined]  # only here
    return found


async def test_the_browser_is_sent_with_pkce_state_and_nonce(web: Web) -> None:
    browser = Browser(web)

    answer = await browser.send("GET", "/api/auth/login?return_to=/orders")

    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert answer.status_code == 302
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert all(len(query[name][0]) == 43 for name in ("state", "nonce", "code_challenge"))
    assert query["redirect_uri"] == [f"{BASE}/api/auth/callback"]
    assert "samesite=lax" in browser.set[0].lower()
    assert "httponly" in browser.set[0].lower()
    assert query["state"][0] not in browser.set[0]


async def test_signing_up_asks_the_issuer_for_a_new_account(web: Web) -> None:
    answer = await web.get("/api/auth/signup")

    assert "prompt=create" in answer.headers["location"]


async def test_who_comes_back_is_signed_in_with_a_cookie_that_scripts_cannot_read(web: Web) -> None:
    browser = Browser(web)

    back = await browser.sign_in("customer", "/api/auth/login?return_to=/orders")

    me = await browser.look()
    assert (back.status_code, back.headers["location"]) == (302, f"{BASE}/orders")
    session = next(text.lower() for text in browser.set if text.startswith("hph_session="))
    assert {"httponly", "samesite=strict", "path=/"} <= {p.strip() for p in session.split(";")}
    assert (me["user_id"], me["role"]) == (id_of("customer"), "customer")
    assert me["email"] == "customer@example.com"
    assert "hph_sign_in" not in browser.cookies


async def test_over_https_every_cookie_is_bound_to_this_host(web: Web) -> None:
    web.set(https=True)
    browser = Browser(web)
    await browser.sign_in("customer")

    assert all(text.startswith("__Host-") for text in browser.set)
    assert all("secure" in text.lower() for text in browser.set)
    assert (await browser.look())["role"] == "customer"


async def test_a_first_visit_makes_one_account_and_says_so(web: Web) -> None:
    browsers = [Browser(web) for _ in range(2)]
    before = len(await web.events())
    for browser in browsers:
        await browser.sign_in("customer3")

    created = [one for one in (await web.events())[before:] if b'"UserCreated"' in one.body]
    assert len(created) == 1
    assert (await browsers[0].look())["user_id"] == (await browsers[1].look())["user_id"]


async def test_a_guests_cart_goes_over_without_losing_a_line(web: Web) -> None:
    mine = Browser(web)
    await mine.sign_in("customer")
    await mine.send("POST", "/api/cart/items", ADD)
    browser = Browser(web)
    guest = (await browser.send("POST", "/api/auth/guest")).json()
    browser.csrf_token = guest["csrf_token"]
    await browser.send("POST", "/api/cart/items", ADD | {"quantity": 2})

    await browser.sign_in("customer")

    cart = (await browser.send("GET", "/api/cart")).json()
    assert [line["quantity"] for line in cart["items"]] == [3]
    assert "hph_guest" not in browser.cookies


@pytest.mark.parametrize("persona", ["disabled"])
async def test_whom_the_issuer_refuses_is_not_signed_in(web: Web, persona: str) -> None:
    browser = Browser(web)
    back = await browser.way_back(persona)

    with web.unchanged():
        answer = await browser.send("GET", back)

    assert code(answer) == (401, "SIGN_IN_FAILED")


async def test_a_callback_runs_once(web: Web) -> None:
    browser = Browser(web)
    back = await browser.way_back("customer")
    carried = Browser(web, dict(browser.cookies))
    await browser.send("GET", back)

    assert code(await browser.send("GET", back)) == (400, "SIGN_IN_LOST")
    assert code(await carried.send("GET", back)) == (401, "SIGN_IN_FAILED")


async def test_a_code_serves_only_the_browser_that_asked_for_it(web: Web) -> None:
    victim, thief = Browser(web), Browser(web)
    stolen = await victim.way_back("customer")
    own = await thief.way_back("customer2")
    mixed = f"{stolen.partition('&state=')[0]}&state={own.partition('&state=')[2]}"

    assert code(await thief.send("GET", stolen)) == (400, "SIGN_IN_LOST")
    assert code(await thief.send("GET", mixed)) == (401, "SIGN_IN_FAILED")
    assert code(await Browser(web).send("GET", stolen)) == (400, "SIGN_IN_LOST")


async def test_a_sign_in_that_took_too_long_is_over(web: Web) -> None:
    browser = Browser(web)
    back = await browser.way_back("customer")
    web.clock.move(601)

    assert code(await browser.send("GET", back)) == (400, "SIGN_IN_LOST")


async def test_a_sealed_cookie_serves_only_its_purpose(web: Web) -> None:
    browser = Browser(web)
    back = await browser.way_back("customer")
    other = AesSealer(web.shop.secret).seal("refresh-token", b"{}")

    browser.cookies["hph_sign_in"] = other

    assert code(await browser.send("GET", back)) == (400, "SIGN_IN_LOST")


async def test_while_the_issuer_is_away_nobody_signs_in_and_sessions_go_on(web: Web) -> None:
    browser, late = Browser(web), Browser(web)
    await browser.sign_in("customer")
    back = await late.way_back("customer")
    page_web(web).away = True

    refused = await late.send("GET", back)
    renewal = await browser.send("POST", "/api/auth/refresh")
    out = Browser(web, dict(browser.cookies), browser.csrf_token)

    assert refused.status_code == 503
    assert renewal.status_code == 503
    assert (await browser.look())["role"] == "customer"
    page_web(web).away = False
    assert (await out.send("POST", "/api/auth/refresh")).status_code == 200


async def test_a_renewal_changes_cookie_and_csrf_token(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("customer")
    old, token = browser.cookies["hph_session"], browser.csrf_token

    answer = await browser.send("POST", "/api/auth/refresh")

    assert answer.status_code == 200
    assert browser.cookies["hph_session"] != old
    assert answer.json()["csrf_token"] not in (token, "")
    assert (await browser.look())["csrf_token"] == answer.json()["csrf_token"]


async def test_an_old_cookie_that_is_used_again_ends_everything(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("customer")
    copy = Browser(web, dict(browser.cookies), browser.csrf_token)
    await browser.send("POST", "/api/auth/refresh")
    assert code(await copy.send("POST", "/api/auth/refresh")) == (409, "SESSION_RENEWED")
    assert (await copy.send("GET", "/api/auth/me")).status_code == 200

    web.clock.move(11)

    assert code(await copy.send("GET", "/api/auth/me")) == (401, "UNAUTHORIZED")
    assert code(await browser.send("GET", "/api/auth/me")) == (401, "UNAUTHORIZED")


async def test_signing_out_ends_the_session_here_and_says_where_it_ends_there(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("customer")
    copy = Browser(web, dict(browser.cookies), browser.csrf_token)

    answer = await browser.send("POST", "/api/auth/logout")

    assert "/oauth2/v2.0/logout?" in answer.json()["end_session_url"]
    assert "hph_session" not in browser.cookies
    assert code(await copy.send("GET", "/api/auth/me")) == (401, "UNAUTHORIZED")


async def test_signing_out_works_without_the_issuer(web: Web) -> None:
    web_away = Browser(web)
    await web_away.sign_in("customer")
    desk = web.shop.gate.sign_in._desks["customers"]  # type: ignore[attr-defined]  # only here
    desk._discovery._read_at, desk._discovery._found = None, {}
    page_web(web).away = True

    answer = await web_away.send("POST", "/api/auth/logout")

    assert answer.json() == {"end_session_url": None}


@pytest.mark.parametrize(
    ("persona", "slides", "most"), [("customer", 24, 7 * 24), ("staff", 8, 24), ("admin", 8, 24)]
)
async def test_a_session_slides_and_is_bounded(
    web: Web, persona: str, slides: int, most: int
) -> None:
    used, idle = Browser(web), Browser(web)
    await used.sign_in(persona)
    await idle.sign_in(persona)
    began = web.clock.now()

    while web.clock.now() - began < timedelta(hours=most - slides + 1):
        web.clock.move(3600 * (slides - 1))
        assert (await used.send("GET", "/api/auth/me")).status_code == 200
        assert (await idle.send("GET", "/api/auth/me")).status_code in (200, 401)
    web.clock.move(3600 * slides)

    assert (await used.send("GET", "/api/auth/me")).status_code == 401


async def test_an_idle_session_ends(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("staff")
    web.clock.move(8 * 3600)

    assert code(await browser.send("GET", "/api/auth/me")) == (401, "UNAUTHORIZED")


async def test_a_bearer_token_has_no_session_to_renew_or_end(web: Web) -> None:
    for path in ("/api/auth/refresh", "/api/auth/logout"):
        answer = await web.send("POST", path, **web.token(Role.CUSTOMER))
        assert code(answer) == (401, "SESSION_ENDED")
    me = (await web.get("/api/auth/me", **web.token(Role.CUSTOMER))).json()
    assert (me["csrf_token"], me["expires_at"]) == (None, None)


async def test_a_write_with_a_cookie_comes_from_a_page_of_the_shop(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("customer")
    path, body = "/api/users/me", {"name": "Somebody Else"}

    with web.unchanged():
        foreign = await browser.send("PUT", path, body, Origin="https://evil.example")
        cross = await browser.send("PUT", path, body, **{"Sec-Fetch-Site": "cross-site"})
        blind = await browser.send("PUT", path, body, **{"X-CSRF-Token": "x"})
    honest = await browser.send("PUT", path, body, Origin=BASE)

    assert code(foreign) == (403, "WRONG_ORIGIN")
    assert code(cross) == (403, "WRONG_ORIGIN")
    assert code(blind) == (403, "CSRF_TOKEN_REQUIRED")
    assert honest.status_code == 200


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example", "/\\evil.example", "http://[", "x", "/a\tb", "/é"],
)
async def test_nobody_is_sent_to_another_site(web: Web, address: str) -> None:
    answer = await web.client.get("/api/auth/login", params={"return_to": address})

    assert code(answer) == (400, "RETURN_NOT_ALLOWED")


async def test_a_page_of_the_shop_may_be_named_whole(web: Web) -> None:
    browser = Browser(web)

    back = await browser.sign_in("customer", f"/api/auth/login?return_to={BASE}/a")

    assert back.headers["location"] == f"{BASE}/a"


async def test_too_many_sign_ins_have_to_wait(web: Web) -> None:
    answers = [await web.get("/api/auth/login") for _ in range(40)]  # one more may begin every 3 s

    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers[:20]} == {302}
    assert {code(answer) for answer in refused} == {(429, "RATE_LIMIT_EXCEEDED")}
    assert {answer.headers["retry-after"] for answer in refused} <= {"1", "2", "3"}


async def test_the_oldest_of_too_many_sessions_ends(web: Web) -> None:
    web.set(limit_scale=100)
    browsers = [Browser(web) for _ in range(22)]
    for browser in browsers:
        await browser.sign_in("customer")

    assert (await browsers[0].send("GET", "/api/auth/me")).status_code == 401
    assert (await browsers[-1].send("GET", "/api/auth/me")).status_code == 200


async def kept(web: Web, browser: Browser) -> SignedIn:
    """The browser's session as the shop keeps it."""
    found = await web.shop.gate.sessions.get(session_id(browser.cookies["hph_session"]))
    assert found is not None
    return found


async def test_the_refresh_token_lies_sealed(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("customer")

    session = await kept(web, browser)

    opened = web.shop.gate.sealer.open("refresh-token", session.refresh)
    assert opened is not None
    assert opened.decode() not in session.model_dump_json()
    assert browser.cookies["hph_session"] not in str(web.state())


@pytest.mark.parametrize("how", ["another key", "a used one", "another person's"])
async def test_a_session_whose_refresh_token_is_no_good_ends(web: Web, how: str) -> None:
    browser, other = Browser(web), Browser(web)
    await browser.sign_in("customer")
    await other.sign_in("customer2")
    session = await kept(web, browser)
    theirs = await kept(web, other)
    used = AesSealer(web.shop.secret).seal("refresh-token", b"used or made up")
    refresh = {"another key": "x" * 40, "a used one": used, "another person's": theirs.refresh}[how]
    await web.shop.gate.sessions.put(session.model_copy(update={"refresh": refresh}), 3600)

    answer = await browser.send("POST", "/api/auth/refresh")

    assert code(answer) == (401, "SESSION_ENDED")
    assert code(await browser.send("GET", "/api/auth/me")) == (401, "UNAUTHORIZED")


async def test_a_session_outlives_no_account(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("customer")
    user = await web.shop.store.get(User, id_of("customer"), id_of("customer"))
    assert user is not None
    disabled = user.but(status="disabled")
    await web.shop.store.commit(Change(by=somebody(), puts=(disabled,)))

    assert code(await browser.send("GET", "/api/auth/me")) == (403, "ACCOUNT_DISABLED")
    assert code(await browser.send("GET", "/api/auth/me")) == (401, "UNAUTHORIZED")


async def test_a_guests_cart_that_an_order_is_made_of_stays_with_the_guest(web: Web) -> None:
    browser = Browser(web)
    guest = (await browser.send("POST", "/api/auth/guest")).json()
    browser.csrf_token = guest["csrf_token"]
    await browser.send("POST", "/api/cart/items", ADD)
    cart = await web.shop.store.get(Cart, CART_ID, guest["user_id"])
    assert cart is not None
    until = web.clock.now() + timedelta(minutes=5)
    claimed = cart.claimed("ORDER", until=until)
    await web.shop.store.commit(Change(by=somebody(), puts=(claimed,)))

    back = await browser.sign_in("customer")

    assert back.status_code == 302
    assert "hph_guest" in browser.cookies
