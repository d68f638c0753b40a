"""What staff do with banners: put one on the home page for a while, and change it."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from domain.access import Caller
from domain.banner import BANNERS, Banner, BannerNotFound
from domain.catalogue import Short
from domain.entity import Command
from domain.link import MaybeLink
from usecases.again import again
from usecases.browsing import BannerView
from usecases.revising import id_of, revised, written
from usecases.shop import Shop


class WriteBanner(Command):
    """A banner, whole; of several on show the one with the lowest ``order`` comes first."""

    title: Short
    text: Annotated[str, Field(max_length=1_000)] = ""
    image_url: MaybeLink = ""
    link: MaybeLink = ""
    order: Annotated[int, Field(ge=0, le=10_000)] = 100
    starts_at: AwareDatetime
    ends_at: AwareDatetime

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at is after starts_at")
        return self


class StaffBanner(BannerView):
    """A banner as staff see it, on show or not."""

    model_config = ConfigDict(from_attributes=True)

    order: int
    starts_at: datetime
    ends_at: datetime


async def create_banner(
    shop: Shop, by: Caller, command: WriteBanner, *, command_id: str = ""
) -> StaffBanner:
    """Put a banner up. The same request again under its key finds the banner that it has made."""
    fresh = Banner(id=id_of(shop, by, command_id), **command.model_dump())

    async def step() -> Banner:
        there = await shop.store.get(Banner, fresh.id, BANNERS)
        return there or await written(shop, by, fresh)

    return await _shown(shop, await again(shop, step))


async def change_banner(
    shop: Shop, by: Caller, id: str, command: WriteBanner, expected: frozenset[int] | None = None
) -> StaffBanner:
    """Let a banner be what is written. Safe to repeat. Raises ``BannerNotFound`` and ``PreconditionFailed``."""

    async def step() -> Banner:
        there = await shop.store.get(Banner, id, BANNERS)
        if there is None:
            raise BannerNotFound(id=id)
        return await revised(shop, by, there, there.but(**command.model_dump()), expected)

    return await _shown(shop, await again(shop, step))


async def _shown(shop: Shop, banner: Banner) -> StaffBanner:
    """The banner as staff see it, after what the home page has of it was dropped."""
    await shop.cache.drop("banners:active")
    return StaffBanner.model_validate(banner)
