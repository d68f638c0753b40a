"""What staff do with categories: create one below another, and change how it is shown."""

from typing import Annotated

from pydantic import ConfigDict, Field, field_validator

from domain.access import Caller
from domain.catalogue import Short
from domain.category import (
    CATEGORIES,
    MOST_LEVELS,
    Category,
    CategoryTaken,
    NamesTooLong,
    TooDeep,
    UnknownCategory,
    branch,
    category_slug,
)
from domain.entity import Command
from domain.link import MaybeLink
from domain.product import is_name
from usecases.again import again
from usecases.browsing import CategoryNotFound, ShownCategory
from usecases.revising import revised, written
from usecases.shop import Shop


class CategoryTerms(Command):
    """How a category is shown."""

    name: Short
    description: Annotated[str, Field(max_length=5_000)] = ""
    image_url: MaybeLink = ""

    @field_validator("name")
    @classmethod
    def _has_a_slug(cls, name: str) -> str:
        if not category_slug((name,)):
            raise ValueError("a category's name has a letter of a to z or a digit")
        return name


class CreateCategory(CategoryTerms):
    """A new category; ``parent`` is the slug of the one above it, empty for none."""

    parent: Annotated[str, Field(max_length=600)] = ""


class ChangeCategory(CategoryTerms):
    """The category as it shall be shown, whole: what is left out is empty. Its slug and path stay."""


class StaffCategory(ShownCategory):
    """A category as staff see it."""

    model_config = ConfigDict(from_attributes=True)


async def create_category(shop: Shop, by: Caller, command: CreateCategory) -> StaffCategory:
    """Create a category; its slug follows from its names. Safe to repeat: the same one is there already.

    Raises ``UnknownCategory`` for a parent that is not there, ``TooDeep``, ``NamesTooLong`` and ``CategoryTaken``.
    """
    above = (await known_category(shop, command.parent)).path if command.parent else ()
    if len(above) >= MOST_LEVELS:
        raise TooDeep(parent=command.parent)
    said = command.model_dump(exclude={"parent"})
    fresh = branch((*above, command.name))[-1].but(**said)
    if not is_name(fresh.slug):
        raise NamesTooLong(parent=command.parent)

    async def step() -> Category:
        there = await _category(shop, fresh.slug)
        if there is not None:
            return _same(there, fresh)
        return await written(shop, by, fresh)

    return await _shown(shop, await again(shop, step))


async def change_category(
    shop: Shop,
    by: Caller,
    slug: str,
    command: ChangeCategory,
    expected: frozenset[int] | None = None,
) -> StaffCategory:
    """Show a category otherwise. Safe to repeat. Raises ``CategoryNotFound`` and ``PreconditionFailed``."""

    async def step() -> Category:
        there = await _category(shop, slug)
        if there is None:
            raise CategoryNotFound(slug=slug)
        return await revised(shop, by, there, there.but(**command.model_dump()), expected)

    return await _shown(shop, await again(shop, step))


async def known_category(shop: Shop, slug: str) -> Category:
    """The category that is named; one read. Raises ``UnknownCategory``."""
    found = await _category(shop, slug)
    if found is None:
        raise UnknownCategory(category=slug)
    return found


async def _category(shop: Shop, slug: str) -> Category | None:
    return await shop.store.get(Category, slug, CATEGORIES) if is_name(slug) else None


def _same(there: Category, wanted: Category) -> Category:
    names = ("name", "path", "description", "image_url")
    if any(getattr(there, name) != getattr(wanted, name) for name in names):
        raise CategoryTaken(slug=there.slug)
    return there


async def _shown(shop: Shop, category: Category) -> StaffCategory:
    """The category as staff see it, after the copies of it and of the one above were dropped."""
    await shop.cache.drop(f"category:{category.slug}", f"category:{category.parent}")
    return StaffCategory.model_validate(category)
