"""The command, as a developer runs it; and the bank's page, as a customer sees it."""

import asyncio
import sys

import httpx

from adapters.embedded.clock import SystemClock
from adapters.ends import stripe_of
from domain.money import Money
from usecases.ports.secrets import NONE


async def test_it_serves_a_shop_that_is_told_its_three_settings() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.stripe_emulator", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(3)]
    environment = dict(line.split("=", 1) for line in lines)
    payments = stripe_of(NONE, SystemClock(), environment, return_url="http://127.0.0.1:9/home")
    assert payments is not None

    intent = await payments.create_intent(Money(500, "USD"), key="k", metadata={})
    asked = await payments.confirm(
        intent.id, payment_method="pm_card_authenticationRequired", key="c"
    )
    async with httpx.AsyncClient() as browser:
        page = await browser.get(asked.next_action_url)
        back = await browser.post(asked.next_action_url, data={"outcome": "succeed"})
        late = await browser.post(asked.next_action_url, data={"outcome": "succeed"})
        nobody = await browser.get(asked.next_action_url)
    held = await payments.retrieve(intent.id)
    await payments.close()
    process.terminate()
    await process.wait()

    assert "Complete" in page.text
    assert (back.status_code, back.headers["location"]) == (303, "http://127.0.0.1:9/home")
    assert (late.status_code, nobody.text) == (400, "Nobody asks.")
    assert held is not None
    assert held.status == "requires_capture"
