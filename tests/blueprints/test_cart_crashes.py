"""A process that dies anywhere under a keyed change of the cart: the repeat ends where one request would have."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.blueprints.goods import CANDLE, TRAY
from tests.blueprints.harness import Guest, Web, code
from tests.blueprints.steps import filled, line_of
from usecases.ports.store import Change, Store, StoreBusy

ITEMS = "/api/cart/items"
PAST_THE_LEASE = 31


class Died(RuntimeError):
    """The process is gone."""


@dataclass
class Dying:
    """A store whose process dies before or right after its call of number ``last``, and does nothing more."""

    inner: Store
    last: int
    is_done: bool
    calls: int = 0

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        return await self._called(lambda: self.inner.get(kind, id, partition))

    async def find(self, kind: type[Any], query: Any) -> Any:
        return await self._called(lambda: self.inner.find(kind, query))

    async def commit(self, change: Change) -> Any:
        return await self._called(lambda: self.inner.commit(change))

    async def _called(self, call: Callable[[], Awaitable[Any]]) -> Any:
        self.calls += 1
        if self.calls > self.last or (self.calls == self.last and not self.is_done):
            raise Died
        answer = await call()
        if self.calls == self.last:
            raise Died
        return answer


@dataclass(frozen=True)
class Case:
    """A change, how many store calls it takes, and the pieces by product after it was made once."""

    method: str
    body: Any
    calls: int
    after: Mapping[str, int]
    on_line: bool = False


CASES = {
    "add": Case("POST", {"product_id": CANDLE, "quantity": 3}, 5, {CANDLE: 5, TRAY: 2}),
    "change": Case("PUT", {"quantity": 7}, 5, {CANDLE: 7, TRAY: 2}, on_line=True),
    "remove": Case("DELETE", None, 4, {TRAY: 2}, on_line=True),
    "empty": Case("DELETE", None, 4, {}),
}
CRASHES = [
    pytest.param(name, last, is_done, id=f"{name}-{'after' if is_done else 'before'}-{last}")
    for name, case in CASES.items()
    for last in range(1, case.calls + 1)
    for is_done in (False, True)
]


async def pieces(guest: Guest) -> dict[str, int]:
    cart = (await guest.send("GET", "/api/cart")).json()
    return {line["product_id"]: line["quantity"] for line in cart["items"]}


async def place_of(guest: Guest, name: str) -> str:
    if CASES[name].on_line:
        return await line_of(guest)
    return "/api/cart" if name == "empty" else ITEMS


@pytest.mark.parametrize(("name", "last", "is_done"), CRASHES)
async def test_a_repeat_after_a_crash_at_any_call_does_it_once(
    web: Web, name: str, last: int, is_done: bool
) -> None:
    case, guest = CASES[name], await filled(web, CANDLE, TRAY, quantity=2)
    path, whole = await place_of(guest, name), web.shop.store
    web.change(store=Dying(whole, last, is_done))
    assert (await guest.send(case.method, path, case.body, key="k")).status_code == 500
    web.change(store=whole)
    web.clock.move(PAST_THE_LEASE)

    repeat = await guest.send(case.method, path, case.body, key="k")
    again = await guest.send(case.method, path, case.body, key="k")

    assert repeat.status_code == (201 if name == "add" else 200)
    assert again.json() == repeat.json()
    assert await pieces(guest) == case.after


@pytest.mark.parametrize("name", CASES)
async def test_each_change_takes_as_many_calls_as_are_cut_off(web: Web, name: str) -> None:
    case, guest = CASES[name], await filled(web, CANDLE, TRAY, quantity=2)

    answer = await guest.send(case.method, await place_of(guest, name), case.body, key="k")

    assert answer.headers["x-store-operations"] == str(case.calls)


async def test_what_was_bought_between_crash_and_repeat_does_not_come_back(web: Web) -> None:
    guest = await filled(web, TRAY, CANDLE)
    whole, body = web.shop.store, {"product_id": CANDLE}
    web.change(store=Dying(whole, CASES["add"].calls, is_done=False))
    await guest.send("POST", ITEMS, body, key="k")
    web.change(store=whole)
    assert await pieces(guest) == {TRAY: 1, CANDLE: 2}
    await guest.send("DELETE", "/api/cart")
    web.clock.move(PAST_THE_LEASE)

    repeat = await guest.send("POST", ITEMS, body, key="k")

    assert (repeat.status_code, repeat.json()["items"]) == (201, [])
    assert await pieces(guest) == {}


@pytest.mark.parametrize("is_done", [False, True])
async def test_a_write_of_which_nobody_knows_is_repeated_at_once_and_done_once(
    web: Web, is_done: bool
) -> None:
    """The store gave no answer: the key is free again, and the cart knows."""
    guest, body = await filled(web, TRAY), {"product_id": CANDLE, "quantity": 2}
    whole = web.shop.store
    web.change(store=Unsure(whole, is_done))

    unsure = await guest.send("POST", ITEMS, body, key="k")
    web.change(store=whole)
    repeat = await guest.send("POST", ITEMS, body, key="k")

    assert code(unsure) == (503, "SERVICE_UNAVAILABLE")
    assert repeat.status_code == 201
    assert await pieces(guest) == {TRAY: 1, CANDLE: 2}


@dataclass
class Unsure:
    """A store that does not say whether it has written a cart."""

    inner: Store
    is_done: bool

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        return await self.inner.get(kind, id, partition)

    async def find(self, kind: type[Any], query: Any) -> Any:
        return await self.inner.find(kind, query)

    async def commit(self, change: Change) -> Any:
        is_cart = bool(change.puts) and change.puts[0].kind == "cart"
        if not is_cart:
            return await self.inner.commit(change)
        if self.is_done:
            await self.inner.commit(change)
        raise StoreBusy("no answer")


async def test_another_request_under_a_key_that_was_given_back_is_another_request(web: Web) -> None:
    guest, whole = await filled(web, TRAY), web.shop.store
    web.change(store=Unsure(whole, is_done=True))
    await guest.send("POST", ITEMS, {"product_id": CANDLE, "quantity": 2}, key="k")
    web.change(store=whole)

    await guest.send("POST", ITEMS, {"product_id": CANDLE, "quantity": 3}, key="k")

    assert await pieces(guest) == {TRAY: 1, CANDLE: 5}
