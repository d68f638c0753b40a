"""What a shopper means to buy."""

from datetime import datetime
from typing import ClassVar, Final, Self
from uuid import UUID, uuid5

from domain.entity import Entity, Value
from domain.errors import Conflict, NotFound, RuleBroken
from domain.money import Amount, Amounts, Money
from domain.pricing import line_total, subtotal_of
from domain.promotion import MOST_CODES, TooManyCodes

CART_ID: Final = "cart"
MOST_LINES: Final = 100
MOST_PIECES: Final = 999
MOST_MERGED: Final = 10
MOST_REMEMBERED: Final = 20


class CartLineNotFound(NotFound):
    """The cart has no such line."""

    code = "CART_ITEM_NOT_FOUND"
    message = "The cart has no such line."


class CartFull(RuleBroken):
    """More lines than a cart may have."""

    code = "CART_FULL"
    message = "The cart has as many lines as it may have."


class QuantityTooLarge(RuleBroken):
    """More pieces than one line may have."""

    code = "QUANTITY_TOO_LARGE"
    message = f"A line has at most {MOST_PIECES} pieces."


class CartClaimed(Conflict):
    """An order is being made of the cart; it cannot be changed now."""

    code = "CART_CLAIMED"
    message = "An order is being made of this cart; wait for its answer."
    passing = True


class CartMerged(Conflict):
    """The cart is going over into that of the person who has just signed in."""

    code = "CART_MERGED"
    message = "This cart is being merged into the cart of the account; read that one."
    passing = True


class CartEmpty(RuleBroken):
    """There is nothing to buy."""

    code = "CART_EMPTY"
    message = "The cart is empty."


class CartLine(Amounts):
    """Some pieces of one SKU at the price seen when they were put in."""

    cart_item_id: str
    product_id: str
    variant_id: str
    sku: str
    name: str
    variant_name: str = ""
    quantity: int
    unit_price: Amount
    image_url: str = ""
    added_at: datetime

    @property
    def line_total(self) -> Money:
        """What all its pieces cost."""
        return line_total(self)


class Claim(Value):
    """An order is being made of the cart; ``until`` then anybody may look what became of it."""

    order_id: str
    until: datetime


class Applied(Value):
    """A command that has changed the cart under its caller's key; remembered as long as the key is."""

    id: str
    until: datetime


class Cart(Entity):
    """The one cart of a shopper; one cart, by its ``uuid``, becomes at most one order.

    ``attempt`` counts the orders tried of it; ``claim`` is the one being made; ``previous`` is the order
    that the cart before this one became, and ``previous_uuid`` that cart. While a guest's cart goes over
    into an account's, ``merged_into`` names the account; ``merged`` are the carts that this one took in last.
    ``promo_codes`` are the codes put on it, as they are kept; whether each still holds is seen when it is priced.
    ``applied`` are the last commands that came under a key: whichever is there is not done again, also by who
    never learned that it was done.
    """

    kind: ClassVar[str] = "cart"
    container: ClassVar[str] = "Cart"
    partition_field: ClassVar[str] = "user_id"

    id: str = CART_ID
    user_id: str
    uuid: str
    currency: str
    items: tuple[CartLine, ...] = ()
    promo_codes: tuple[str, ...] = ()
    attempt: int = 0
    claim: Claim | None = None
    merged_into: str | None = None
    merged: tuple[str, ...] = ()
    applied: tuple[Applied, ...] = ()
    previous: Claim | None = None
    previous_uuid: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def subtotal(self) -> Money:
        """What the goods cost."""
        return subtotal_of(self.items, self.currency)

    def has_applied(self, command_id: str, at: datetime) -> bool:
        """Whether the command has changed this cart, or one that it took in, already."""
        return any(one.id == command_id and at < one.until for one in self.applied)

    def applying(self, command_id: str, *, until: datetime) -> Self:
        """The cart as the command leaves it; one without a key has no id and is not remembered."""
        if not command_id:
            return self
        done = Applied(id=command_id, until=until)
        return self.but(applied=(*self.applied, done)[-MOST_REMEMBERED:])

    def line(self, cart_item_id: str) -> CartLine:
        """The line. Raises ``CartLineNotFound``."""
        for line in self.items:
            if line.cart_item_id == cart_item_id:
                return line
        raise CartLineNotFound(cart_item_id=cart_item_id)

    def holding(self, sku: str) -> CartLine | None:
        """The line of that SKU, if there is one."""
        return next((line for line in self.items if line.sku == sku), None)

    def with_line(self, line: CartLine, at: datetime, most_lines: int = MOST_LINES) -> Self:
        """The cart with this line instead of the one of the same SKU, or besides the others.

        A cart that has more lines than ``most_lines`` already keeps them, and gets no new one.
        Raises ``CartClaimed``, ``CartFull`` or ``QuantityTooLarge``.
        """
        self.check_open()
        if line.quantity > MOST_PIECES:
            raise QuantityTooLarge(sku=line.sku, quantity=line.quantity, limit=MOST_PIECES)
        kept = {each.sku: each for each in self.items} | {line.sku: line}
        if len(kept) > max(most_lines, len(self.items)):
            raise CartFull(limit=most_lines)
        return self.but(items=tuple(kept.values()), updated_at=at)

    def without(self, cart_item_id: str, at: datetime) -> Self:
        """The cart without that line. Raises ``CartClaimed`` or ``CartLineNotFound``."""
        self.check_open()
        gone = self.line(cart_item_id)
        left = tuple(line for line in self.items if line is not gone)
        return self.but(items=left, updated_at=at)

    def emptied(self, at: datetime) -> Self:
        """The cart without lines and codes. Raises ``CartClaimed``."""
        self.check_open()
        return self.but(items=(), promo_codes=(), updated_at=at)

    def with_code(self, code: str, at: datetime) -> Self:
        """The cart with that code on it, once. Raises ``CartClaimed`` or ``TooManyCodes``."""
        self.check_open()
        if code in self.promo_codes:
            return self
        if len(self.promo_codes) >= MOST_CODES:
            raise TooManyCodes(limit=MOST_CODES)
        return self.but(promo_codes=(*self.promo_codes, code), updated_at=at)

    def without_code(self, code: str, at: datetime) -> Self:
        """The cart without that code; an empty one means all of them. Raises ``CartClaimed``."""
        self.check_open()
        left = tuple(each for each in self.promo_codes if code not in ("", each))
        return self if left == self.promo_codes else self.but(promo_codes=left, updated_at=at)

    def claimed(self, order_id: str, *, until: datetime) -> Self:
        """The cart while ``order_id`` is made of it."""
        self.check_open()
        return self.but(claim=Claim(order_id=order_id, until=until))

    def given_back(self) -> Self:
        """The cart after the attempt failed: open again, the next attempt has another order id."""
        return self.but(claim=None, attempt=self.attempt + 1)

    def closed(self, next_uuid: str, at: datetime) -> Self:
        """The next, empty cart, after this one became an order."""
        assert self.claim is not None, "only a claimed cart becomes an order"
        previous = Claim(order_id=self.claim.order_id, until=at)
        return self.but(
            uuid=next_uuid,
            items=(),
            promo_codes=(),
            attempt=0,
            claim=None,
            previous=previous,
            previous_uuid=self.uuid,
            updated_at=at,
        )

    def with_all_of(self, other: "Cart", at: datetime, most_lines: int = MOST_LINES) -> Self:
        """The cart with every line of the other besides, pieces of one SKU added up, up to the most of a line.

        The lines keep the price at which they were put in; the same other cart is taken in once, however often
        it is asked. It may have as many lines as one of the two has already, where that is over ``most_lines``;
        its codes come along, as far as there is room. Raises ``CartFull``, and then no line was lost, and
        ``CartClaimed``.
        """
        self.check_open()
        if other.uuid in self.merged:
            return self
        lines = {line.sku: line for line in self.items}
        for line in other.items:
            held = lines.get(line.sku)
            quantity = min(MOST_PIECES, line.quantity + (held.quantity if held else 0))
            id = cart_item_id(self.uuid, line.sku)
            changes = {"quantity": quantity, "cart_item_id": id}
            lines[line.sku] = (held or line).model_copy(update=changes)
        if len(lines) > max(most_lines, len(self.items), len(other.items)):
            raise CartFull(limit=most_lines)
        merged = (*self.merged, other.uuid)[-MOST_MERGED:]
        codes = tuple(dict.fromkeys(self.promo_codes + other.promo_codes))[:MOST_CODES]
        applied = (*self.applied, *other.applied)[-MOST_REMEMBERED:]
        return self.but(
            items=tuple(lines.values()),
            promo_codes=codes,
            merged=merged,
            applied=applied,
            updated_at=at,
        )

    def going_over(self, user_id: str) -> Self:
        """The guest's cart while it goes over into the account's; nothing else may change it meanwhile."""
        self.check_open()
        return self.but(merged_into=user_id)

    def gone_over(self, next_uuid: str, at: datetime) -> Self:
        """The guest's next, empty cart, after this one went over."""
        return self.but(
            uuid=next_uuid,
            items=(),
            promo_codes=(),
            attempt=0,
            merged_into=None,
            updated_at=at,
        )

    def check_open(self) -> None:
        """Raises ``CartClaimed`` while an order is made of the cart, ``CartMerged`` while it goes over."""
        if self.claim is not None:
            raise CartClaimed(order_id=self.claim.order_id)
        if self.merged_into is not None:
            raise CartMerged


def cart_item_id(cart_uuid: str, sku: str) -> str:
    """The id of the cart's line of that SKU: always the same, so adding twice is one line."""
    return str(uuid5(UUID(cart_uuid), sku))
