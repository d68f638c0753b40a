"""A large shop out of a small one."""

from pathlib import Path

from domain.category import ALL
from domain.listing import ListingCard
from domain.product import Product, product_id
from tools.bench.bulk import multiply
from tools.seed import local_shop, main
from usecases.ports.store import Query
from usecases.products import find_product


async def test_the_large_shop_has_more_of_everything_and_the_same_first_products(
    tmp_path: Path,
) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    assert main(["--products", "5", "--store", str(small / "shop.db")]) == 0

    multiply(small, large, 4)

    with local_shop(large / "shop.db") as shop:
        cards = await shop.store.find(ListingCard, Query(ALL, limit=100))
        first = await find_product(shop, "bulk-000000")
    assert len(cards.items) == 4 * 5
    assert isinstance(first, Product)
    assert first.id == product_id("bulk-000000")
