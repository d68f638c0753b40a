"""What several tests do on the way to what they are about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from domain.cart import CART_ID, Cart, Claim
from domain.dead_letter import DeadLetter
from domain.product import Product, product_id
from domain.promotion_terms import PromotionTerms
from domain.stock import STOCK_ID, Stock
from tests.blueprints.goods import CANDLE, ORDER
from tests.blueprints.harness import Guest, Web, somebody
from usecases.ports.store import Change
from usecases.products import find_product
from usecases.promotion_keeping import keep_promotion


class Hooked:
    """A store that runs ``before`` ahead of every commit; it may raise, or change the store meanwhile."""

    def __init__(self, web: Web, before: Callable[[Change], Any]) -> None:
        self._store, self._before = web.shop.store, before

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        return await self._store.get(kind, id, partition)

    async def find(self, kind: type[Any], query: Any) -> Any:
        return await self._store.find(kind, query)

    async def commit(self, change: Change) -> Any:
        await self._before(change)
        return await self._store.commit(change)


class Faulty:
    """A store that raises when a document is asked for whose id is among ``faults``, and takes notes."""

    def __init__(self, web: Web, **faults: Exception) -> None:
        self._store, self.faults = web.shop.store, faults
        self.asked: list[str] = []
        self.commits: Exception | None = None

    async def get(self, kind: type[Any], id: str, partition: str) -> Any:
        self.asked.append(id)
        if id in self.faults:
            raise self.faults[id]
        return await self._store.get(kind, id, partition)

    async def find(self, kind: type[Any], query: Any) -> Any:
        return await self._store.find(kind, query)

    async def commit(self, change: Any) -> Any:
        is_letter = isinstance(change.puts[0], DeadLetter) if change.puts else False
        if self.commits is not None and is_letter:
            raise self.commits
        return await self._store.commit(change)


async def put(web: Web, *entities: Any) -> None:
    """Write to the store past every use case."""
    await web.shop.store.commit(Change(by=somebody(), puts=entities))


async def stock_of(web: Web, sku: str) -> Stock:
    """The stock of a SKU."""
    found = await web.shop.store.get(Stock, STOCK_ID, sku)
    assert found is not None
    return found


async def stock(web: Web, sku: str, pieces: int) -> None:
    """There are so many pieces now."""
    await put(web, (await stock_of(web, sku)).but(on_hand=pieces, available=pieces))


async def change_product(web: Web, slug: str, **changes: Any) -> None:
    """A product changes, and this process knows it."""
    found = await find_product(web.shop, product_id(slug))
    assert found is not None
    fresh = await web.shop.store.get(Product, found.id, found.category_slug)
    assert fresh is not None
    await put(web, fresh.but(**changes))
    await web.shop.cache.drop(f"product:{found.id}", f"product:{slug}")


async def cart_in_store(web: Web, guest: Guest) -> Cart:
    """The guest's cart as it is kept."""
    found = await web.shop.store.get(Cart, CART_ID, guest.user_id)
    assert found is not None
    return found


async def claim_cart(web: Web, guest: Guest, seconds: float) -> None:
    """Another process is making an order of the cart, and has so many seconds for it."""

    cart = await cart_in_store(web, guest)
    until = web.clock.now() + timedelta(seconds=seconds)
    await put(web, cart.but(claim=Claim(order_id="0123456789AB", until=until)))


async def filled(web: Web, *products: str, quantity: int = 1) -> Guest:
    """A guest with these products in the cart, a candle where none is named."""
    guest = await web.guest()
    for product in products or (CANDLE,):
        body = {"product_id": product, "quantity": quantity}
        answer = await guest.send("POST", "/api/cart/items", body)
        assert answer.status_code == 201
    return guest


async def ordered(guest: Guest, **more: Any) -> str:
    """The id of the order that the guest's cart has become."""
    answer = await guest.send("POST", "/api/orders", {**ORDER, **more})
    assert answer.status_code == 201, answer.text
    order_id: str = answer.json()["id"]
    return order_id


async def intent_of(guest: Guest, order_id: str) -> str:
    """The id of the order's payment."""
    answer = await guest.send("POST", "/api/payments/create-intent", {"order_id": order_id})
    assert answer.status_code == 200, answer.text
    intent_id: str = answer.json()["payment_intent_id"]
    return intent_id


async def paid(guest: Guest, order_id: str, card: str = "pm_card_visa") -> str:
    """The id of the order's payment, authorised with that card."""
    intent_id = await intent_of(guest, order_id)
    body = {"payment_intent_id": intent_id, "payment_method": card}
    answer = await guest.send("POST", "/api/payments/confirm", body)
    assert answer.status_code == 200, answer.text
    return intent_id


async def line_of(guest: Guest, number: int = 0) -> str:
    """The path of a line of the cart."""
    cart = (await guest.send("GET", "/api/cart")).json()
    return f"/api/cart/items/{cart['items'][number]['cart_item_id']}"


async def promotes(web: Web, code: str = "TEN", **terms: Any) -> None:
    """The shop takes the code from now on: ten percent off, or what the terms say."""
    given = terms if {"amount_off", "free_shipping"} & terms.keys() else {"percent": 10, **terms}
    wanted = PromotionTerms.model_validate({"code": code} | given)
    await keep_promotion(web.shop, somebody(), wanted)


async def with_code(guest: Guest, code: str = "TEN") -> dict[str, Any]:
    """The guest's cart with that code on it."""
    answer = await guest.send("POST", "/api/checkout/promo", {"code": code})
    assert answer.status_code == 200, answer.text
    cart: dict[str, Any] = answer.json()
    return cart
