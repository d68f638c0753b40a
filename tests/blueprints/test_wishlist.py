"""The wishlist over HTTP, by both of its paths."""

import pytest

from domain.access import Role
from tests.blueprints.goods import ABSENT, BLUE, CANDLE, DRUM, SCARF, SLED, STAR
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import change_product, stock
from tests.issuer_desk import access_token

OWN = "/api/users/me/wishlist"
SHORT = "/api/wishlist"


@pytest.mark.parametrize("path", [OWN, SHORT])
async def test_a_product_is_wished_for_shown_and_taken_off(web: Web, path: str) -> None:
    me = web.token(Role.CUSTOMER)
    body = {"product_id": SCARF, "variant_id": BLUE}

    added = await web.send("POST", path, body, **me)
    again = await web.send("POST", path, body, **me)
    (wish,) = (await web.get(OWN, **me)).json()["items"]
    removed = await web.send("DELETE", f"{path}/{SCARF}", **me)

    assert (added.status_code, again.status_code, removed.status_code) == (201, 201, 204)
    assert (
        added.json()
        == again.json()
        == body
        | {
            "name": "Wool Scarf",
            "added_at": added.json()["added_at"],
        }
    )
    assert wish == added.json() | {
        "variant_name": "Blue",
        "slug": "wool-scarf",
        "image_url": "",
        "price": {"currency": "USD", "amount": 32.5, "compare_at": None, "tax_rate": 0.0},
        "is_sold": True,
        "in_stock": True,
    }
    assert (await web.get(OWN, **me)).json() == {"items": []}
    assert code(await web.send("DELETE", f"{path}/{SCARF}", **me)) == (404, "WISH_NOT_FOUND")


async def test_stock_is_shown_as_it_is(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    for product in (STAR, CANDLE):
        await web.send("POST", OWN, {"product_id": product}, **me)
    await web.send("POST", OWN, {"product_id": SCARF, "variant_id": BLUE}, **me)
    await stock(web, "scarf-blue", 0)

    answer = await web.get(OWN, **me)

    shown = [(one["slug"], one["in_stock"]) for one in answer.json()["items"]]
    assert shown == [("wool-scarf", False), ("pine-candle", True), ("paper-star", False)]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"product_id": ABSENT}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": SLED}, (404, "PRODUCT_NOT_FOUND")),
        ({"product_id": DRUM, "variant_id": BLUE}, (404, "VARIANT_NOT_FOUND")),
        ({"product_id": ""}, (400, "INVALID_REQUEST")),
        ({"product_id": DRUM, "note": "x"}, (400, "INVALID_REQUEST")),
    ],
)
async def test_what_is_not_sold_cannot_be_wished_for(
    web: Web, body: dict[str, str], refusal: tuple[int, str]
) -> None:
    with web.unchanged():
        answers = [
            await web.send("POST", path, body, **web.token(Role.CUSTOMER)) for path in (OWN, SHORT)
        ]

    assert list(map(code, answers)) == [refusal, refusal]


async def test_a_product_whose_variant_is_gone_is_shown_as_not_sold(web: Web) -> None:
    me = web.token(Role.CUSTOMER)
    await web.send("POST", OWN, {"product_id": SCARF, "variant_id": BLUE}, **me)
    await change_product(web, "wool-scarf", variants=())

    (wish,) = (await web.get(OWN, **me)).json()["items"]

    assert (wish["name"], wish["price"], wish["is_sold"]) == ("Wool Scarf", None, False)


async def test_anothers_wishes_are_not_there(web: Web) -> None:
    other = {"Authorization": f"Bearer {access_token(web.shop.secret, 'customer2')}"}
    await web.send("POST", OWN, {"product_id": DRUM}, **web.token(Role.CUSTOMER))

    with web.unchanged():
        seen = await web.get(OWN, **other)
        removed = await web.send("DELETE", f"{SHORT}/{DRUM}", **other)

    assert (seen.json(), code(removed)) == ({"items": []}, (404, "WISH_NOT_FOUND"))


@pytest.mark.parametrize("name", ["x", "~", "%00", "..%2f", "\u00fc"])
async def test_what_is_no_product_is_on_no_list(web: Web, name: str) -> None:
    answer = await web.send("DELETE", f"{OWN}/{name}", **web.token(Role.CUSTOMER))

    assert answer.status_code == 404
