"""The promo codes of the built-in shop."""

import asyncio
from pathlib import Path

from domain.catalogue import product_of, row_of
from domain.category import branch
from domain.promotion import PROMOTION_ID, Promotion
from domain.promotion_terms import promotion_of
from tests.domain.catalog_things import NOW
from tests.usecases.shop_fixtures import CLOCKWORK
from tools.catalogue import rows
from tools.promotions import codes
from tools.seed import local_shop, main
from usecases.ports.store import Change
from usecases.shop import Shop


def test_every_kind_of_code_is_there() -> None:
    made = [promotion_of(terms, "USD", NOW) for terms in codes()]

    assert [each.code for each in made] == ["WELCOME10", "TAKE15", "SHIPFREE", "FIRST3", "TOYS20"]
    assert {each.type for each in made} == {"percentage", "amount", "free_shipping"}
    assert [each.limit for each in made] == [None, None, None, 3, None]


def test_the_categories_of_codes_are_those_of_the_catalogue() -> None:
    paths = {product_of(row_of(line), "USD", NOW).category_path for line in rows()}
    known = {each.slug for path in paths for each in branch(path)}

    assert {slug for terms in codes() for slug in terms.categories} == {"toys"}
    assert "toys" in known


def test_seeding_again_gives_no_used_use_back(tmp_path: Path) -> None:
    store = tmp_path / "shop.db"
    assert main(["--store", str(store)]) == 0
    with local_shop(store) as shop:
        asyncio.run(use(shop, "FIRST3"))

    assert main(["--store", str(store)]) == 0

    with local_shop(store) as shop:
        assert asyncio.run(found(shop, "FIRST3")).left == 2
        assert asyncio.run(found(shop, "TOYS20")).rate == 200_000


async def found(shop: Shop, code: str) -> Promotion:
    there = await shop.store.get(Promotion, PROMOTION_ID, code)
    assert there is not None
    return there


async def use(shop: Shop, code: str) -> None:
    there = await found(shop, code)
    await shop.store.commit(Change(by=CLOCKWORK, puts=(there.but(left=2),)))
