"""A customer's own pages over HTTP: orders, dashboard, preferences."""

from typing import Any

import pytest

from domain.access import Role
from domain.user import User
from tests.blueprints.goods import CANDLE, DRUM, ORDER, SCARF, TRAY
from tests.blueprints.harness import Web, code
from tests.issuer_desk import access_token, id_of

ME = "/api/users/me"
ORDERS, DASHBOARD, PREFERENCES = (f"{ME}/{name}" for name in ("orders", "dashboard", "preferences"))
DEFAULTS = {
    "newsletter_opt_in": False,
    "notifications": {"email_marketing": False, "email_orders": True, "sms_shipping": False},
    "language": "en",
    "currency": "USD",
}


def other(web: Web) -> dict[str, str]:
    """The header of another customer."""
    return {"Authorization": f"Bearer {access_token(web.shop.secret, 'customer2')}"}


async def bought(web: Web, product: str = CANDLE, pieces: int = 1) -> Any:
    """An order that the customer has placed."""
    me = web.token(Role.CUSTOMER)
    item = {"product_id": product, "quantity": pieces}
    await web.send("POST", "/api/cart/items", item, **me)
    answer = await web.send("POST", "/api/orders", ORDER, **me)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def paid(web: Web, order: Any) -> None:
    """The order is paid, and all that follows from it is done."""
    me = web.token(Role.CUSTOMER)
    asked = {"order_id": order["id"]}
    intent = (await web.send("POST", "/api/payments/create-intent", asked, **me)).json()
    body = {"payment_intent_id": intent["id"], "payment_method": "pm_card_visa"}
    assert (await web.send("POST", "/api/payments/confirm", body, **me)).status_code == 200
    await web.pump()


async def test_orders_are_listed_newest_first_and_nobody_elses(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    first, second = await bought(web, pieces=2), await bought(web, TRAY)

    page = await web.get(f"{ORDERS}?limit=1", **me)
    rest = await web.get(f"{ORDERS}?limit=1&cursor={page.json()['next_cursor']}", **me)
    same = await web.get(f"{ORDERS}?limit=1&page=2", **me)

    (newest,), (oldest,) = page.json()["items"], rest.json()["items"]
    assert newest["order_id"] == second["id"]
    assert oldest == {
        "currency": "USD",
        "order_id": first["id"],
        "order_number": first["order_number"],
        "status": "pending",
        "payment_status": "pending",
        "fulfillment_status": "pending",
        "total": first["totals"]["total"],
        "item_count": 2,
        "image_url": "",
        "created_at": first["created_at"],
    }
    assert (rest.json(), rest.json()["next_cursor"]) == (same.json(), None)
    assert page.headers["cache-control"] == "no-store"
    assert (await web.get(ORDERS, **other(web))).json()["items"] == []


async def test_orders_of_one_status_are_listed(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    await bought(web)
    done = await bought(web, TRAY)
    await paid(web, done)

    answer = await web.get(f"{ORDERS}?status=processing", **me)

    assert [line["order_id"] for line in answer.json()["items"]] == [done["id"]]
    assert answer.json()["items"][0]["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("status=placing", "INVALID_REQUEST"),
        ("limit=101", "INVALID_REQUEST"),
        ("limit=100&page=11", "INVALID_REQUEST"),
        ("cursor=x", "INVALID_CURSOR"),
        ("user_id=x", "INVALID_REQUEST"),
    ],
)
async def test_a_list_that_cannot_be_meant_is_refused(web: Web, query: str, refusal: str) -> None:
    answer = await web.get(f"{ORDERS}?{query}", **web.token(Role.CUSTOMER))

    assert code(answer) == (400, refusal)


async def test_a_cursor_of_one_customer_is_none_of_anothers(web: Web) -> None:
    for product in (CANDLE, TRAY):
        await bought(web, product)
    page = (await web.get(f"{ORDERS}?limit=1", **web.token(Role.CUSTOMER))).json()

    answer = await web.get(f"{ORDERS}?cursor={page['next_cursor']}", **other(web))

    assert code(answer) == (400, "INVALID_CURSOR")


async def test_the_dashboard_tells_orders_figures_and_what_may_please(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    first = await bought(web)
    await paid(web, await bought(web, TRAY))
    await web.send("POST", f"{ME}/wishlist", {"product_id": DRUM}, **me)

    page = (await web.get(DASHBOARD, **me)).json()

    newest = (await web.get(ORDERS, **me)).json()["items"]
    assert page["recent_orders"] == newest
    assert newest[1]["order_id"] == first["id"]
    assert page["stats"] == {
        "currency": "USD",
        "order_count": 2,
        "open_orders": 2,
        "spent": newest[0]["total"],
        "is_whole": True,
        "wishlist_count": 1,
    }
    popular = (await web.get("/api/recommendations?limit=8")).json()["items"]
    assert [one["id"] for one in page["recommendations"]] == [one["id"] for one in popular]
    assert [one["id"] for one in popular][:2] == [CANDLE, SCARF]


async def test_preferences_are_replaced_whole(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    before = await web.get(PREFERENCES, **me)
    first = {"newsletter_opt_in": True, "notifications": {"sms_shipping": True}, "language": "de"}

    changed = await web.send("PUT", PREFERENCES, first, **me)
    replaced = await web.send("PUT", PREFERENCES, {"newsletter_opt_in": True}, **me)

    assert before.json() == DEFAULTS
    wanted = DEFAULTS["notifications"] | {"sms_shipping": True}  # type: ignore[operator]  # a dictionary
    assert changed.json() == DEFAULTS | first | {"notifications": wanted}
    assert replaced.json() == DEFAULTS | {"newsletter_opt_in": True}
    assert (await web.get(PREFERENCES, **me)).json() == replaced.json()
    assert (await web.get(PREFERENCES, **other(web))).json() == DEFAULTS


async def test_a_change_of_preferences_is_told_without_them(web: Web) -> None:
    await web.send("PUT", PREFERENCES, {"language": "pt-BR"}, **web.token(Role.CUSTOMER))

    (told,) = [text for one in await web.events() if "UserUpdated" in (text := str(one.body))]
    assert '"changed":["preferences"]' in told
    assert "pt-BR" not in told


async def test_preferences_that_changed_since_they_were_read_are_not_overwritten(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    read = {"If-Match": (await web.get(PREFERENCES, **me)).headers["etag"]}
    body = {"language": "de"}
    changed, repeated = [await web.send("PUT", PREFERENCES, body, **me, **read) for _ in range(2)]

    with web.unchanged():
        late = await web.send("PUT", PREFERENCES, {"language": "fr"}, **me, **read)

    assert (changed.status_code, repeated.json()) == (200, changed.json())
    assert code(late) == (412, "PRECONDITION_FAILED")
    known = {"If-None-Match": changed.headers["etag"]}
    assert (await web.get(PREFERENCES, **me, **known)).status_code == 304


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"currency": "EUR"}, (422, "CURRENCY_NOT_SOLD")),
        ({"currency": "usd"}, (400, "INVALID_REQUEST")),
        ({"language": "English"}, (400, "INVALID_REQUEST")),
        ({"notifications": {"push": True}}, (400, "INVALID_REQUEST")),
        ({"theme": "dark"}, (400, "INVALID_REQUEST")),
    ],
)
async def test_what_is_no_preference_changes_nothing(
    web: Web, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    with web.unchanged():
        answer = await web.send("PUT", PREFERENCES, body, **web.token(Role.CUSTOMER))

    assert code(answer) == refusal


async def test_who_leaves_leaves_no_preferences_and_no_wishlist(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    await web.send("PUT", PREFERENCES, {"language": "de"}, **me)
    await web.send("POST", "/api/wishlist", {"product_id": DRUM}, **me)

    assert (await web.send("DELETE", ME, **me)).status_code == 204

    user = await web.shop.store.get(User, id_of("customer"), id_of("customer"))
    assert user is not None
    assert (user.status, user.preferences) == ("deleted", None)
    kept = {row for rows in web.state().values() for row in map(repr, rows)}
    assert not [row for row in kept if '"kind":"wishlist"' in row]
