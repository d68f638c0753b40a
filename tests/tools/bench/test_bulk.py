"""A large shop out of a small one."""

from pathlib import Path

import pytest

from domain.category import ALL
from domain.listing import ListingCard
from domain.product import product_id
from tools.bench.bulk import multiply
from tools.seed import local_shop, main
from usecases.ports.store import Query
from usecases.products import find_product


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The data of a shop with five products."""
    assert main(["--products", "5", "--store", str(tmp_path / "small" / "shop.db")]) == 0
    return tmp_path / "small"


async def test_the_large_shop_has_more_of_everything_and_the_same_first_products(
    small: Path, tmp_path: Path
) -> None:
    multiply(small, tmp_path / "large", 4)

    with local_shop(tmp_path / "large" / "shop.db") as shop:
        cards = await shop.store.find(ListingCard, Query(ALL, limit=100))
        first = await find_product(shop, "bulk-000000")
    assert len(cards.items) == 4 * 5
    assert first is not None
    assert first.id == product_id("bulk-000000")
