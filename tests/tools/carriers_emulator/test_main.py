"""The command, as a developer runs it."""

import asyncio
import sys

from adapters.carriers.settings import carriers_settings
from tools.carriers_emulator.accounts import settings


async def test_it_serves_a_shop_that_is_told_its_settings() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.carriers_emulator", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in settings("")]
    told = carriers_settings(dict(line.split("=", 1) for line in lines))
    assert told is not None

    port = int(told.accounts["UPS"].api_base.rpartition(":")[2].partition("/")[0])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    process.terminate()
    await process.wait()

    assert list(told.accounts) == ["FedEx", "UPS", "USPS"]
