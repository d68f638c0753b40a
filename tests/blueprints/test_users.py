"""People and their account over HTTP."""

import json

import pytest

from domain.access import Role
from domain.user import EmailClaim, User, UserListing, claim_id, email_hash, role_partition
from tests.blueprints.browser import Browser
from tests.blueprints.goods import CANDLE
from tests.blueprints.harness import Web, code, somebody
from tests.blueprints.steps import filled, ordered
from tests.issuer_desk import id_of
from usecases.ports.store import Change

ME = "/api/users/me"


async def told(web: Web, type_: str) -> list[dict[str, object]]:
    """What was published of that type."""
    bodies = [json.loads(record.body) for record in await web.events()]
    return [body["data"] for body in bodies if body["event_type"] == type_]


async def test_people_see_their_profile(web: Web) -> None:
    answer = await web.get(ME, **web.token(Role.CUSTOMER))

    assert answer.json() == {
        "user_id": id_of("customer"),
        "email": "customer@example.com",
        "pending_email": "",
        "name": "First Customer",
        "phone": "",
        "role": "customer",
        "status": "active",
    }


async def test_name_and_phone_are_changed_at_once_and_told_without_them(web: Web) -> None:
    body = {"name": "Another Name", "phone": "+1 (555) 0100"}

    answer = await web.send("PUT", ME, body, **web.token(Role.CUSTOMER))

    assert (answer.json()["name"], answer.json()["phone"]) == ("Another Name", "+1 (555) 0100")
    (event,) = await told(web, "UserUpdated")
    assert event["changed"] == ["name", "phone"]
    assert "Another Name" not in json.dumps(event)


async def test_changing_nothing_tells_nothing(web: Web) -> None:
    body = {"name": "First Customer", "email": "CUSTOMER@example.com"}

    answer = await web.send("PUT", ME, {"name": "First Customer"}, **web.token(Role.CUSTOMER))
    await web.send("PUT", ME, body, **web.token(Role.CUSTOMER))

    assert answer.status_code == 200
    assert len(await told(web, "UserUpdated")) == 1


async def test_a_profile_that_changed_since_it_was_read_is_not_overwritten(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    read = await web.get(ME, **me)
    changed = await web.send("PUT", ME, {"phone": "1"}, **me, **{"If-Match": read.headers["etag"]})

    with web.unchanged():
        late = await web.send(
            "PUT", ME, {"name": "Late"}, **me, **{"If-Match": read.headers["etag"]}
        )

    assert (changed.status_code, code(late)) == (200, (412, "PRECONDITION_FAILED"))
    fresh = {"If-Match": changed.headers["etag"]}
    assert (await web.send("PUT", ME, {"name": "Now"}, **me, **fresh)).json()["name"] == "Now"


async def test_a_change_that_is_repeated_with_the_version_before_it_is_done(web: Web) -> None:
    """The answer may have been lost."""
    me = web.token(Role.CUSTOMER)
    was = {"If-Match": (await web.get(ME, **me)).headers["etag"]}
    body = {"name": "Now", "email": "new@example.com"}

    first, second = [await web.send("PUT", ME, body, **me, **was) for _ in range(2)]

    assert (second.status_code, second.json()) == (200, first.json())
    assert second.headers["etag"] == first.headers["etag"]
    assert len(await told(web, "UserUpdated")) == 1


@pytest.mark.parametrize(("tag", "status"), [("*", 200), ('W/"0-00"', 412), ("junk", 412)])
async def test_a_tag_is_one_of_ours_or_any(web: Web, tag: str, status: int) -> None:
    for body in ({"name": "Now"}, {}):
        answer = await web.send("PUT", ME, body, **web.token(Role.CUSTOMER), **{"If-Match": tag})
        assert answer.status_code == status


async def test_a_profile_that_was_read_before_is_not_sent_again(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    known = {"If-None-Match": (await web.get(ME, **me)).headers["etag"]}

    assert (await web.get(ME, **me, **known)).status_code == 304
    await web.send("PUT", ME, {"name": "Now"}, **me)
    assert (await web.get(ME, **me, **known)).status_code == 200


async def test_a_new_address_waits_until_the_issuer_vouches_for_it(web: Web) -> None:
    body = {"email": "new@example.com"}

    answer = await web.send("PUT", ME, body, **web.token(Role.CUSTOMER))

    assert answer.json()["email"] == "customer@example.com"
    assert answer.json()["pending_email"] == "new@example.com"
    browser = Browser(web)
    await browser.sign_in("customer")
    assert (await browser.look())["email"] == "customer@example.com"


async def test_an_address_is_swapped_once_the_issuer_vouches_for_it(web: Web) -> None:
    """The person's record has an older address; the issuer by now says the newer one."""
    user = await web.shop.store.get(User, id_of("customer"), id_of("customer"))
    assert user is not None
    secret = web.shop.secret
    old = email_hash(secret, "old@example.com")
    moved = user.but(email="old@example.com", email_hash=old, wanted_email="customer@example.com")
    claim = EmailClaim(
        id=claim_id(old),
        user_id=claim_id(old),
        holder=user.user_id,
        claimed_at=web.shop.clock.now(),
    )
    by = somebody()
    for entity in (moved, claim):
        await web.shop.store.commit(Change(by=by, puts=(entity,)))
    browser = Browser(web)

    await browser.sign_in("customer")

    profile = (await browser.send("GET", ME)).json()
    assert (profile["email"], profile["pending_email"]) == ("customer@example.com", "")
    assert await web.shop.store.get(EmailClaim, claim_id(old), claim_id(old)) is None


async def test_an_address_that_the_token_vouches_for_counts_at_once(web: Web) -> None:
    user = await web.shop.store.get(User, id_of("customer"), id_of("customer"))
    assert user is not None
    older = user.but(email="old@example.com", email_hash=email_hash(web.shop.secret, "old@x.org"))
    await web.shop.store.commit(Change(by=somebody(), puts=(older,)))

    answer = await web.send(
        "PUT", ME, {"email": "customer@example.com"}, **web.token(Role.CUSTOMER)
    )

    assert answer.json()["email"] == "customer@example.com"
    assert answer.json()["pending_email"] == ""


async def test_an_address_of_another_account_is_refused(web: Web) -> None:
    with web.unchanged():
        answer = await web.send(
            "PUT", ME, {"email": "Customer2@Example.com"}, **web.token(Role.CUSTOMER)
        )

    assert code(answer) == (409, "EMAIL_IN_USE")


@pytest.mark.parametrize("body", [{"email": "none"}, {"phone": "x"}, {"role": "admin"}])
async def test_bad_profiles_are_refused(web: Web, body: dict[str, str]) -> None:
    with web.unchanged():
        answer = await web.send("PUT", ME, body, **web.token(Role.CUSTOMER))

    assert code(answer) == (400, "INVALID_REQUEST")


async def test_who_leaves_is_forgotten_and_the_orders_stay(web: Web) -> None:
    browser = Browser(web)
    guest = await filled(web)
    browser.cookies = dict([guest.cookie.split("=", 1)])
    await browser.sign_in("customer")
    other = Browser(web)
    await other.sign_in("customer")

    answer = await browser.send("DELETE", ME)

    assert answer.status_code == 204
    assert "hph_session" not in browser.cookies
    assert code(await other.send("GET", "/api/auth/me")) == (401, "UNAUTHORIZED")
    assert code(await web.get(ME, **web.token(Role.CUSTOMER))) == (403, "ACCOUNT_DISABLED")
    user = await web.shop.store.get(User, id_of("customer"), id_of("customer"))
    assert user is not None
    assert (user.status, user.email, user.name, user.subject) == ("deleted", "", "", "")
    assert [event["user_id"] for event in await told(web, "UserDeleted")] == [id_of("customer")]
    hidden = email_hash(web.shop.secret, "customer@example.com")
    assert await web.shop.store.get(EmailClaim, claim_id(hidden), claim_id(hidden)) is None
    line = await web.shop.store.get(UserListing, id_of("customer"), role_partition("customer"))
    assert line is None


async def test_who_left_may_begin_anew_by_signing_in(web: Web) -> None:
    browser = Browser(web)
    await browser.sign_in("customer")
    await browser.send("DELETE", ME)

    again = Browser(web)
    await again.sign_in("customer")

    assert (await again.look())["email"] == "customer@example.com"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "password"), ("POST", "2fa/enable"), ("POST", "2fa/verify")],
)
async def test_passwords_and_second_factors_belong_to_the_issuer(
    web: Web, method: str, path: str
) -> None:
    body = {"current_password": "hush", "new_password": "hush hush"}

    with web.unchanged():
        answer = await web.send(method, f"{ME}/{path}", body, **web.token(Role.CUSTOMER))

    assert answer.json()["managed_by"] == "entra"
    assert answer.json()["url"].endswith("/_local/issuer")


async def test_a_wrong_email_and_no_order_look_the_same(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    absent = "0" * len(order_id)

    wrong = await web.get(f"/api/orders/{order_id}?email=a@example.org")
    none = await web.get(f"/api/orders/{absent}?email=a@example.org")

    assert code(wrong) == code(none) == (404, "ORDER_NOT_FOUND")
    costs = [answer.headers["x-store-operations"] for answer in (wrong, none)]
    assert costs == ["2", "2"]


async def test_guessing_an_email_has_to_wait(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    path = f"/api/orders/{order_id}?email="
    answers = [await web.get(f"{path}{number}@example.org") for number in range(20)]

    assert {code(answer) for answer in answers[:10]} == {(404, "ORDER_NOT_FOUND")}
    assert (429, "RATE_LIMIT_EXCEEDED") in {code(answer) for answer in answers[10:]}
    assert (await guest.send("GET", f"/api/orders/{order_id}")).status_code == 200
    staff = await web.get(f"{path}x@example.org", **web.token(Role.STAFF))
    assert staff.status_code == 200


async def test_the_cart_of_another_guest_session_is_no_cart_to_merge(web: Web) -> None:
    guest = await web.guest()
    await guest.send("POST", "/api/cart/items", {"product_id": CANDLE})
    mine = {"Cookie": guest.cookie, **web.token(Role.CUSTOMER)}

    wrong = await web.send("POST", "/api/cart/merge", {"guest_cart_id": "x"}, **mine)
    right = await web.send("POST", "/api/cart/merge", {}, **mine)
    again = await web.send("POST", "/api/cart/merge", {}, **mine)
    without = await web.send("POST", "/api/cart/merge", {}, **web.token(Role.CUSTOMER))

    assert code(wrong) == (422, "CART_MISMATCH")
    counts = [answer.json()["item_count"] for answer in (right, again, without)]
    assert counts == [1, 1, 1]
    assert (await guest.send("GET", "/api/cart")).json()["items"] == []
