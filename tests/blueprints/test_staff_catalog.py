"""Products, stock, categories and banners, as staff keep them over HTTP."""

from typing import Any

import httpx
import pytest

from blueprints.staff_catalog import area
from domain.access import Role
from domain.companions import AuditRecord, beside
from domain.events import Event
from domain.product import product_id, variant_id
from tests.blueprints.goods import ABSENT, CANDLE, DRUM, ORDER, TRAY
from tests.blueprints.harness import Web, code
from tests.blueprints.steps import filled, ordered, stock_of
from tests.issuer_desk import id_of
from usecases.ports.store import Query

PRODUCTS = "/api/staff/products"
CATEGORIES = "/api/staff/categories"
BANNERS = "/api/staff/banners"

VARIANT: dict[str, Any] = {"sku": "snow-globe-1", "prices": {"USD": "20.00"}}
GLOBE: dict[str, Any] = {
    "slug": "snow-globe",
    "name": "Snow Globe",
    "category": "home-winter",
    "description": "It snows in it.",
    "variants": [VARIANT],
}
GLOBE_ID = product_id("snow-globe")
CHANGED = {name: value for name, value in GLOBE.items() if name != "slug"} | {"status": "active"}
BANNER = {
    "title": "Snow",
    "link": "/category/home-winter",
    "starts_at": "2026-11-01T00:00:00Z",
    "ends_at": "2027-11-01T00:00:00Z",
}


async def send(
    web: Web, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
) -> httpx.Response:
    """As a member of staff."""
    keyed = {"Idempotency-Key": key} if key else {}
    return await web.send(method, path, body, **web.token(Role.STAFF), **keyed, **headers)


async def created(web: Web, **fields: Any) -> httpx.Response:
    answer = await send(web, "POST", PRODUCTS, GLOBE | fields)
    assert answer.status_code == 201, answer.text
    return answer


async def listed(web: Web, path: str = "/api/products?sort=name") -> list[str]:
    """The slugs of a list, as a process sees it that has cached nothing."""
    await web.pump()
    return [one["slug"] for one in (await web.get(path)).json()["items"]]


async def news(web: Web, id: str) -> list[tuple[str, int, list[str]]]:
    told = [Event.model_validate_json(one.body) for one in await web.events() if one.key == id]
    return [
        (one.event_type, one.sequence, one.data["changed"]) for one in told if one.subject == id
    ]


async def test_a_product_is_created_stocked_and_bought(web: Web) -> None:
    answer = await created(web)
    path = f"{PRODUCTS}/{GLOBE_ID}/stock"
    body = {"variant_id": variant_id(GLOBE_ID, "snow-globe-1"), "adjust": 2, "reason": "came in"}
    stocked = await send(web, "PUT", path, body)

    assert (answer.json()["id"], answer.json()["revision"]) == (GLOBE_ID, 1)
    assert answer.headers["etag"].startswith('"1-')
    assert stocked.json() == {
        "product_id": GLOBE_ID,
        "variant_id": variant_id(GLOBE_ID, "snow-globe-1"),
        "sku": "snow-globe-1",
        "on_hand": 2,
        "held": 0,
        "available": 2,
    }
    assert "snow-globe" in await listed(web)
    assert await listed(web, "/api/products/search?q=globe") == ["snow-globe"]
    guest = await filled(web, GLOBE_ID)
    await ordered(guest)
    assert (await stock_of(web, "snow-globe-1")).available == 1
    assert await news(web, GLOBE_ID) == [("ProductCreated", 1, [])]


async def test_a_changed_product_is_changed_everywhere(web: Web) -> None:
    read = (await created(web)).headers["etag"]
    body = CHANGED | {"name": "Ice Globe", "variants": [VARIANT | {"prices": {"USD": 25}}]}

    changed = await send(web, "PUT", f"{PRODUCTS}/{GLOBE_ID}", body, **{"If-Match": read})

    assert changed.headers["etag"].startswith('"2-')
    assert (changed.json()["name"], changed.json()["price"]["amount"]) == ("Ice Globe", 25.0)
    page = (await web.get("/api/products/snow-globe")).json()
    assert (page["name"], page["price"]["amount"]) == ("Ice Globe", 25.0)
    await web.pump()
    (found,) = (await web.get("/api/products/search?q=ice")).json()["items"]
    assert (found["name"], found["price"]["amount"]) == ("Ice Globe", 25.0)
    assert (await web.get("/api/products/search?q=snow%20globe&limit=5")).json()["items"] == [found]
    assert (await news(web, GLOBE_ID))[1:] == [("ProductUpdated", 2, ["name", "price", "seo"])]


async def test_whoever_read_an_older_version_is_told_so(web: Web) -> None:
    read = (await created(web)).headers["etag"]
    path, other = f"{PRODUCTS}/{GLOBE_ID}", CHANGED | {"name": "Another"}
    first = await send(web, "PUT", path, CHANGED | {"name": "First"}, **{"If-Match": read})

    with web.unchanged():
        again = await send(web, "PUT", path, CHANGED | {"name": "First"}, **{"If-Match": read})
        late = await send(web, "PUT", path, other, **{"If-Match": read})
        gone = await send(web, "DELETE", path, **{"If-Match": read})

    assert (again.status_code, again.json()) == (200, first.json())
    assert code(late) == code(gone) == (412, "PRECONDITION_FAILED")
    assert (await send(web, "PUT", path, other, **{"If-Match": "*"})).status_code == 200


async def test_what_anybody_reads_names_the_version_that_staff_mean(web: Web) -> None:
    read = ("/api/products/oak-tray", "/api/categories/home")
    tags = [f'"{(await web.get(path)).json()["revision"]}"' for path in read]
    paths = (f"{PRODUCTS}/{TRAY}", f"{CATEGORIES}/home")
    bodies = (CHANGED | {"variants": [VARIANT | {"sku": "oak-tray-1"}]}, {"name": "House"})

    for path, body, tag in zip(paths, bodies, tags, strict=True):
        first = await send(web, "PUT", path, body, **{"If-Match": tag})
        late = await send(web, "PUT", path, body | {"name": "Late"}, **{"If-Match": tag})
        assert (first.status_code, code(late)) == (200, (412, "PRECONDITION_FAILED"))


async def test_a_product_moves_to_another_category_with_all_that_is_known_of_it(web: Web) -> None:
    await created(web)
    await listed(web)

    moved = await send(web, "PUT", f"{PRODUCTS}/{GLOBE_ID}", CHANGED | {"category": "home"})

    assert (moved.json()["category_slug"], moved.json()["category_path"]) == ("home", ["Home"])
    assert (await web.get("/api/products/snow-globe")).json()["category_slug"] == "home"
    assert "snow-globe" not in await listed(web, "/api/products?category=home-winter")
    assert (await stock_of(web, "snow-globe-1")).category_slug == "home"
    assert "snow-globe" in await listed(web, "/api/products?category=home")
    assert await news(web, GLOBE_ID) == [
        ("ProductCreated", 1, []),
        ("ProductUpdated", 2, ["category_path", "category_slug"]),
    ]


async def test_a_retired_product_is_sold_no_more_and_its_orders_go_on(web: Web) -> None:
    buyer, late = await filled(web, TRAY), await filled(web, TRAY)
    order_id = await ordered(buyer)

    gone = await send(web, "DELETE", f"{PRODUCTS}/{TRAY}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert "oak-tray" not in await listed(web)
    assert await listed(web, "/api/products/search?q=tray") == []
    assert code(await web.get("/api/products/oak-tray")) == (404, "PRODUCT_NOT_FOUND")
    body = {"product_id": TRAY}
    assert code(await buyer.send("POST", "/api/cart/items", body)) == (404, "PRODUCT_NOT_FOUND")
    assert (await late.send("GET", "/api/cart")).json()["item_count"] == 1
    assert code(await late.send("POST", "/api/orders", ORDER)) == (422, "NOT_SOLD")
    assert (await buyer.send("GET", f"/api/orders/{order_id}")).json()["status"] == "pending"
    with web.unchanged():
        assert (await send(web, "DELETE", f"{PRODUCTS}/{TRAY}")).status_code == 204
    assert await news(web, TRAY) == [
        ("ProductCreated", 1, []),
        ("ProductDeleted", 2, ["status"]),
    ]


async def test_a_draft_is_seen_by_nobody_until_it_is_sold(web: Web) -> None:
    draft = await created(web, status="draft")
    assert "snow-globe" not in await listed(web)
    assert code(await web.get("/api/products/snow-globe")) == (404, "PRODUCT_NOT_FOUND")

    sold = await send(web, "PUT", f"{PRODUCTS}/{GLOBE_ID}", CHANGED)

    assert (draft.json()["published_at"], sold.json()["published_at"] is None) == (None, False)
    assert "snow-globe" in await listed(web, "/api/products?sort=name&limit=50")


async def test_the_same_product_twice_is_one_and_another_one_is_refused(web: Web) -> None:
    first = await created(web)

    with web.unchanged():
        again = await created(web)
        other = await send(web, "POST", PRODUCTS, GLOBE | {"name": "Other"})
        thief = {"slug": "thief", "variants": [VARIANT, VARIANT | {"sku": "thief-2"}]}
        taken = await send(web, "POST", PRODUCTS, GLOBE | thief)

    assert again.json() == first.json()
    assert code(other) == (409, "SLUG_TAKEN")
    assert code(taken) == (409, "SKU_TAKEN")
    assert taken.json()["error"]["details"] == {"skus": ["snow-globe-1"]}


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"slug": "Snow Globe"}, "slug"),
        ({"name": ""}, "name"),
        ({"variants": []}, "variants"),
        ({"variants": [{"prices": {"USD": 1}}]}, "variants.0.sku"),
        ({"variants": [VARIANT | {"stock": 3}]}, "variants.0.stock"),
        ({"variants": [VARIANT | {"prices": {"USD": -1}}]}, "variants.0.prices.USD"),
        ({"variants": [VARIANT, VARIANT]}, ""),
        ({"status": "retired"}, "status"),
        ({"rating": 5}, "rating"),
        ({"images": [{"url": "javascript:alert(1)"}]}, "images.0.url"),
        ({"images": [{"url": "//elsewhere.example/x.png"}]}, "images.0.url"),
    ],
)
async def test_a_faulty_field_of_a_product_is_named(
    web: Web, fault: dict[str, Any], field: str
) -> None:
    with web.unchanged():
        answer = await send(web, "POST", PRODUCTS, GLOBE | fault)

    assert code(answer) == (400, "INVALID_REQUEST")
    named = answer.json()["error"]["details"]["fields"]
    assert field in [one["field"] for one in named]


async def test_what_no_product_can_be_is_refused(web: Web) -> None:
    with web.unchanged():
        foreign = await send(
            web, "POST", PRODUCTS, GLOBE | {"variants": [VARIANT | {"prices": {"PLN": 80}}]}
        )
        finer = await send(
            web, "POST", PRODUCTS, GLOBE | {"variants": [VARIANT | {"prices": {"USD": "1.999"}}]}
        )
        nowhere = await send(web, "POST", PRODUCTS, GLOBE | {"category": "no-such"})
        strange = await send(web, "POST", PRODUCTS, GLOBE | {"category": "~all"})

    assert code(foreign) == code(finer) == (400, "INVALID_CATALOGUE_ROW")
    assert code(nowhere) == code(strange) == (422, "CATEGORY_UNKNOWN")


@pytest.mark.parametrize("id", [ABSENT, "oak-tray", "x", "%00", "1" * 900])
async def test_what_is_no_product_is_not_found(web: Web, id: str) -> None:
    stock = {"variant_id": "x", "on_hand": 1, "reason": "counted"}

    with web.unchanged():
        answers = [
            await send(web, "PUT", f"{PRODUCTS}/{id}", CHANGED),
            await send(web, "DELETE", f"{PRODUCTS}/{id}"),
            await send(web, "PUT", f"{PRODUCTS}/{id}/stock", stock),
        ]

    assert [code(one) for one in answers] == [(404, "PRODUCT_NOT_FOUND")] * 3


async def set_stock(web: Web, product: str, sku: str, key: str = "", **body: Any) -> httpx.Response:
    whole = {"variant_id": variant_id(product, sku), "reason": "counted"} | body
    return await send(web, "PUT", f"{PRODUCTS}/{product}/stock", whole, key=key)


async def test_stock_is_counted_and_adjusted_but_never_below_what_orders_hold(web: Web) -> None:
    guest = await filled(web, TRAY, quantity=20)
    await ordered(guest)

    counted = await set_stock(web, TRAY, "oak-tray-1", on_hand=30)
    less = await set_stock(web, TRAY, "oak-tray-1", adjust=-10)
    with web.unchanged():
        below = await set_stock(web, TRAY, "oak-tray-1", adjust=-1)
        under = await set_stock(web, TRAY, "oak-tray-1", on_hand=19)
    more = await set_stock(web, TRAY, "oak-tray-1", adjust=5)

    levels = [(a.json()["on_hand"], a.json()["available"]) for a in (counted, less, more)]
    assert levels == [(30, 10), (20, 0), (25, 5)]
    assert code(below) == code(under) == (422, "STOCK_BELOW_HOLDS")
    assert below.json()["error"]["details"]["held"] == 20
    told = [Event.model_validate_json(one.body) for one in await web.events()]
    assert [
        (one.data["delta"], one.data["on_hand"], one.data["cause"])
        for one in told
        if one.subject == "oak-tray-1" and one.data["delta"] != 50
    ] == [(-20, 30, "adjustment"), (-10, 20, "adjustment"), (5, 25, "restock")]


async def test_an_adjustment_that_is_sent_again_counts_once(web: Web) -> None:
    first = await set_stock(web, DRUM, "tin-drum-1", key="k-1", adjust=5)
    again = await set_stock(web, DRUM, "tin-drum-1", key="k-1", adjust=5)
    other = await set_stock(web, DRUM, "tin-drum-1", key="k-2", adjust=5)

    assert [one.json()["on_hand"] for one in (first, again, other)] == [6, 6, 11]
    assert again.headers["idempotent-replayed"] == "true"


async def test_who_restocked_what_and_why_is_in_the_audit(web: Web) -> None:
    await set_stock(web, DRUM, "tin-drum-1", adjust=5, reason="a crate came in")

    kind = beside(AuditRecord, "Inventory")
    page = await web.shop.store.find(kind, Query("tin-drum-1", limit=100))
    told = {one.entity_type: one for one in page.items if one.actor_type == "staff"}
    assert {type_: one.actor_id for type_, one in told.items()} == dict.fromkeys(
        ("stock", "stock-adjustment"), id_of("staff")
    )
    assert told["stock"].changes["on_hand"] == {"before": 1, "after": 6}
    assert told["stock-adjustment"].changes["reason"] == {"after": "a crate came in"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"on_hand": 1, "adjust": 1},
        {"on_hand": -1},
        {"adjust": 10_000_001},
        {"on_hand": 1, "reason": ""},
        {"on_hand": 1.5},
        {"on_hand": "1"},
    ],
)
async def test_a_stock_that_makes_no_sense_is_refused(web: Web, body: dict[str, Any]) -> None:
    with web.unchanged():
        assert code(await set_stock(web, DRUM, "tin-drum-1", **body)) == (400, "INVALID_REQUEST")


async def test_what_a_product_has_not_cannot_be_stocked(web: Web) -> None:
    with web.unchanged():
        answer = await set_stock(web, DRUM, "no-such-sku", adjust=1)

    assert code(answer) == (404, "VARIANT_NOT_FOUND")


async def test_a_category_is_created_below_another_and_shown_otherwise(web: Web) -> None:
    assert (await web.get("/api/categories/home")).json()["children"] == ["home-winter"]
    body = {"name": "Garden Tools", "parent": "home", "description": "For outside."}

    made = await send(web, "POST", CATEGORIES, body)
    with web.unchanged():
        again = await send(web, "POST", CATEGORIES, body)
        other = await send(web, "POST", CATEGORIES, body | {"description": "Other."})
    path = f"{CATEGORIES}/home-garden-tools"
    change = {"name": "Garden", "image_url": "/pictures/garden.webp"}
    changed = await send(web, "PUT", path, change, **{"If-Match": made.headers["etag"]})
    late = await send(web, "PUT", path, {"name": "X"}, **{"If-Match": made.headers["etag"]})

    assert (
        made.json()
        == again.json()
        == {
            "slug": "home-garden-tools",
            "name": "Garden Tools",
            "path": ["Home", "Garden Tools"],
            "parent": "home",
            "level": 2,
            "description": "For outside.",
            "image_url": "",
            "revision": 1,
        }
    )
    assert code(other) == (409, "CATEGORY_TAKEN")
    assert (changed.json()["name"], changed.json()["description"]) == ("Garden", "")
    assert changed.headers["etag"].startswith('"2-')
    assert code(late) == (412, "PRECONDITION_FAILED")
    home = (await web.get("/api/categories/home")).json()
    assert home["children"] == ["home-garden-tools", "home-winter"]
    assert (await web.get("/api/categories/home-garden-tools")).json()["name"] == "Garden"


async def test_a_category_that_cannot_be_is_refused(web: Web) -> None:
    with web.unchanged():
        orphan = await send(web, "POST", CATEGORIES, {"name": "X", "parent": "no-such"})
        nameless = await send(web, "POST", CATEGORIES, {"name": "!!"})
        absent = await send(web, "PUT", f"{CATEGORIES}/no-such", {"name": "X"})
        no_name = await send(web, "PUT", f"{CATEGORIES}/~all", {"name": "X"})

    assert code(orphan) == (422, "CATEGORY_UNKNOWN")
    assert code(nameless) == (400, "INVALID_REQUEST")
    assert code(absent) == code(no_name) == (404, "CATEGORY_NOT_FOUND")


async def test_categories_have_five_levels_at_most(web: Web) -> None:
    slug = ""
    for name in ("A", "B", "C", "D", "E"):
        slug = (await send(web, "POST", CATEGORIES, {"name": name, "parent": slug})).json()["slug"]

    with web.unchanged():
        answer = await send(web, "POST", CATEGORIES, {"name": "F", "parent": slug})

    assert (slug, code(answer)) == ("a-b-c-d-e", (422, "CATEGORY_TOO_DEEP"))


async def test_a_category_has_a_slug_that_an_address_can_have(web: Web) -> None:
    """Letters beyond a to z are in no slug; a name that has no other is refused, and so are names of great length."""
    odd = await send(web, "POST", CATEGORIES, {"name": "⓸p%óÿI"})
    long = await send(web, "POST", CATEGORIES, {"name": "㎖" * 200})
    longer = await send(
        web, "POST", CATEGORIES, {"name": "㎖" * 200, "parent": long.json()["slug"]}
    )

    assert (odd.json()["slug"], len(long.json()["slug"])) == ("p-oyi", 400)
    assert (await web.get("/api/categories/p-oyi")).json()["name"] == "⓸p%óÿI"
    assert code(longer) == (422, "CATEGORY_NAMES_TOO_LONG")
    assert code(await send(web, "POST", CATEGORIES, {"name": "日本"})) == (400, "INVALID_REQUEST")


async def test_a_banner_is_put_up_changed_and_taken_down(web: Web) -> None:
    assert (await web.get("/api/banners/active")).json() == {"items": []}

    made = await send(web, "POST", BANNERS, BANNER, key="k")
    again = await send(web, "POST", BANNERS, BANNER, key="k")
    (shown,) = (await web.get("/api/banners/active")).json()["items"]
    path = f"{BANNERS}/{made.json()['id']}"
    over = BANNER | {"ends_at": "2026-11-02T00:00:00Z"}
    ended = await send(web, "PUT", path, over, **{"If-Match": made.headers["etag"]})
    with web.unchanged():
        repeated = await send(web, "PUT", path, over)
        late = await send(web, "PUT", path, BANNER, **{"If-Match": made.headers["etag"]})

    assert (made.status_code, made.json()["revision"]) == (201, 1)
    assert again.json() == made.json()
    assert (shown["id"], shown["title"]) == (made.json()["id"], "Snow")
    assert ended.json()["revision"] == repeated.json()["revision"] == 2
    assert code(late) == (412, "PRECONDITION_FAILED")
    assert (await web.get("/api/banners/active")).json() == {"items": []}


@pytest.mark.parametrize(
    "fault",
    [
        {"ends_at": BANNER["starts_at"]},
        {"starts_at": "2026-11-01T00:00:00"},
        {"link": "javascript:alert(1)"},
        {"title": " "},
    ],
)
async def test_a_banner_that_cannot_be_is_refused(web: Web, fault: dict[str, Any]) -> None:
    with web.unchanged():
        assert code(await send(web, "POST", BANNERS, BANNER | fault)) == (400, "INVALID_REQUEST")
        assert code(await send(web, "PUT", f"{BANNERS}/x", BANNER)) == (404, "BANNER_NOT_FOUND")


async def test_the_catalogue_is_kept_by_staff_only(web: Web) -> None:
    bodies: dict[str, Any] = {"PUT": {}, "POST": {}, "GET": None, "DELETE": None}
    customer = web.token(Role.CUSTOMER)

    with web.unchanged():
        for one in area.declarations:
            path = f"/{one.route}".replace("{id}", CANDLE).replace("{slug}", "home")
            assert code(await web.send(one.method, path, bodies[one.method])) == (
                401,
                "UNAUTHORIZED",
            )
            refused = await web.send(one.method, path, bodies[one.method], **customer)
            assert code(refused) == (403, "FORBIDDEN")


async def test_an_event_of_a_product_that_comes_again_changes_nothing(web: Web) -> None:
    await created(web)
    await listed(web)
    records = [one for one in await web.events() if one.hub == "product-events"]

    with web.unchanged():
        await web.deliver(web.door.function("views_on_product_events"), records[::-1])
