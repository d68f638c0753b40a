"""The command, as a developer runs it, and the containers that it then needs."""

import asyncio
import os
import sys

import pytest

from adapters.cosmos.database import CosmosDatabase, cosmos_settings
from adapters.names import CONTAINERS
from tools import cosmos_containers

MODULE = "tools.cosmos_emulator"


async def test_it_serves_and_containers_are_created_once_and_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE, "--port", "0"), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(3)]
    environment = dict(line.split("=", 1) for line in lines)
    settings = cosmos_settings(environment)
    assert settings is not None
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    for _ in range(2):
        await asyncio.to_thread(cosmos_containers.main)

    connection = CosmosDatabase(settings)
    orders = await (await connection.container("Orders")).read()
    assert orders["indexingPolicy"]["compositeIndexes"][0] == [
        {"path": "/kind", "order": "ascending"},
        {"path": "/created_at", "order": "ascending"},
        {"path": "/id", "order": "ascending"},
    ]
    assert orders["defaultTtl"] == -1
    assert capsys.readouterr().out.count(f"{len(CONTAINERS)} containers are there") == 2
    await connection.close()
    process.terminate()
    await process.wait()


def test_without_an_account_nothing_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("COSMOS_"):
            monkeypatch.delenv(name)

    with pytest.raises(SystemExit, match="COSMOS_ACCOUNT_URI"):
        cosmos_containers.main()
