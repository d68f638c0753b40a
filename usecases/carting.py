"""Filling the cart.

Each change may name itself by a ``command_id``, the same for every repeat of the same request: it is done once.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import ConfigDict, Field

from domain.access import Caller, Role
from domain.cart import CART_ID, MOST_PIECES, Cart, CartLine, cart_item_id
from domain.entity import Command
from domain.errors import Conflict
from domain.model import View
from domain.money import Amount, Amounts, total
from domain.pricing import discount_on
from domain.product import Product, ProductNotFound, Variant
from domain.stock import STOCK_ID, Stock
from usecases import counting, flags
from usecases.again import again
from usecases.claiming import settled_cart
from usecases.flags import CART_CUSTOMER_DAYS, CART_GUEST_DAYS, CART_MAX_ITEMS
from usecases.offering import NO_CODES, Considered, PromotionView, consider
from usecases.ports.store import Change
from usecases.ports.telemetry import CARTS_FILLED
from usecases.products import find_product
from usecases.shop import Shop

type Quantity = Annotated[int, Field(ge=1, le=MOST_PIECES, strict=True)]


class NotEnoughStock(Conflict):
    """The line would want more than is available."""

    code = "OUT_OF_STOCK"
    message = "There are not that many pieces available."
    passing = True


class AddItem(Command):
    """Put pieces of a product into the cart; ``variant_id`` may be left out where there is one variant."""

    product_id: Annotated[str, Field(min_length=1, max_length=100)]
    quantity: Quantity = 1
    variant_id: Annotated[str, Field(max_length=100)] = ""


class ChangeQuantity(Command):
    """How many pieces the line shall have."""

    quantity: Quantity


class CartLineView(Amounts):
    """A line as the shopper sees it."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    cart_item_id: str
    product_id: str
    variant_id: str
    sku: str
    name: str
    variant_name: str
    quantity: int
    unit_price: Amount
    line_total: Amount
    image_url: str
    added_at: datetime


class CartTotals(Amounts):
    """What the goods cost, and what codes take off them; tax and shipping are known at checkout."""

    subtotal: Amount
    discount: Amount


class CartView(View):
    """The cart as its shopper sees it."""

    id: str
    cart_id: str
    user_id: str
    items: tuple[CartLineView, ...]
    item_count: int
    promotions: tuple[PromotionView, ...]
    totals: CartTotals
    created_at: datetime
    updated_at: datetime


def view_of(cart: Cart, codes: Considered = NO_CODES) -> CartView:
    """The cart without what is only the shop's; ``codes`` are its codes, held against its lines."""
    off = discount_on(cart.items, codes.offers).by_code if codes.offers else {}
    return CartView(
        id=cart.uuid,
        cart_id=cart.uuid,
        user_id=cart.user_id,
        items=tuple(CartLineView.model_validate(line) for line in cart.items),
        item_count=sum(line.quantity for line in cart.items),
        promotions=codes.shown(off, cart.currency),
        totals=CartTotals(
            currency=cart.currency,
            subtotal=cart.subtotal,
            discount=total(off.values(), cart.currency),
        ),
        created_at=cart.created_at,
        updated_at=cart.updated_at,
    )


async def cart_of(shop: Shop, caller: Caller) -> Cart:
    """The caller's cart, new and unwritten where there is none; one read.

    A claim whose time is over is settled first, so that a crash never locks a cart for good.
    """
    cart = await shop.store.get(Cart, CART_ID, caller.user_id)
    if cart is None:
        return _fresh(shop, caller)
    if cart.claim is not None and cart.claim.until <= shop.clock.now():
        return await settled_cart(shop, caller, cart)
    return cart


async def get_cart(shop: Shop, caller: Caller) -> CartView:
    """The caller's cart; one read, and one more for each code on it."""
    cart = await cart_of(shop, caller)
    return view_of(cart, await codes_of(shop, cart))


async def codes_of(shop: Shop, cart: Cart) -> Considered:
    """The cart's codes, held against its lines at the prices that it shows."""
    return await consider(shop, cart.promo_codes, cart.items, cart.currency)


async def add_item(
    shop: Shop, caller: Caller, command: AddItem, *, command_id: str = ""
) -> CartView:
    """Put pieces into the cart, beside those of the same SKU. One read of cart and stock, one batch.

    Raises ``ProductNotFound``, ``VariantNotFound``, ``NotEnoughStock`` and what the cart refuses.
    """

    product: Product

    async def change(cart: Cart) -> Cart:
        nonlocal product
        product, variant = await _wanted(shop, command)
        held = cart.holding(variant.sku)
        quantity = command.quantity + (held.quantity if held else 0)
        line = _line(shop, cart, product, variant, quantity)
        most = await flags.value(shop, CART_MAX_ITEMS)
        changed = cart.with_line(line, shop.clock.now(), most)
        await _check_stock(shop, line)
        return changed

    def tell(view: CartView) -> None:
        counting.put_into_cart(shop, product.id, view.cart_id)

    return await _changed(shop, caller, command_id, change, tell)


async def change_quantity(
    shop: Shop, caller: Caller, item_id: str, command: ChangeQuantity, *, command_id: str = ""
) -> CartView:
    """Set how many pieces a line has. Raises ``CartLineNotFound``, ``NotEnoughStock``."""

    async def change(cart: Cart) -> Cart:
        line = cart.line(item_id).model_copy(update={"quantity": command.quantity})
        changed = cart.with_line(line, shop.clock.now())
        await _check_stock(shop, line)
        return changed

    return await _changed(shop, caller, command_id, change)


async def remove_item(
    shop: Shop, caller: Caller, item_id: str, *, command_id: str = ""
) -> CartView:
    """Take a line out. Raises ``CartLineNotFound``."""

    async def change(cart: Cart) -> Cart:
        return cart.without(item_id, shop.clock.now())

    return await _changed(shop, caller, command_id, change)


async def empty_cart(shop: Shop, caller: Caller, *, command_id: str = "") -> CartView:
    """Take every line out; an empty cart stays empty."""

    async def change(cart: Cart) -> Cart:
        return cart.emptied(shop.clock.now())

    return await _changed(shop, caller, command_id, change)


async def forget_cart(shop: Shop, caller: Caller) -> None:
    """Remove the caller's cart, as the person goes; one that an order is being made of stays for that."""

    async def step() -> None:
        cart = await shop.store.get(Cart, CART_ID, caller.user_id)
        if cart is not None and cart.claim is None:
            await shop.store.commit(Change(by=caller, removes=(cart,)))

    await again(shop, step)


async def _changed(
    shop: Shop,
    caller: Caller,
    command_id: str,
    change: Callable[[Cart], Awaitable[Cart]],
    tell: Callable[[CartView], None] = lambda _: None,
) -> CartView:
    """The cart after the change, made once for its ``command_id``, where there is one: cart and id are one commit.

    ``tell`` hears of the cart as it was written by this call.

    So a repeat that comes after a crash, after an answer that got lost, or beside a first attempt that is only
    slow finds what was done, and changes nothing.
    """

    async def step() -> CartView:
        cart = await cart_of(shop, caller)
        if cart.has_applied(command_id, shop.clock.now()):
            return view_of(cart, await codes_of(shop, cart))
        view = await saved(shop, caller, await change(cart), command_id=command_id)
        if view.items and not cart.items:
            shop.telemetry.measure(CARTS_FILLED, 1)
        tell(view)
        return view

    return await again(shop, step)


async def saved(
    shop: Shop,
    caller: Caller,
    cart: Cart,
    codes: Considered | None = None,
    *,
    command_id: str = "",
) -> CartView:
    """Write the cart and show it; ``codes`` are its codes, where they were held against its lines already."""
    until = shop.clock.now() + timedelta(hours=shop.settings.idempotency_hours)
    kept = cart.applying(command_id, until=until).but(ttl=await ttl_seconds(shop, caller))
    if codes is None:
        codes = await codes_of(shop, cart)
    done = await shop.store.commit(Change(by=caller, puts=(kept,)))
    return view_of(done.entities[0], codes)


async def _wanted(shop: Shop, command: AddItem) -> tuple[Product, Variant]:
    product = await find_product(shop, command.product_id)
    if product is None or not product.is_sold:
        raise ProductNotFound(product_id=command.product_id)
    return product, product.variant(command.variant_id)


async def _check_stock(shop: Shop, line: CartLine) -> None:
    stock = await shop.store.get(Stock, STOCK_ID, line.sku)
    available = max(0, stock.available) if stock else 0
    if available < line.quantity:
        raise NotEnoughStock(sku=line.sku, requested=line.quantity, available=available)


def _fresh(shop: Shop, caller: Caller) -> Cart:
    now = shop.clock.now()
    return Cart(
        user_id=caller.user_id,
        uuid=shop.ids.new(),
        currency=shop.settings.currency,
        created_at=now,
        updated_at=now,
    )


def _line(shop: Shop, cart: Cart, product: Product, variant: Variant, quantity: int) -> CartLine:
    return CartLine(
        currency=cart.currency,
        cart_item_id=cart_item_id(cart.uuid, variant.sku),
        product_id=product.id,
        variant_id=variant.variant_id,
        sku=variant.sku,
        name=product.name,
        variant_name=variant.name,
        quantity=quantity,
        unit_price=product.price_of(variant),
        image_url=product.images[0].url if product.images else "",
        added_at=shop.clock.now(),
    )


async def ttl_seconds(shop: Shop, caller: Caller) -> int:
    """How long the caller's cart is kept after its last change."""
    is_guest = caller.role is Role.GUEST
    return await flags.value(shop, CART_GUEST_DAYS if is_guest else CART_CUSTOMER_DAYS) * 24 * 3600
