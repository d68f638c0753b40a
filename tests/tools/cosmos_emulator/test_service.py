"""The account through the official SDK, and the switches of its emulator."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from azure.core import MatchConditions
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient, DatabaseProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.tools.cosmos_emulator.things import signed
from tools.cosmos_emulator.auth import KEY
from tools.cosmos_emulator.http import port_of, serve
from tools.cosmos_emulator.service import Emulator


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
async def address(emulator: Emulator) -> AsyncIterator[str]:
    server = await serve(emulator)
    yield f"http://127.0.0.1:{port_of(server)}/"
    server.close()


@pytest.fixture
async def client(address: str) -> AsyncIterator[CosmosClient]:
    session: dict[str, Any] = {"consistency_level": "Session"}
    async with CosmosClient(address, KEY, enable_endpoint_discovery=False, **session) as client:
        yield client


@pytest.fixture
async def database(client: CosmosClient) -> DatabaseProxy:
    return await client.create_database("shop")


@pytest.fixture
async def container(database: DatabaseProxy) -> ContainerProxy:
    key = PartitionKey("/user_id")
    return await database.create_container("Things", partition_key=key, default_ttl=-1)


async def status(call: Any) -> tuple[int, int]:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await call
    return int(refused.value.status_code or 0), int(refused.value.sub_status or 0)


def thing(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "user_id": "u-1", **fields}


async def test_databases_and_containers_come_and_go(
    client: CosmosClient, database: DatabaseProxy, container: ContainerProxy
) -> None:
    key = PartitionKey("/user_id")
    assert await status(client.create_database("shop")) == (409, 0)
    assert await status(database.create_container("Things", partition_key=key)) == (409, 0)
    assert [each["id"] async for each in client.list_databases()] == ["shop"]
    assert [each["id"] async for each in database.list_containers()] == ["Things"]
    assert (await database.read())["id"] == "shop"
    assert (await container.read())["partitionKey"]["paths"] == ["/user_id"]

    await database.delete_container("Things")
    assert await status(database.delete_container("Things")) == (404, 1003)
    assert await status(container.read_item("a", "u-1")) == (404, 1003)
    await client.delete_database("shop")
    assert await status(client.delete_database("shop")) == (404, 1003)


async def test_one_document_at_a_time(container: ContainerProxy) -> None:
    created = await container.create_item(thing("a", n=1))
    assert await status(container.create_item(thing("a"))) == (409, 0)
    assert (await container.upsert_item(thing("b")))["id"] == "b"
    assert (await container.upsert_item(thing("b", n=2)))["n"] == 2
    etag: dict[str, Any] = {
        "etag": created["_etag"],
        "match_condition": MatchConditions.IfNotModified,
    }
    replaced = await container.replace_item("a", thing("a", n=2), **etag)
    assert replaced["n"] == 2
    assert await status(container.replace_item("a", thing("a"), **etag)) == (412, 0)
    taken = [{"op": "incr", "path": "/n", "value": -1}]
    guarded: dict[str, Any] = {"filter_predicate": "from c where c.n >= 2"}
    assert (await container.patch_item("a", "u-1", taken, **guarded))["n"] == 1
    assert await status(container.patch_item("a", "u-1", taken, **guarded)) == (412, 0)
    assert (await container.read_item("a", "u-1"))["n"] == 1
    await container.delete_item("a", "u-1")
    assert await status(container.read_item("a", "u-1")) == (404, 0)


async def test_a_query_pages_through_the_sdk(container: ContainerProxy) -> None:
    for n in range(5):
        await container.create_item(thing(str(n), n=n))

    found = container.query_items(
        "SELECT * FROM c WHERE c.n >= @least ORDER BY c.n DESC",
        parameters=[{"name": "@least", "value": 1}],
        partition_key="u-1",
        max_item_count=3,
    )

    pages = [[row["id"] async for row in page] async for page in found.by_page()]
    assert pages == [["4", "3", "2"], ["1"]]


async def test_a_batch_answers_with_etags_and_documents_unless_told_otherwise(
    container: ContainerProxy,
) -> None:
    def create(id: str) -> list[tuple[str, tuple[dict[str, Any]]]]:
        return [("create", (thing(id),))]

    (whole,) = await container.execute_item_batch(create("a"), "u-1")
    brief = await container.execute_item_batch(create("b"), "u-1", no_response=True)

    assert whole["resourceBody"]["_etag"] == whole["eTag"]
    assert set(brief[0]) == {"statusCode", "requestCharge", "eTag"}


async def test_a_wrong_key_is_refused(address: str) -> None:
    client = CosmosClient(address, "d3Jvbmc=", enable_endpoint_discovery=False)

    assert await status(client.__aenter__()) == (401, 0)

    await client.close()


async def test_numbers_are_doubles(container: ContainerProxy) -> None:
    numbers = {"exact": 2**53 - 1, "rounded": 2**60 + 1, "real": 0.1}

    kept = await container.create_item(thing("a", **numbers))

    assert {name: kept[name] for name in numbers} == numbers | {"rounded": 2**60}


async def test_a_session_that_is_ahead_is_told_so(container: ContainerProxy) -> None:
    await container.create_item(thing("a"))

    assert await status(container.read_item("a", "u-1", session_token="0:-1#9")) == (404, 1002)


async def test_a_lagging_replica_answers_who_does_not_know_better(
    emulator: Emulator, container: ContainerProxy
) -> None:
    await container.create_item(thing("a", n=1))
    emulator.lags = True
    await container.create_item(thing("b"))

    assert (await container.read_item("b", "u-1", session_token="0:-1#2"))["id"] == "b"
    assert await status(container.read_item("b", "u-1", session_token="0:-1#1")) == (404, 0)


async def test_switches_are_set_and_the_log_is_read_over_http(
    address: str, container: ContainerProxy
) -> None:
    async with httpx.AsyncClient(base_url=address) as control:
        fault = {"on": "write", "status": 403, "substatus": 7}
        (await control.post("_emulator/faults", json=[fault])).raise_for_status()

        assert await status(container.create_item(thing("a"))) == (403, 7)
        await container.create_item(thing("a"))
        log = (await control.get("_emulator/log")).json()

    path = "/dbs/shop/colls/Things/docs/"
    assert log[-2:] == [["write", path, 403, 1.0], ["write", path, 201, 5.5]]


async def test_what_it_does_not_know_it_refuses(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as stranger:
        unsigned = await stranger.get("dbs/shop")
        assert unsigned.status_code == 401
        assert json.loads(unsigned.text)["code"] == "Unauthorized"


async def test_a_document_is_of_a_partition_that_must_be_named(
    emulator: Emulator, container: ContainerProxy
) -> None:
    path = "/dbs/shop/colls/Things/docs/a"

    answer = await emulator.answer(signed("GET", path))

    assert (answer.status, answer.body["code"]) == (400, "BadRequest")
