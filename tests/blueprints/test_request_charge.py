"""What a request costs in Cosmos DB: summed from all its calls, told to telemetry and, on one machine, in a header."""

import pytest

from adapters.counting import CountingStore
from tests.adapters.cosmos.peers import opened, ours_only
from tests.blueprints.harness import Web
from tests.listening import Listener

pytestmark = ours_only


async def test_a_request_says_what_all_its_calls_were_charged(web: Web) -> None:
    """The page, and the category that is not there. The SDK looks at each container once, which nobody asked for."""
    listener = Listener()
    guest = await web.guest()
    async with opened(web.clock, containers=True) as peer:
        web.change(store=CountingStore(peer.store), telemetry=listener.telemetry)
        await guest.send("GET", "/api/cart")
        before = len(peer.emulator.log)

        answer = await guest.send("GET", "/api/products?category=home-kitchen")

        calls = [one for one in list(peer.emulator.log)[before:] if one.sort != "other"]
        charged = sum(one.charge for one in calls)
    span = listener.spans("catalog_list_products")[-1]
    assert [one.sort for one in calls] == ["query", "read"]
    assert float(answer.headers["x-store-request-units"]) == pytest.approx(charged)
    assert (span.attributes or {})["shop.request_units"] == pytest.approx(charged)


async def test_where_nothing_is_charged_no_header_says_so(web: Web) -> None:
    answer = await web.get("/api/products")

    assert answer.headers["x-store-operations"] == "1"
    assert "x-store-request-units" not in answer.headers


async def test_anywhere_but_on_one_machine_nobody_is_told_what_it_cost(web: Web) -> None:
    web.set(local=False)

    answer = await web.get("/api/products")

    assert not [name for name in answer.headers if name.startswith("x-store-")]
