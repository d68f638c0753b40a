"""The categories that products stand in, and the shelves that follow from them."""

from collections.abc import Sequence
from typing import ClassVar, Final

from domain.entity import Audited
from domain.text import slugged

ALL: Final = "~all"
"""The shelf on which every product stands."""

FEATURED: Final = "~featured"
"""The shelf for the home page."""

CATEGORIES: Final = "categories"
"""The one partition of the categories."""

MOST_LEVELS: Final = 5


class Category(Audited):
    """A category; ``path`` are the names from the root, the last one its own."""

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
