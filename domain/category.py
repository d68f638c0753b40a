"""The categories that products stand in, and the shelves that follow from them."""

from collections.abc import Sequence
from typing import ClassVar, Final

from domain.entity import Audited
from domain.errors import Conflict, RuleBroken
from domain.text import slugged

ALL: Final = "~all"
"""The shelf on which every product stands."""

FEATURED: Final = "~featured"
"""The shelf for the home page."""

CATEGORIES: Final = "categories"
"""The one partition of the categories."""

MOST_LEVELS: Final = 5


class UnknownCategory(RuleBroken):
    """A category was named that is not there; it is created first."""

    code = "CATEGORY_UNKNOWN"
    message = "There is no such category; create it first."


class TooDeep(RuleBroken):
    """Below more categories than a path may have."""

    code = "CATEGORY_TOO_DEEP"
    message = f"A category has at most {MOST_LEVELS - 1} above it."


class NamesTooLong(RuleBroken):
    """The slug that follows from a category's name and those above it is longer than any URL of ours."""

    code = "CATEGORY_NAMES_TOO_LONG"
    message = "The names of the category and of those above it are too long together."


class CategoryTaken(Conflict):
    """Another category has the slug that follows from the names."""

    code = "CATEGORY_TAKEN"
    message = "There is a category with this slug already."


class Category(Audited):
    """A category; ``path`` are the names from the root, by which catalogues and products know it.

    ``name`` is shown, the last of the path unless staff call it otherwise. ``revision`` counts its changes.
    """

    kind: ClassVar[str] = "category"
    container: ClassVar[str] = "Categories"
    partition_field: ClassVar[str] = "section"

    section: str = CATEGORIES
    slug: str
    name: str
    path: tuple[str, ...]
    parent: str = ""
    description: str = ""
    image_url: str = ""
    revision: int = 1

    @property
    def level(self) -> int:
        """1 for a category at the root."""
        return len(self.path)


def category_slug(path: Sequence[str]) -> str:
    """The slug of the category at the end of the path, from all its names."""
    return slugged("/".join(path))


def branch(path: Sequence[str]) -> tuple[Category, ...]:
    """The category at the end of the path and its ancestors, from the root down."""
    return tuple(_category(tuple(path[: level + 1])) for level in range(len(path)))


def _category(path: tuple[str, ...]) -> Category:
    slug = category_slug(path)
    return Category(id=slug, slug=slug, name=path[-1], path=path, parent=category_slug(path[:-1]))
