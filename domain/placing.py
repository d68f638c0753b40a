"""Where a product may be found, and how a change of it is written down before those places follow.

The product decides, in one commit; shelves and search follow from what it says. Until they do, it names the
places where it was, so that whoever comes next can take it off them, also after a crash.
"""

from datetime import datetime

from domain.listing import shelves
from domain.product import Places, Product
from domain.search import postings


def places(product: Product) -> Places:
    """Where the product belongs: nowhere while it is not sold."""
    words = tuple(posting.token for posting in postings(product))
    return Places(shelves=shelves(product), words=words)


def unplaced(product: Product, before: Product | None = None) -> Product:
    """The product, to be put in its places and taken off those where ``before`` was or still may be."""
    known = [product.unplaced, before and before.unplaced, before and places(before)]
    left = [each for each in known if each]
    return product.but(
        unplaced=Places(
            shelves=tuple(sorted({shelf for each in left for shelf in each.shelves})),
            words=tuple(sorted({word for each in left for word in each.words})),
        )
    )


def fenced(there: Product, wanted: Product) -> Product:
    """What is written where the product is: all that is wanted, and that it moves where its category changes.

    From then on whoever meets it finishes the move, and nobody changes it where it was.
    """
    if wanted.category_slug == there.category_slug:
        return wanted
    return wanted.but(category_slug=there.category_slug, moves_to=wanted.category_slug)


def arrived(moving: Product) -> Product:
    """A product that moves, as it is new in its next category."""
    fields = moving.model_dump(mode="json", exclude={"audit_head"})
    return Product.model_validate(fields | {"category_slug": moving.moves_to, "moves_to": ""})


def changed(there: Product, wanted: Product, at: datetime) -> Product:
    """The product that is there as it is wanted: the next version of it, which has yet to be placed."""
    return unplaced(wanted.after(there, at), there)
