"""Lists of products: the slim cards on the shelves, how they are filtered and sorted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import AliasPath, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from domain.category import ALL, FEATURED, category_slug
from domain.entity import Command, Entity, Excerpt
from domain.errors import Invalid
from domain.model import View
from domain.product import Price, Product
from domain.text import folded, words

MOST_CONDITIONS: Final = 20
"""More values than this in one filter are not a person's choice."""

SHORT_TEXT: Final = 160
"""Characters of the description on a card."""

_LONGEST_FILTER: Final = 4_000

type Sort = Literal["relevance", "price", "name", "created_at", "rating", "popularity"]
type Order = Literal["asc", "desc"]

PATHS: Final[Mapping[Sort, str]] = {
    "relevance": "popularity",
    "price": "price.amount",
    "name": "name_folded",
    "created_at": "created_at",
    "rating": "rating",
    "popularity": "popularity",
}
"""What a list without a search is sorted by."""

_UPWARDS: Final = frozenset({"price", "name"})


class BadFilter(Invalid):
    """The filters are not the JSON object that the API describes."""

    code = "INVALID_FILTER"
    message = "The filters are not valid."


class Range(Command):
    """From ``min`` to ``max``, both included; either may be missing."""

    min: float | None = Field(default=None, ge=0, le=1e11, allow_inf_nan=False)
    max: float | None = Field(default=None, ge=0, le=1e11, allow_inf_nan=False)

    @model_validator(mode="after")
    def _is_upwards(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        return self


type FacetValue = Annotated[str, Field(min_length=1, max_length=100)]


class Filters(Command):
    """What a list is narrowed to: values of one field are alternatives, fields are joined by and."""

    brand: tuple[FacetValue, ...] = ()
    price: Range | None = None
    attributes: dict[FacetValue, tuple[FacetValue, ...]] = Field(default_factory=dict)
    in_stock: bool | None = None
    rating: Range | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        values = len(self.brand) + sum(map(len, self.attributes.values()))
        if max(values, len(self.attributes)) > MOST_CONDITIONS:
            raise ValueError(f"more than {MOST_CONDITIONS} conditions")
        return self

    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        """Groups of facet tokens: a card needs one of each group. No values ask for nothing."""
        groups = {"brand": self.brand} | self.attributes
        return tuple(
            tuple(sorted({facet(name, value) for value in values}))
            for name, values in groups.items()
            if values
        )


def filters(text: str) -> Filters:
    """The filters in their JSON; empty text asks for everything. Raises ``BadFilter``."""
    if len(text) > _LONGEST_FILTER:
        raise BadFilter(fields=[{"field": "filters", "message": "too long"}])
    try:
        return Filters.model_validate_json(text) if text else Filters()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise BadFilter(fields=[_fault(fault) for fault in faults[:MOST_CONDITIONS]]) from None


def _fault(fault: ErrorDetails) -> dict[str, str]:
    place = ".".join(("filters", *map(str, fault["loc"])))
    return {"field": place, "message": fault["msg"]}


def is_descending(sort: Sort, order: Order | None) -> bool:
    """Whether the largest come first; without a wish prices and names go up, the rest down."""
    return order == "desc" if order else sort not in _UPWARDS


class ListingCard(Entity):
    """A product on one shelf: what a list shows, filters and sorts by.

    ``category_slug`` is the shelf: its category, an ancestor, ``~all`` or ``~featured``; ``category``
    is the product's own. ``facets`` are folded tokens such as ``brand=emberfold`` and ``labels`` the
    same values as people read them.
    """

    kind: ClassVar[str] = "card"
    container: ClassVar[str] = "Products"
    partition_field: ClassVar[str] = "category_slug"

    category_slug: str
    product_id: str
    sku: str
    slug: str
    name: str
    name_folded: str
    brand: str
    category: str
    description: str
    image_url: str = ""
    price: Price
    rating: float
    review_count: int
    popularity: int
    variant_count: int
    in_stock: bool
    featured: bool
    facets: tuple[str, ...]
    labels: tuple[str, ...]
    created_at: datetime


class ShownPrice(View):
    """A price as lists show it: the JSON numbers of the card, which nobody reckons with."""

    currency: str
    amount: int | float
    compare_at: int | float | None = None
    tax_rate: float = 0.0


class ListedProduct(Excerpt):
    """A product in a list, as visitors see it: its card without what the card is found by."""

    kind: ClassVar[str] = ListingCard.kind
    container: ClassVar[str] = ListingCard.container
    whole: ClassVar[type[Entity]] = ListingCard

    id: str = Field(validation_alias=AliasPath("product_id"))
    product_id: str
    sku: str
    slug: str
    name: str
    brand: str
    category_slug: str = Field(validation_alias="category")
    description: str
    image_url: str
    price: ShownPrice
    rating: float
    review_count: int
    popularity: int
    variant_count: int
    in_stock: bool
    featured: bool
    created_at: datetime


def sort_key(sort: Sort) -> Callable[[ListedProduct], str | float | datetime]:
    """What lists that are sorted outside the store go by, the same as ``PATHS`` inside."""
    return _KEYS[sort]


_KEYS: Final[Mapping[Sort, Callable[[ListedProduct], str | float | datetime]]] = {
    "relevance": lambda one: one.popularity,
    "price": lambda one: one.price.amount,
    "name": lambda one: folded(one.name),
    "created_at": lambda one: one.created_at,
    "rating": lambda one: one.rating,
    "popularity": lambda one: one.popularity,
}


def card_id(product: str) -> str:
    """The id of a product's card on every shelf."""
    return f"card:{product}"


def shelves(product: Product) -> tuple[str, ...]:
    """The shelves on which the product stands: none while it is not sold."""
    if not product.is_sold:
        return ()
    path = product.category_path
    branch = tuple(category_slug(path[: level + 1]) for level in range(len(path)))
    return (ALL, *branch, *((FEATURED,) if product.featured else ()))


def cards(product: Product, *, in_stock: bool) -> tuple[ListingCard, ...]:
    """The product's cards, one for each shelf."""
    places = shelves(product)
    return tuple(_card(product, in_stock).but(category_slug=shelf) for shelf in places)


def _card(product: Product, in_stock: bool) -> ListingCard:
    tokens = facets_of(product)
    first = min(product.images, key=lambda image: image.order, default=None)
    return ListingCard(
        id=card_id(product.id),
        category_slug=product.category_slug,
        product_id=product.id,
        sku=product.sku,
        slug=product.slug,
        name=product.name,
        name_folded=folded(product.name),
        brand=product.brand,
        category=product.category_slug,
        description=shortened(product.description),
        image_url=first.url if first else "",
        price=product.price,
        rating=product.rating,
        review_count=product.review_count,
        popularity=product.popularity,
        variant_count=len(product.variants),
        in_stock=in_stock,
        featured=product.featured,
        facets=tuple(tokens),
        labels=tuple(tokens.values()),
        created_at=product.created_at,
    )


def shortened(text: str) -> str:
    """The text cut at a word's end to ``SHORT_TEXT`` characters."""
    if len(text) <= SHORT_TEXT:
        return text
    return text[: SHORT_TEXT - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def facets_of(product: Product) -> dict[str, str]:
    """The facet tokens of the product and all its variants, each with its label, in order of token."""
    pairs = [*product.attributes.items()]
    for variant in product.variants:
        pairs += variant.attributes.items()
    if product.brand:
        pairs.append(("brand", product.brand))
    return {token: label for token, label in sorted(_tokens(pairs)) if len(token) > 1}


def _tokens(pairs: Iterable[Sequence[str]]) -> Iterable[tuple[str, str]]:
    return ((facet(name, label), label) for name, label in pairs if name and label)


def facet(name: str, value: str) -> str:
    """The token of a value: ``Shoe size``, ``42 EU`` is ``shoe_size=42 eu``."""
    return f"{'_'.join(words(name))}={folded(value)}"
