"""What each call costs in store operations, exactly. A budget that is passed is a fault.

The figures follow from the data model: a detail is its pointer and its product, a list is one query, a
cart one read and a change of it one batch, an order of k lines k + 4 batches and what marks it as told.
"""

from typing import Any

import pytest

from domain.access import Role
from tests.blueprints.goods import ADDRESS, CANDLE, DRUM, EMAIL, ORDER, RED, SCARF, TRAY
from tests.blueprints.harness import Guest, Web
from tests.blueprints.steps import filled, ordered, paid, promotes, with_code
from tests.issuer_desk import id_of

MOST_FOR_A_CHECKOUT = 24


def cost(answer: Any) -> int:
    """The store operations of a call that succeeded."""
    assert answer.status_code in (200, 201, 202, 304), answer.text
    return int(answer.headers["x-store-operations"])


@pytest.mark.parametrize(
    ("path", "cold", "warm"),
    [
        ("/health/live", 0, 0),
        ("/health/ready", 1, 1),
        ("/api/openapi.json", 0, 0),
        ("/api/docs", 0, 0),
        ("/api/products", 1, 0),
        ("/api/products?category=home-winter&sort=price", 1, 0),
        ("/api/products?page=2&limit=2", 2, 0),
        ("/api/products/featured", 1, 0),
        ("/api/products/filters?category=home", 1, 0),
        ("/api/products/pine-candle", 2, 0),
        ("/api/products/pine-candle/inventory", 3, 1),
        ("/api/products/wool-scarf/inventory", 4, 2),
        ("/api/products/pine-candle/delivery-estimate", 3, 1),
        ("/api/categories", 1, 0),
        ("/api/categories/home", 2, 0),
        ("/api/banners/active", 1, 0),
        ("/api/recommendations", 1, 0),
    ],
)
async def test_a_page_of_the_catalogue_costs(web: Web, path: str, cold: int, warm: int) -> None:
    assert [cost(await web.get(path)) for _ in range(3)] == [cold, warm, warm]


async def test_every_page_of_a_list_costs_one_query(web: Web) -> None:
    path, costs = "/api/products?limit=1&sort=name", []
    cursor = ""
    for _ in range(5):
        answer = await web.get(f"{path}&cursor={cursor}")
        costs.append(cost(answer))
        cursor = answer.json()["next_cursor"]

    assert costs == [1] * 5
    assert cursor is None


async def test_what_the_cart_costs(web: Web) -> None:
    guest = await web.guest()
    body = {"product_id": CANDLE}

    cold = await guest.send("POST", "/api/cart/items", body)
    warm = await guest.send("POST", "/api/cart/items", body)
    read = await guest.send("GET", "/api/cart")
    line = f"/api/cart/items/{read.json()['items'][0]['cart_item_id']}"
    changed = await guest.send("PUT", line, {"quantity": 3})
    removed = await guest.send("DELETE", line)
    emptied = await guest.send("DELETE", "/api/cart")

    costs = [cost(one) for one in (cold, warm, read, changed, removed, emptied)]
    assert costs == [5, 3, 1, 3, 2, 2]


@pytest.mark.parametrize("lines", [1, 2, 3])
async def test_an_order_costs_a_fixed_number_and_one_for_each_line(web: Web, lines: int) -> None:
    guest = await filled(web, *(CANDLE, TRAY, SCARF)[:lines])

    assert cost(await guest.send("POST", "/api/orders", ORDER)) == 7 + lines


@pytest.mark.parametrize("codes", [1, 2, 3])
async def test_a_code_costs_one_read_and_one_batch_more(web: Web, codes: int) -> None:
    guest = await filled(web)
    for code in ("ONE", "TWO", "THREE")[:codes]:
        await promotes(web, code, limit=5, per_customer=1)
        await with_code(guest, code)

    read = cost(await guest.send("GET", "/api/cart"))
    quote = cost(await guest.send("POST", "/api/checkout/validate", {"shipping_address": ADDRESS}))
    placed = cost(await guest.send("POST", "/api/orders", ORDER))

    assert (read, quote, placed) == (1 + codes, 2 + codes, 7 + 1 + 2 * codes)


async def test_what_typing_a_code_costs(web: Web) -> None:
    await promotes(web)
    guest = await filled(web)

    typed = await guest.send("POST", "/api/checkout/promo", {"code": "TEN"})
    off = await guest.send("DELETE", "/api/checkout/promo?code=TEN")
    nothing = await guest.send("DELETE", "/api/checkout/promo")

    assert [cost(one) for one in (typed, off, nothing)] == [3, 2, 1]


async def test_a_key_costs_two_and_a_replay_two(web: Web) -> None:
    guest = await filled(web)
    plain = await filled(web)

    keyed = cost(await guest.send("POST", "/api/orders", ORDER, key="k"))
    replayed = cost(await guest.send("POST", "/api/orders", ORDER, key="k"))

    assert keyed == 2 + cost(await plain.send("POST", "/api/orders", ORDER))
    assert replayed == 2


async def test_what_looking_after_an_order_costs(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    path = f"/api/orders/{order_id}"

    owner = await guest.send("GET", path)
    stranger = await web.get(f"{path}?email={EMAIL}")
    tracking = await guest.send("GET", f"{path}/tracking")
    timeline = await web.get(f"/api/staff/orders/{order_id}/timeline", **web.token(Role.STAFF))
    cancelled = await guest.send("POST", f"{path}/cancel")

    own_record = 1  # of whoever has signed in: it decides the role at each request
    costs = [cost(one) for one in (owner, stranger, tracking, timeline)]
    assert costs == [2, 2, 3, 3 + own_record]
    assert cost(cancelled) == 6


async def _checkout(web: Web, guest: Guest) -> list[int]:
    quote = await guest.send("POST", "/api/checkout/validate", {"shipping_address": ADDRESS})
    placed = await guest.send("POST", "/api/orders", ORDER, key="k")
    order = {"order_id": placed.json()["id"]}
    created = await guest.send("POST", "/api/payments/create-intent", order)
    intent = {
        "payment_intent_id": created.json()["payment_intent_id"],
        "payment_method": "pm_card_visa",
    }
    confirmed = await guest.send("POST", "/api/payments/confirm", intent)
    return [cost(one) for one in (quote, placed, created, confirmed)]


async def test_what_address_book_and_cards_cost(web: Web) -> None:
    """A read to see, a read and a batch to change; of the card network nothing is counted."""
    own_record = 1  # of whoever has signed in: it decides the role at each request
    who = web.token(Role.CUSTOMER)
    cards, book = "/api/users/me/payment-methods", "/api/users/me/addresses"
    await web.get(book, **who)  # the account is made at the first request

    added = await web.send("POST", book, ADDRESS, **who)
    again = await web.send("POST", book, ADDRESS, **who)
    changed = await web.send("PUT", f"{book}/{added.json()['id']}", ADDRESS | {"line2": "b"}, **who)
    seen = await web.get(book, **who)
    first = await web.send("POST", cards, {"stripe_token": "pm_card_visa"}, **who)
    second = await web.send("POST", cards, {"stripe_token": "tok_mastercard"}, **who)
    preferred = await web.send("PUT", f"{cards}/{second.json()['id']}/default", **who)
    shown = await web.get(cards, **who)

    costs = [cost(one) - own_record for one in (added, again, changed, seen)]
    assert costs == [2, 1, 2, 1]
    assert [cost(one) - own_record for one in (first, second, preferred, shown)] == [3, 2, 2, 1]


async def test_what_the_customers_own_pages_cost(web: Web) -> None:
    """Own orders one query; preferences lie in the record that each request reads; wishes as they are shown."""
    own_record = 1  # of whoever has signed in: it decides the role at each request
    me, who = "/api/users/me", web.token(Role.CUSTOMER)
    for product in (CANDLE, TRAY):
        await web.send("POST", "/api/cart/items", {"product_id": product}, **who)
        await web.send("POST", "/api/orders", ORDER, **who)
    wish, of_variant = {"product_id": DRUM}, {"product_id": SCARF, "variant_id": RED}
    german = {"language": "de"}

    wishes = [
        await web.send("POST", f"{me}/wishlist", wish, **who),
        await web.send("POST", "/api/wishlist", wish, **who),
        await web.get(f"{me}/wishlist", **who),
        await web.send("POST", f"{me}/wishlist", of_variant, **who),
        await web.get(f"{me}/wishlist", **who),
    ]
    pages = [
        await web.get(f"{me}/orders", **who),
        await web.get(f"{me}/orders?status=pending&limit=1&page=2", **who),
        await web.get(f"{me}/dashboard", **who),
    ]
    preferences = [
        await web.get(f"{me}/preferences", **who),
        await web.send("PUT", f"{me}/preferences", german, **who),
        await web.send("PUT", f"{me}/preferences", german, **who),
    ]

    # a product that this process does not know yet is two reads; what a person has told before costs two to relay
    assert [cost(one) - own_record for one in wishes] == [4, 1, 2, 4, 3]
    assert [cost(one) - own_record for one in pages] == [1, 2, 3]
    assert [cost(one) - own_record for one in preferences] == [1, 4, 1]


async def test_what_is_named_by_its_id_costs_a_read_more(web: Web) -> None:
    who = web.token(Role.CUSTOMER)
    address = await web.send("POST", "/api/users/me/addresses", ADDRESS, **who)
    card = await web.send(
        "POST", "/api/users/me/payment-methods", {"stripe_token": "pm_card_visa"}, **who
    )
    by_id = {"shipping_address_id": address.json()["id"], "email": EMAIL}
    costs = []
    named = by_id | {"payment_method_id": card.json()["id"]}
    for order in (ORDER, by_id, named, {k: v for k, v in named.items() if k != "email"}):
        await web.send("POST", "/api/cart/items", {"product_id": CANDLE}, **who)
        costs.append(cost(await web.send("POST", "/api/orders", order, **who)))

    assert [one - costs[0] for one in costs] == [0, 1, 2, 3]


async def test_a_whole_checkout_of_three_lines_costs(web: Web) -> None:
    costs = await _checkout(web, await filled(web, CANDLE, TRAY, SCARF))

    assert costs == [4, 12, 2, 5]
    assert sum(costs) <= MOST_FOR_A_CHECKOUT


async def test_a_payment_that_is_asked_for_again_costs_one_read(web: Web) -> None:
    guest = await filled(web)
    order_id = await ordered(guest)
    await paid(guest, order_id)

    again = await guest.send("POST", "/api/payments/create-intent", {"order_id": order_id})

    assert cost(again) == 1


async def test_what_a_ticket_costs(web: Web) -> None:
    me, staff = web.token(Role.CUSTOMER), web.token(Role.STAFF)
    asked = {"type": "question", "subject": "What?", "description": "How?"}
    opened = await web.send("POST", "/api/tickets", asked, **me)
    own = f"/api/tickets/{opened.json()['ticket_id']}"
    desk = f"/api/staff{own.removeprefix('/api')}"
    assign = {"staff_id": id_of("staff")}

    customers = [
        opened,
        await web.get("/api/tickets", **me),
        await web.get(own, **me),
        await web.send("POST", f"{own}/messages", {"message": "x"}, **me),
    ]
    desks = [
        await web.get("/api/staff/tickets", **staff),
        await web.get(desk, **staff),
        await web.send("PUT", f"{desk}/assign", assign, **staff),
        await web.send("PUT", f"{desk}/status", {"new_status": "in_progress"}, **staff),
        await web.send("POST", f"{desk}/response", {"message": "x"}, **staff),
    ]

    own_record = 1  # what is said of a ticket that has told something before costs two to relay
    assert [cost(one) - own_record for one in customers] == [3, 1, 2, 5]
    assert [cost(one) - own_record for one in desks] == [1, 3, 6, 5, 6]


async def test_what_keeping_the_catalogue_costs(web: Web) -> None:
    staff = web.token(Role.STAFF)
    globe: dict[str, Any] = {
        "name": "Snow Globe",
        "category": "home-winter",
        "variants": [{"sku": "snow-globe-1", "prices": {"USD": 20}}],
    }
    created = await web.send("POST", "/api/staff/products", globe | {"slug": "snow-globe"}, **staff)
    path = f"/api/staff/products/{created.json()['id']}"
    stock = {"variant_id": created.json()["variants"][0]["variant_id"], "reason": "counted"}

    async def put(where: str, body: dict[str, Any]) -> int:
        return cost(await web.send("PUT", where, body, **staff))

    sold = globe | {"status": "active"}
    costs = [
        cost(created),
        await put(path, sold | {"name": "Ice Globe"}),
        await put(path, sold | {"name": "Ice Globe"}),
        await put(path, sold | {"category": "home"}),
        await put(f"{path}/stock", stock | {"on_hand": 5}),
        await put(f"{path}/stock", stock | {"adjust": 5}),
    ]

    own_record = 1
    assert [one - own_record for one in costs] == [8, 7, 3, 19, 5, 6]


async def test_what_keeping_promo_codes_costs(web: Web) -> None:
    staff, path = web.token(Role.STAFF), "/api/staff/promotions"
    costs = []
    for code in ("AAA", "BBB", "CCC"):
        body = {"code": code, "percent": 10}
        costs.append(cost(await web.send("POST", path, body, **staff)))
    costs.append(cost(await web.send("PUT", f"{path}/AAA", {"active": False}, **staff)))
    listed = cost(await web.get(path, **staff))

    own_record = 1
    assert [one - own_record for one in costs] == [4, 4, 4, 2]
    assert listed - own_record == 4, "one query, and one read for each code"


@pytest.mark.parametrize(
    "path", ["/api/cart", "/api/staff/orders/0/timeline", "/api/tickets", "/api/products?limit=0"]
)
async def test_who_is_turned_away_at_the_door_costs_nothing(web: Web, path: str) -> None:
    assert (await web.get(path)).headers["x-store-operations"] == "0"
