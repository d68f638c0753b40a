"""The change feed: what the official SDK reads of it, and what it refuses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.tools.cosmos_emulator.things import U1, Time, documents, ids, put
from tools.cosmos_emulator.auth import KEY
from tools.cosmos_emulator.feed import changes
from tools.cosmos_emulator.http import port_of, serve
from tools.cosmos_emulator.refusal import Refusal
from tools.cosmos_emulator.service import Emulator
from tools.cosmos_emulator.wire import Request


@pytest.fixture
async def container() -> AsyncIterator[ContainerProxy]:
    server = await serve(Emulator())
    address = f"http://127.0.0.1:{port_of(server)}/"
    async with CosmosClient(address, KEY, enable_endpoint_discovery=False) as client:
        database = await client.create_database("shop")
        yield await database.create_container("Things", partition_key=PartitionKey("/user_id"))
    server.close()


async def write(container: ContainerProxy, *names: str) -> None:
    for name in names:
        await container.upsert_item({"id": name, "user_id": f"u-{name[0]}"})


async def read(container: ContainerProxy, **how: Any) -> list[str]:
    return [each["id"] async for each in container.query_items_change_feed(**how)]


async def test_of_every_document_the_latest_version_comes_in_the_order_of_its_write(
    container: ContainerProxy,
) -> None:
    await write(container, "a1", "b1", "a2", "b2", "a1")
    await container.delete_item("b2", "u-b")

    assert await read(container, start_time="Beginning") == ["b1", "a2", "a1"]
    assert await read(container, start_time="Beginning", max_item_count=1) == ["b1", "a2", "a1"]
    assert await read(container, start_time="Now") == []


async def test_a_reader_goes_on_where_it_was(container: ContainerProxy) -> None:
    await write(container, "a1", "b1")
    await read(container, start_time="Beginning")
    mark = container.client_connection.last_response_headers["etag"]

    await write(container, "c1", "a1")

    assert await read(container, continuation=mark) == ["c1", "a1"]


async def test_a_part_of_the_keys_is_refused_by_name(container: ContainerProxy) -> None:
    await write(container, "a1")

    with pytest.raises(CosmosHttpResponseError, match="part of the keys"):
        await read(container, start_time="Beginning", partition_key="u-a")


def asked(**headers: str) -> Request:
    given = {"a-im": "Incremental feed", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Request("GET", "/dbs/shop/colls/Things/docs", given)


def test_a_page_without_news_is_a_304_that_costs_little_and_has_a_mark() -> None:
    kept = documents()
    put(kept, "a")

    first = changes(kept, asked(), None)
    second = changes(kept, asked(if_none_match=first.headers["etag"]), None)

    assert (ids(first), first.status) == (["a"], 200)
    assert (second.status, second.body, second.charge) == (304, None, 1.0)
    assert second.headers["etag"] == first.headers["etag"] == '"1"'


def test_a_partition_and_a_moment_can_be_asked_for() -> None:
    time = Time()
    kept = documents(time)
    put(kept, "a")
    put(kept, "b", user_id="u-2")
    time.seconds += 60
    put(kept, "c")

    assert ids(changes(kept, asked(), U1)) == ["a", "c"]
    later = asked(if_modified_since="Thu, 01 Jan 1970 00:17:00 GMT")
    assert ids(changes(kept, later, None)) == ["c"]


def test_what_is_over_its_time_to_live_is_not_seen() -> None:
    time = Time()
    kept = documents(time)
    put(kept, "a", ttl=10)
    put(kept, "b")
    time.seconds += 10

    assert ids(changes(kept, asked(), None)) == ["b"]


def test_a_mark_that_is_none_is_refused() -> None:
    with pytest.raises(Refusal, match="malformed"):
        changes(documents(), asked(if_none_match='"soon"'), None)
