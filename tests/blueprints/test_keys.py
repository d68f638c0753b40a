"""Idempotency keys: one answer for one key, whatever happens in between."""

import asyncio
from typing import Any

import pytest

from domain.access import Caller, Role
from domain.idempotency import KeptAnswer
from domain.stock import STOCK_ID, Stock
from tests.blueprints.goods import CANDLE, DRUM, ORDER, STAR, TRAY
from tests.blueprints.harness import Guest, Web, code, somebody
from usecases import idempotency
from usecases.idempotency import KeyedRequest
from usecases.ports.store import Change, Query, StoreBusy

ADD = {"product_id": CANDLE}


@pytest.fixture
async def guest(web: Web) -> Guest:
    return await web.guest()


async def kept(web: Web, guest: Guest) -> list[KeptAnswer]:
    """What is remembered for the guest."""
    return list((await web.shop.store.find(KeptAnswer, Query(guest.user_id))).items)


async def claim(web: Web, guest: Guest, key: str, body: bytes) -> None:
    """Another process has begun to answer this request."""
    caller = Caller(user_id=guest.user_id, role=Role.GUEST, trace=somebody().trace)
    request = KeyedRequest("cart_add_item", key, b"\n".join((b"", b"", body)))
    await idempotency.claim(web.shop, caller, request)


async def test_the_same_request_again_gets_the_same_answer(web: Web, guest: Guest) -> None:
    first = await guest.send("POST", "/api/cart/items", ADD, key="k")
    with web.unchanged():
        again = await guest.send("POST", "/api/cart/items", ADD, key="k")

    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == "application/json"
    assert (await guest.send("GET", "/api/cart")).json()["item_count"] == 1


async def test_without_a_key_it_is_done_again(guest: Guest) -> None:
    await guest.send("POST", "/api/cart/items", ADD)
    again = await guest.send("POST", "/api/cart/items", ADD)

    assert again.json()["item_count"] == 2


async def test_a_key_is_the_callers_own(web: Web, guest: Guest) -> None:
    other = await web.guest()
    await guest.send("POST", "/api/cart/items", ADD, key="k")

    answer = await other.send("POST", "/api/cart/items", ADD, key="k")

    assert "idempotent-replayed" not in answer.headers
    assert answer.json()["user_id"] == other.user_id


async def test_a_key_is_of_one_operation(guest: Guest) -> None:
    await guest.send("POST", "/api/cart/items", ADD, key="k")

    emptied = await guest.send("DELETE", "/api/cart", key="k")

    assert (emptied.status_code, emptied.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/cart/items", ADD | {"quantity": 2}), ("/api/cart/items?again=1", ADD)],
)
async def test_a_key_used_for_another_request_is_refused(
    web: Web, guest: Guest, path: str, body: dict[str, Any]
) -> None:
    await guest.send("POST", "/api/cart/items", ADD, key="k")

    with web.unchanged():
        answer = await guest.send("POST", path, body, key="k")

    assert code(answer) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_key_is_of_one_path(web: Web, guest: Guest) -> None:
    await guest.send("POST", "/api/cart/items", ADD)
    await guest.send("DELETE", "/api/cart/items/no-such-line", key="k")

    answer = await guest.send("DELETE", "/api/cart/items/another-line", key="k")

    assert code(answer) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_while_the_first_is_being_answered_the_others_wait(web: Web, guest: Guest) -> None:
    await claim(web, guest, "k", b'{"product_id":"x"}')

    with web.unchanged():
        answer = await guest.send("POST", "/api/cart/items", b'{"product_id":"x"}', key="k")

    assert code(answer) == (409, "IDEMPOTENCY_KEY_IN_FLIGHT")
    assert answer.headers["retry-after"] == "30"


async def test_when_the_lease_is_over_a_repeat_resumes(web: Web, guest: Guest) -> None:
    body = f'{{"product_id":"{CANDLE}"}}'.encode()
    await claim(web, guest, "k", body)
    web.clock.move(31)

    resumed = await guest.send("POST", "/api/cart/items", body, key="k")
    again = await guest.send("POST", "/api/cart/items", body, key="k")

    assert (resumed.status_code, resumed.json()["item_count"]) == (201, 1)
    assert again.headers["idempotent-replayed"] == "true"


async def test_of_requests_at_once_one_is_done(web: Web, guest: Guest) -> None:
    calls = [guest.send("POST", "/api/cart/items", ADD, key="k") for _ in range(5)]
    answers = await asyncio.gather(*calls)

    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [code(answer) for answer in answers if answer.status_code != 201]
    assert len([answer for answer in done if "idempotent-replayed" not in answer.headers]) == 1
    assert set(waiting) <= {(409, "IDEMPOTENCY_KEY_IN_FLIGHT")}
    assert (await guest.send("GET", "/api/cart")).json()["item_count"] == 1


async def test_an_answer_is_remembered_for_a_day(web: Web, guest: Guest) -> None:
    await guest.send("POST", "/api/cart/items", ADD, key="k")

    (record,) = await kept(web, guest)
    assert (record.ttl, record.status) == (24 * 3600, 201)


async def test_a_refusal_that_will_stay_is_remembered(web: Web, guest: Guest) -> None:
    first = await guest.send("POST", "/api/orders", ORDER, key="k")
    await guest.send("POST", "/api/cart/items", ADD)
    again = await guest.send("POST", "/api/orders", ORDER, key="k")

    assert code(first) == (422, "CART_EMPTY")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_refusal_that_may_pass_is_tried_again(web: Web, guest: Guest) -> None:
    body = {"product_id": STAR}
    first = await guest.send("POST", "/api/cart/items", body, key="k")
    assert code(first) == (409, "OUT_OF_STOCK")
    assert await kept(web, guest) == []

    stock = await web.shop.store.get(Stock, STOCK_ID, "paper-star-1")
    assert stock is not None
    more = stock.but(on_hand=4, available=4)
    await web.shop.store.commit(Change(by=somebody(), puts=(more,)))

    assert (await guest.send("POST", "/api/cart/items", body, key="k")).status_code == 201


async def test_out_of_stock_at_placing_gives_the_key_back(web: Web, guest: Guest) -> None:
    other = await web.guest()
    for each in (guest, other):
        await each.send("POST", "/api/cart/items", {"product_id": DRUM})
    await other.send("POST", "/api/orders", ORDER)

    answer = await guest.send("POST", "/api/orders", ORDER, key="k")

    assert code(answer) == (409, "OUT_OF_STOCK")
    assert await kept(web, guest) == []


class BrokenStore:
    """A store whose carts cannot be read."""

    def __init__(self, web: Web, fault: Exception) -> None:
        self._store, self._fault = web.shop.store, fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        if kind.kind == "cart":
            raise self._fault
        return await self._store.get(kind, id, partition)


@pytest.mark.parametrize(
    ("fault", "status"), [(StoreBusy("away"), 503), (RuntimeError("a bug"), 500)]
)
async def test_a_fault_gives_the_key_back(
    web: Web, guest: Guest, fault: Exception, status: int
) -> None:
    whole = web.shop.store
    web.change(store=BrokenStore(web, fault))
    broken = await guest.send("POST", "/api/cart/items", ADD, key="k")
    web.change(store=whole)

    assert broken.status_code == status
    assert await kept(web, guest) == []
    assert (await guest.send("POST", "/api/cart/items", ADD, key="k")).status_code == 201


@pytest.mark.parametrize("key", ["two words", "x" * 256, "", "\u00fc"])
async def test_a_key_has_a_plain_form(web: Web, guest: Guest, key: str) -> None:
    with web.unchanged():
        answer = await guest.send(
            "POST", "/api/cart/items", {"product_id": TRAY}, **{"Idempotency-Key": key}
        )

    assert code(answer) == (400, "INVALID_REQUEST")


async def test_the_longest_key_is_255_characters(guest: Guest) -> None:
    assert (await guest.send("POST", "/api/cart/items", ADD, key="!" * 255)).status_code == 201


async def test_who_is_nobody_has_no_keys(web: Web) -> None:
    first = await web.send("POST", "/api/auth/guest", **{"Idempotency-Key": "k"})
    again = await web.send("POST", "/api/auth/guest", **{"Idempotency-Key": "k"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["user_id"] != again.json()["user_id"]
