"""The connection: its settings, one for each process, and no SDK before a call needs it."""

import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest

from adapters.cosmos.database import (
    CONNECT_SECONDS,
    READ_SECONDS,
    CosmosDatabase,
    CosmosSettings,
    cosmos_settings,
)
from adapters.environment import BadSettings
from tests.adapters.cosmos.peers import Peer, ours_only
from tests.adapters.store_kinds import Crate, change


def test_without_an_account_no_cosmos_is_meant() -> None:
    assert cosmos_settings({"AZURE_CLIENT_ID": "id-1"}) is None


def test_settings_come_from_the_environment() -> None:
    azure = {"COSMOS_ACCOUNT_URI": "https://shop.documents.azure.com/", "AZURE_CLIENT_ID": "id-1"}
    emulator = {
        "COSMOS_ACCOUNT_URI": "http://localhost:8081/",
        "COSMOS_DATABASE": "shop",
        "COSMOS_KEY": "a2V5",
        "COSMOS_DISCOVER_ENDPOINTS": "False",
    }

    assert cosmos_settings(azure) == CosmosSettings(
        "https://shop.documents.azure.com/", "holiday-peak-hub", client_id="id-1"
    )
    assert cosmos_settings(emulator) == CosmosSettings(
        "http://localhost:8081/", "shop", "a2V5", discovers=False
    )


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        (
            {"COSMOS_KEY": "a2V5", "COSMOS_DATABASE": "shop"},
            "COSMOS_ACCOUNT_URI is missing, while COSMOS_DATABASE, COSMOS_KEY is set",
        ),
        ({"COSMOS_DISCOVER_ENDPOINTS": "false"}, "COSMOS_ACCOUNT_URI is missing"),
        ({"COSMOS_ACCOUNT_URI": "shop.example"}, "COSMOS_ACCOUNT_URI is no https address"),
        (
            {"COSMOS_ACCOUNT_URI": "http://shop.example", "COSMOS_KEY": "a2V5"},
            "no https address, and COSMOS_DISCOVER_ENDPOINTS is not false",
        ),
        (
            {"COSMOS_ACCOUNT_URI": "http://localhost:8081", "COSMOS_DISCOVER_ENDPOINTS": "false"},
            "COSMOS_KEY is missing",
        ),
        (
            {"COSMOS_ACCOUNT_URI": "https://shop.example", "COSMOS_KEY": "@Microsoft.KeyVault(…)"},
            "COSMOS_KEY is no key: it is not in base 64",
        ),
        (
            {"COSMOS_ACCOUNT_URI": "https://shop.example", "COSMOS_DISCOVER_ENDPOINTS": "no"},
            "COSMOS_DISCOVER_ENDPOINTS is true or false",
        ),
    ],
)
def test_half_of_the_settings_are_an_error_that_names_the_rest(
    environment: dict[str, str], named: str
) -> None:
    with pytest.raises(BadSettings, match=named):
        cosmos_settings(environment)


def test_no_sdk_is_imported_before_a_call_needs_it() -> None:
    modules = ["store", "query", "errors", "sessions", "database"]
    imports = ", ".join(f"adapters.cosmos.{module}" for module in modules)
    program = (
        f"import sys, {imports}\n"
        "adapters.cosmos.database.CosmosDatabase(adapters.cosmos.database.CosmosSettings('https://a/'))\n"
        "heavy = ('azure.cosmos', 'azure.core', 'azure.identity', 'aiohttp')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )

    printed = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert printed.stdout.strip() == "[]"


async def test_without_a_key_the_managed_identity_signs_in() -> None:
    """The client is only built: a token needs Azure, and https."""
    database = CosmosDatabase(CosmosSettings("https://shop.example/", client_id="id-1"))

    client = database._built()

    credential = client.client_connection.aad_credentials
    assert type(credential).__name__ == "ManagedIdentityCredential"
    policy = client.client_connection.connection_policy
    assert (policy.RequestTimeout, policy.ReadTimeout) == (CONNECT_SECONDS, READ_SECONDS)
    await database.close()
    await client.close()


async def test_attempts_to_open_share_one_identity_and_closing_lets_go_of_it() -> None:
    database = CosmosDatabase(CosmosSettings("https://127.0.0.1:9/"))
    clients = [database._built() for _ in range(2)]

    used = {id(client.client_connection.aad_credentials) for client in clients}
    assert used == {id(database._identity.credential())}
    await database.close()
    assert id(database._identity.credential()) not in used
    await database.close()
    for client in clients:
        await client.close()


@ours_only
async def test_a_process_opens_one_connection(peer: Peer) -> None:
    clients = await asyncio.gather(*(peer.database.client() for _ in range(5)))

    assert len({id(client) for client in clients}) == 1
    assert await peer.database.container("Orders") is await peer.database.container("Orders")


@ours_only
async def test_a_closed_connection_opens_again(peer: Peer) -> None:
    store = peer.store
    await store.commit(change(Crate(id="c")))

    await peer.database.close()
    await peer.database.close()

    assert await store.get(Crate, "c", "u-1") is not None


@ours_only
async def test_session_consistency_is_asked_for_whatever_the_account_has(peer: Peer) -> None:
    client = await peer.database.client()

    assert client.client_connection.default_headers["x-ms-consistency-level"] == "Session"


@ours_only
async def test_a_text_of_any_script_takes_the_room_it_takes(peer: Peer) -> None:
    """Written as escapes it would be three times as large, and refused."""
    store, text = peer.store, "é" * 400_000

    await store.commit(change(Crate(id="c", status=text)))

    found = await store.get(Crate, "c", "u-1")
    assert found is not None
    assert found.status == text


@ours_only
async def test_a_write_asks_for_no_documents_back(peer: Peer) -> None:
    (answer,) = await (await peer.database.container("Orders")).execute_item_batch(
        [("create", ({"id": "c", "user_id": "u-1"},))], "u-1"
    )

    assert "resourceBody" not in answer


@ours_only
async def test_a_connection_that_cannot_be_opened_leaves_nothing_open(peer: Peer) -> None:
    database = CosmosDatabase(replace(peer.settings, key="d3Jvbmc="))

    with pytest.raises(Exception, match="authorization"):
        await database.client()

    await database.close()
