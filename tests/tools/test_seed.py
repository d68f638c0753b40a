"""Seeding the shop."""

import json
from pathlib import Path

import pytest

from domain.catalogue import product_of, row_of
from tests.domain.catalog_things import NOW
from tools.catalogue import rows, synthetic
from tools.seed import main, told
from usecases.importing import ImportReport, RefusedRow


def test_the_built_in_catalogue_is_a_shop() -> None:
    products = [product_of(row_of(line), "USD", NOW) for line in rows()]

    assert len(products) == len({product.slug for product in products}) == 312
    assert len({product.category_slug for product in products}) == 12
    assert len({product.brand for product in products}) > 15
    assert len({product.description for product in products}) == 312
    skus = [variant.sku for product in products for variant in product.variants]
    assert len(skus) == len(set(skus)) == 704


def test_stock_goes_from_none_over_one_to_thousands() -> None:
    pieces = [one.stock or 0 for line in rows() for one in row_of(line).variants]

    assert (pieces.count(0), pieces.count(1)) == (23, 28)
    assert max(pieces) > 2_000


def test_the_catalogue_is_the_same_every_time() -> None:
    assert list(rows()) == list(rows())
    assert json.loads(next(rows()))["slug"] == "herringbone-throw"


def test_synthetic_products_are_many_and_plain() -> None:
    slugs = [row_of(line).slug for line in synthetic(100)]

    assert slugs[0] == "bulk-000000"
    assert len(set(slugs)) == 100


def test_seeding_fills_a_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "shop.db"

    assert main(["--store", str(store)]) == 0
    assert main(["--store", str(store)]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("seed: 312 created, 0 changed, 0 unchanged, 0 refused in ")
    assert second.startswith("seed: 0 created, 0 changed, 312 unchanged, 0 refused in ")


def test_seeding_a_file_tells_why_rows_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(next(rows()) + "\n\n{}\n", "utf-8")

    assert main([str(file), "--store", str(tmp_path / "shop.db")]) == 1

    counts, reason = capsys.readouterr().out.splitlines()
    assert counts.startswith("seed: 1 created, 0 changed, 0 unchanged, 1 refused in ")
    assert reason.startswith("  row 2: The row is not a product.")


def test_synthetic_products_are_seeded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--products", "30", "--store", str(tmp_path / "shop.db")]) == 0

    assert capsys.readouterr().out.startswith("seed: 30 created")


def test_a_long_list_of_refusals_is_cut() -> None:
    report = ImportReport(refused=[RefusedRow(n, "bad") for n in range(60)])

    lines = told(report, 1.0).splitlines()

    assert (len(lines), lines[-1]) == (52, "  and 10 more")
