"""What a person would like to have: one document, so that its limit holds whoever writes at once."""

from datetime import datetime
from typing import ClassVar, Final, Self

from domain.entity import Entity, Value
from domain.errors import NotFound, RuleBroken

WISHLIST_ID: Final = "wishlist"
MOST_WISHES: Final = 50
"""To show them all takes two operations, and up to three reads for each that names its variant."""


class WishNotFound(NotFound):
    """The product is not on the caller's wishlist."""

    code = "WISH_NOT_FOUND"
    message = "The product is not on your wishlist."


class WishlistFull(RuleBroken):
    """There are as many products as the shop keeps for one person."""

    code = "WISHLIST_LIMIT"
    message = "Your wishlist is full; remove a product first."


class Wish(Value):
    """A product that is wished for, in a variant where ``variant_id`` names one.

    ``name`` is what the product was called then: it is all there is to show when the product is gone.
    """

    product_id: str
    variant_id: str = ""
    name: str
    added_at: datetime


class Wishlist(Entity):
    """The wishes of one person, the newest first; each product stands there once."""

    kind: ClassVar[str] = "wishlist"
    container: ClassVar[str] = "Users"
    partition_field: ClassVar[str] = "user_id"

    id: str = WISHLIST_ID
    user_id: str
    wishes: tuple[Wish, ...] = ()

    def wish(self, product_id: str) -> Wish:
        """The wish for that product. Raises ``WishNotFound``."""
        found = next((one for one in self.wishes if one.product_id == product_id), None)
        if found is None:
            raise WishNotFound(product_id=product_id)
        return found

    def wishing(self, wish: Wish) -> Self:
        """The list with that wish in front; the same list where it is there already. Raises ``WishlistFull``.

        A product that is there in another variant stays where it is, in the variant that was named last.
        """
        there = next((one for one in self.wishes if one.product_id == wish.product_id), None)
        if there is None:
            if len(self.wishes) >= MOST_WISHES:
                raise WishlistFull(limit=MOST_WISHES)
            return self.but(wishes=(wish, *self.wishes))
        if there.variant_id == wish.variant_id:
            return self
        changed = there.model_copy(update={"variant_id": wish.variant_id})
        return self.but(wishes=tuple(changed if one is there else one for one in self.wishes))

    def without(self, product_id: str) -> Self:
        """The list without that product. Raises ``WishNotFound``."""
        gone = self.wish(product_id)
        return self.but(wishes=tuple(one for one in self.wishes if one is not gone))
