"""The package holds what is deployed, only that, and always the same bytes."""

import zipfile
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from adapters.environment import RELEASE_FILE, release_in
from tools.delivery.package import (
    FILES,
    RELEASE,
    ROOMS,
    IncompletePackage,
    compile_all,
    gather,
    load_all,
    pack,
    sign,
)

ROOT = Path(__file__).resolve().parents[3]


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


def test_a_package_names_the_release_that_its_app_will_name(shop: Path, tmp_path: Path) -> None:
    gather(shop, tmp_path / "stage")
    sign(tmp_path / "stage", "3d3c42e")

    assert release_in(tmp_path / "stage" / RELEASE_FILE.name) == "3d3c42e"
    assert tmp_path / "stage" / RELEASE_FILE.relative_to(ROOT) == tmp_path / "stage" / RELEASE


def test_a_package_built_by_hand_names_none(shop: Path, tmp_path: Path) -> None:
    gather(shop, tmp_path / "stage")
    sign(tmp_path / "stage", "")

    assert release_in(tmp_path / "stage" / RELEASE) == ""


def test_the_workflows_build_and_look_for_the_release_of_their_commit() -> None:
    workflows = {
        path.name: path.read_text("utf-8") for path in (ROOT / ".github/workflows").iterdir()
    }
    build = 'python -m tools.delivery.package build/shop.zip "$GITHUB_SHA"'
    assert build in workflows["ci.yml"]

    smokes = [
        line for text in workflows.values() for line in text.splitlines() if "canary.smoke" in line
    ]
    assert len(smokes) == 4
    assert all(line.endswith('"$GITHUB_SHA"') for line in smokes)


def test_a_package_of_which_one_area_cannot_be_loaded_is_not_built(
    shop: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (shop / "blueprints" / "_areas.py").write_text("import json\n", encoding="utf-8")
    load_all(shop)
    (shop / "blueprints" / "_areas.py").write_text("import pydantic\n", encoding="utf-8")

    with pytest.raises(CalledProcessError):
        load_all(shop)

    assert "No module named 'pydantic'" in capfd.readouterr().err
