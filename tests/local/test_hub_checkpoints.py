"""Checkpoints and ownership of real hubs in the host's file."""

from pathlib import Path
from typing import Any

import pytest

from adapters.sqlite.file import SqliteFile
from local.hub_checkpoints import HubCheckpoints, create_tables
from tests.local.conftest import HandClock

WHERE = ("namespace", "order-events", "views")


@pytest.fixture
def store(file: SqliteFile, clock: HandClock) -> HubCheckpoints:
    """The checkpoints of one group."""
    create_tables(file)
    return HubCheckpoints(file, clock, "order-events/views")


def wish(owner: str, etag: str = "") -> dict[str, Any]:
    """What the SDK asks for when it claims partition 0."""
    named: dict[str, Any] = dict(
        zip(("fully_qualified_namespace", "eventhub_name", "consumer_group"), WHERE, strict=True)
    )
    return named | {"partition_id": "0", "owner_id": owner} | ({"etag": etag} if etag else {})


async def test_nothing_is_owned_or_read_at_first(store: HubCheckpoints) -> None:
    assert list(await store.list_ownership(*WHERE)) == []
    assert list(await store.list_checkpoints(*WHERE)) == []


async def test_of_two_that_claim_at_once_one_gets_it(
    store: HubCheckpoints, clock: HandClock
) -> None:
    (mine,) = await store.claim_ownership([wish("a")])
    late = list(await store.claim_ownership([wish("b")]))
    (listed,) = await store.list_ownership(*WHERE)

    assert late == []
    assert listed == mine
    assert (mine["owner_id"], mine["last_modified_time"]) == ("a", clock.now().timestamp())


async def test_who_saw_the_last_claim_may_make_the_next(store: HubCheckpoints) -> None:
    (mine,) = await store.claim_ownership([wish("a")])

    (theirs,) = await store.claim_ownership([wish("b", mine["etag"])])
    again = list(await store.claim_ownership([wish("a", mine["etag"])]))

    assert theirs["owner_id"] == "b"
    assert theirs["etag"] != mine["etag"]
    assert again == []


async def test_a_checkpoint_moves_on_and_never_back(store: HubCheckpoints) -> None:
    for number in (5, 9, 7):
        checkpoint = wish("a") | {"sequence_number": number, "offset": str(number * 8)}
        await store.update_checkpoint(checkpoint)

    (listed,) = await store.list_checkpoints(*WHERE)
    assert (listed["partition_id"], listed["sequence_number"], listed["offset"]) == ("0", 9, "72")
    assert listed["consumer_group"] == "views"


async def test_groups_do_not_share(
    store: HubCheckpoints, file: SqliteFile, clock: HandClock
) -> None:
    await store.claim_ownership([wish("a")])

    assert list(await HubCheckpoints(file, clock, "other").list_ownership(*WHERE)) == []


async def test_they_outlive_the_host(tmp_path: Path, clock: HandClock) -> None:
    for number in (1, 2):
        file = SqliteFile(tmp_path / "other.db", synchronous="OFF")
        create_tables(file)
        store = HubCheckpoints(file, clock, "p")
        await store.update_checkpoint(wish("a") | {"sequence_number": number, "offset": "8"})
        (listed,) = await store.list_checkpoints(*WHERE)
        assert listed["sequence_number"] == number
        file.close()
