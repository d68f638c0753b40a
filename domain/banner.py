"""Banners: what the home page shows on top, for a while."""

from datetime import datetime
from typing import ClassVar, Final

from domain.entity import Audited
from domain.errors import NotFound

BANNERS: Final = "banners"
"""The one partition of the banners."""


class BannerNotFound(NotFound):
    """There is no such banner."""

    code = "BANNER_NOT_FOUND"
    message = "There is no such banner."


class Banner(Audited):
    """A picture with a message and a link, shown from ``starts_at`` until before ``ends_at``.

    Of several, the one with the lowest ``order`` comes first. ``revision`` counts its changes.
    """

    kind: ClassVar[str] = "banner"
    container: ClassVar[str] = "Categories"
    partition_field: ClassVar[str] = "section"

    section: str = BANNERS
    title: str
    text: str = ""
    image_url: str = ""
    link: str = ""
    order: int = 100
    starts_at: datetime
    ends_at: datetime
    revision: int = 1

    def is_shown(self, at: datetime) -> bool:
        """Whether visitors see it at that moment."""
        return self.starts_at <= at < self.ends_at
