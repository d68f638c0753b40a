import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.embedded.cards import CardSettings, EmbeddedPayments
from adapters.embedded.webhooks import Webhook, Webhooks
from adapters.embedded.world import MemoryVault, SqliteVault, WorldAway
from adapters.sqlite.file import SqliteFile
from domain.money import Money
from local.courier import Courier, losing, over_http
from local.faults import Faults
from tests.adapters.embedded.fixtures import StillClock

SECRET = "whsec_test"


class Shop:
    """Takes webhooks, with an answer for each call in turn, then 200."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.taken: list[tuple[bytes, str]] = []

    async def __call__(self, payload: bytes, signature: str) -> int:
        self.taken.append((payload, signature))
        await asyncio.sleep(0)
        return self.answers.pop(0) if self.answers else 200


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


async def paid(vault: MemoryVault | SqliteVault, clock: StillClock, key: str = "i") -> None:
    payments = EmbeddedPayments(vault, clock, CardSettings(SECRET))
    await payments.create_intent(Money(100, "USD"), key=key, metadata={})


def courier(vault: MemoryVault | SqliteVault, clock: StillClock, shop: Shop) -> Courier:
    return Courier(Webhooks(vault), clock, SECRET, shop)


async def test_a_webhook_is_brought_signed_until_it_is_taken(
    vault: MemoryVault, clock: StillClock
) -> None:
    await paid(vault, clock)
    shop = Shop(500, 0, 200)
    carries = courier(vault, clock, shop)

    tried = []
    for _ in range(6):
        tried.append(await carries.work())
        clock.move(1)

    assert tried == [1, 1, 1, 0, 0, 0]
    assert len({payload for payload, _ in shop.taken}) == 1
    reader = EmbeddedPayments(vault, clock, CardSettings(SECRET))
    event = await reader.read_webhook(*shop.taken[-1])
    assert event.type == "payment_intent.created"
    signatures = [signature for _, signature in shop.taken]
    assert len(set(signatures)) == 3


async def test_a_redirect_is_no_acceptance(vault: MemoryVault, clock: StillClock) -> None:
    await paid(vault, clock)

    await courier(vault, clock, Shop(302)).work()

    assert await Webhooks(vault).waiting() == 1


async def test_two_hosts_share_the_work_and_bring_each_webhook_once(
    tmp_path: Path, clock: StillClock
) -> None:
    files = [SqliteFile(tmp_path / "shop.db", synchronous="OFF") for _ in range(2)]
    vaults = [SqliteVault(file) for file in files]
    for number in range(30):
        await paid(vaults[0], clock, f"i{number}")
    shop = Shop()

    tried = await asyncio.gather(*(courier(vault, clock, shop).work() for vault in vaults))

    assert sum(tried) == 30
    assert max(tried) == 16
    assert len({payload for payload, _ in shop.taken}) == len(shop.taken) == 30
    assert await Webhooks(vaults[1]).waiting() == 0
    for file in files:
        file.close()


class AwayOnce(Webhooks):
    async def settle(self, webhook: Webhook, now: object, *, accepted: bool) -> None:
        raise WorldAway("locked")


async def test_what_cannot_be_noted_is_brought_again(vault: MemoryVault, clock: StillClock) -> None:
    await paid(vault, clock)
    shop = Shop()

    assert await Courier(AwayOnce(vault), clock, SECRET, shop).work() == 0
    clock.move(60)
    assert await courier(vault, clock, shop).work() == 1

    assert len(shop.taken) == 2


class OneRest(StillClock):
    """Time that ends at the first rest."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        raise asyncio.CancelledError


async def test_the_courier_rests_when_nothing_is_due_and_works_until_cancelled(
    vault: MemoryVault,
) -> None:
    clock = OneRest()
    await paid(vault, clock)
    shop = Shop()

    with pytest.raises(asyncio.CancelledError):
        await courier(vault, clock, shop).run()

    assert len(shop.taken) == 1
    assert clock.slept == [0.1]


@asynccontextmanager
async def a_server(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head + await reader.read(4))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}", heard


async def test_a_delivery_is_a_post_with_stripes_header() -> None:
    async with (
        a_server(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n") as (url, heard),
        over_http(url) as deliver,
    ):
        assert await deliver(b"body", "t=1,v1=00") == 202

    (request,) = heard
    assert request.startswith(b"POST /api/payments/webhook HTTP/1.1\r\n")
    assert b"stripe-signature: t=1,v1=00\r\n" in request.lower()
    assert b"content-length: 4\r\n" in request.lower()
    assert request.endswith(b"\r\n\r\nbody")


async def test_a_shop_that_does_not_answer_has_no_status() -> None:
    async with a_server(b"") as (url, _), over_http(url) as deliver:
        assert await deliver(b"body", "t=1,v1=00") == 0


async def test_a_webhook_that_is_lost_counts_as_delivered(
    vault: MemoryVault, clock: StillClock
) -> None:
    await paid(vault, clock)
    shop = Shop()
    carries = Courier(Webhooks(vault), clock, SECRET, losing(shop, Faults(webhooks=1)))

    assert (await carries.work(), await carries.work()) == (1, 0)

    assert shop.taken == []
    assert await Webhooks(vault).waiting() == 0


async def test_where_nothing_is_lost_it_is_brought(vault: MemoryVault, clock: StillClock) -> None:
    await paid(vault, clock)
    shop = Shop()

    await Courier(Webhooks(vault), clock, SECRET, losing(shop, Faults())).work()

    assert len(shop.taken) == 1
