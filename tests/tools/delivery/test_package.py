"""The package holds what is deployed, only that, and always the same bytes."""

import zipfile
from pathlib import Path

import pytest

from tools.delivery.package import FILES, ROOMS, IncompletePackage, compile_all, gather, pack


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    for room in (*ROOMS, "local", "tools", "tests"):
        (root / room / "__pycache__").mkdir(parents=True)
        (root / room / "one.py").write_text("ONE = 1\n", encoding="utf-8")
        (root / room / "__pycache__" / "old.pyc").write_bytes(b"old")
    for name in FILES:
        (root / name).write_text("", encoding="utf-8")
    (root / "local.settings.json").write_text("{}", encoding="utf-8")
    return root


def test_the_package_holds_the_app_and_nothing_else(shop: Path, tmp_path: Path) -> None:
    gather(shop, tmp_path / "stage")
    pack(tmp_path / "stage", tmp_path / "shop.zip")

    names = zipfile.ZipFile(tmp_path / "shop.zip").namelist()

    assert names == sorted([*FILES, *(f"{room}/one.py" for room in ROOMS)])


def test_the_same_content_gives_the_same_bytes(shop: Path, tmp_path: Path) -> None:
    gather(shop, tmp_path / "stage")
    first = pack(tmp_path / "stage", tmp_path / "first.zip")
    for path in (tmp_path / "stage").rglob("*.py"):
        path.touch()

    assert pack(tmp_path / "stage", tmp_path / "second.zip") == first


def test_the_digest_lies_beside_the_package(shop: Path, tmp_path: Path) -> None:
    gather(shop, tmp_path / "stage")

    digest = pack(tmp_path / "stage", tmp_path / "shop.zip")

    assert (tmp_path / "shop.zip.sha256").read_text(encoding="utf-8") == f"{digest}  shop.zip\n"


def test_bytecode_is_shipped(shop: Path, tmp_path: Path) -> None:
    gather(shop, tmp_path / "stage")

    compile_all(tmp_path / "stage")

    assert sorted(
        path.parent.parent.name for path in (tmp_path / "stage").rglob("one.*.pyc")
    ) == sorted(ROOMS)


def test_a_package_without_the_door_is_refused(shop: Path, tmp_path: Path) -> None:
    (shop / "function_app.py").unlink()

    with pytest.raises(IncompletePackage, match=r"function_app\.py"):
        gather(shop, tmp_path / "stage")
    assert not (tmp_path / "stage").exists()
