"""Both ends of the vault, and a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.embedded.world import MemoryVault, SqliteVault, Vault
from adapters.sqlite.file import SqliteFile
from tests.adapters.embedded.fixtures import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    opened = SqliteFile(tmp_path / "shop.db", synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture(params=["memory", "sqlite"])
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "memory":
        return MemoryVault()
    return SqliteVault(request.getfixturevalue("file"))
