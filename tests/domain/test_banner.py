"""Banners and their display window."""

from datetime import timedelta

from domain.banner import Banner
from tests.domain.catalog_things import NOW


def test_a_banner_is_shown_from_its_start_until_before_its_end() -> None:
    hour = timedelta(hours=1)
    banner = Banner(id="b-1", title="Snow", starts_at=NOW, ends_at=NOW + hour)

    shown = [banner.is_shown(at) for at in (NOW - hour, NOW, NOW + hour / 2, NOW + hour)]

    assert shown == [False, True, True, False]
    assert banner.partition == "banners"
