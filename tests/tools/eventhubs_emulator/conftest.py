"""A namespace for each test: ours, and Microsoft's emulator where its connection string is given.

``EVENTHUBS_TEST_CONNECTION`` is that string; the emulator must have been started with our ``Config.json``.
Its events outlive a test, so the tests of both use new keys and read from where they began.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

import tools.eventhubs_emulator as package
from tests.brisk_sdk import brisk_sdk
from tools.eventhubs_emulator.config import read_namespace
from tools.eventhubs_emulator.server import Emulator

CONFIG = Path(package.__file__).with_name("Config.json")
VARIABLE = "EVENTHUBS_TEST_CONNECTION"


@pytest.fixture(autouse=True)
def brisk() -> Iterator[None]:
    """An SDK without its long naps."""
    with brisk_sdk():
        yield


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """Our namespace, with the hubs of ``Config.json`` and nothing in them."""
    async with Emulator(read_namespace(CONFIG), port=0) as served:
        yield served


@pytest.fixture(params=["ours", "microsoft"])
async def connection(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The connection string of a namespace."""
    if request.param == "microsoft":
        if VARIABLE not in os.environ:
            pytest.skip(f"{VARIABLE} is not set")
        yield os.environ[VARIABLE]
        return
    async with Emulator(read_namespace(CONFIG), port=0) as served:
        yield served.connection_string


@pytest.fixture
def key() -> str:
    """A partition key that nobody used before."""
    return str(uuid4())
