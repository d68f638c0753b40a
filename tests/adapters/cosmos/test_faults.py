"""What goes wrong between the shop and the service, and what the store makes of it: never twice, never a guess."""

import asyncio
import time
from dataclasses import replace

import pytest

from adapters.cosmos import database as connection
from adapters.cosmos.database import CosmosDatabase
from adapters.cosmos.store import PAUSES_SECONDS, CosmosStore
from tests.adapters.cosmos.peers import ORDERS, Peer, ours_only
from tests.adapters.store_kinds import (
    AUDIT_KEY,
    START,
    Crate,
    StillClock,
    change,
    event,
    ids,
    put,
    take,
)
from tools.cosmos_containers import create
from tools.cosmos_emulator.auth import KEY
from tools.cosmos_emulator.faults import Fault
from tools.cosmos_emulator.http import port_of, serve
from usecases.ports.store import (
    AlreadyExists,
    Change,
    Query,
    Scan,
    Store,
    StoreBusy,
    StoreError,
    TooLarge,
    VersionConflict,
)

pytestmark = ours_only

HOLD = change(Crate(id="hold"), takes=(take(2),), events=(event("e-1"),))


async def left(store: Store, caught_up: Peer | None = None) -> int | None:
    """How much there is; with ``caught_up``, also for a process that did not write it."""
    if caught_up is not None:
        caught_up.emulator.lags = False
    crate = await store.get(Crate, "c", "u-1")
    assert crate is not None
    return crate.left


def batches(peer: Peer) -> list[int]:
    """The answers that batches got, but for the first, which wrote what is taken from."""
    return [logged.status for logged in peer.emulator.log if logged.sort == "batch"][1:]


@pytest.fixture
async def store(peer: Peer) -> Store:
    store = peer.store
    await put(store, Crate(id="c", left=5))
    return store


@pytest.mark.parametrize(
    "fault",
    [
        Fault("batch", 408, applied=True),
        Fault("batch", 500, applied=True),
        Fault("batch", 503, applied=True),
        Fault("batch", drops=True, applied=True),
    ],
    ids=["408", "500", "503", "dropped"],
)
async def test_a_write_whose_answer_is_lost_happens_once_and_nobody_pretends_to_know(
    peer: Peer, store: Store, fault: Fault
) -> None:
    peer.emulator.faults.set(fault)

    with pytest.raises(StoreBusy):
        await store.commit(change(takes=(take(2),)))

    assert await left(store, caught_up=peer) == 3


@pytest.mark.parametrize(
    "fault",
    [Fault("batch", 408), Fault("batch", 503), Fault("batch", drops=True)],
    ids=["408", "503", "dropped"],
)
async def test_a_write_that_did_not_happen_is_not_claimed_either(
    peer: Peer, store: Store, fault: Fault
) -> None:
    peer.emulator.faults.set(fault)

    with pytest.raises(StoreBusy):
        await store.commit(HOLD)

    assert await left(store) == 5
    await store.commit(HOLD)
    assert await left(store) == 3


async def test_the_sdk_alone_sends_a_write_again_whose_answer_was_lost(
    peer: Peer, store: Store
) -> None:
    """Why there is a ``CarefulTransport``: when this fails, the SDK has been mended and it can go."""
    from azure.cosmos.aio import CosmosClient

    client = CosmosClient(peer.settings.endpoint, KEY, enable_endpoint_discovery=False)
    async with client:
        container = client.get_database_client("test").get_container_client("Orders")
        await container.read()
        peer.emulator.faults.set(Fault("batch", drops=True, applied=True))
        taken = {"op": "incr", "path": "/left", "value": -2}
        await container.execute_item_batch([("patch", ("c", [taken]))], partition_key="u-1")

    assert await left(store, caught_up=peer) == 1


async def test_an_answer_that_does_not_come_in_time_is_an_unknown_outcome(
    peer: Peer, store: Store
) -> None:
    database = CosmosDatabase(replace(peer.settings, read_seconds=0.05))
    hasty = CosmosStore(database, peer.clock, audit_key=AUDIT_KEY)
    assert await left(hasty, caught_up=peer) == 5
    peer.emulator.faults.set(Fault("batch", delay_seconds=0.2))

    with pytest.raises(StoreBusy):
        await hasty.commit(change(takes=(take(2),)))
    await asyncio.sleep(0.25)

    assert await left(store) == 3
    await database.close()


@pytest.mark.parametrize("within", [False, True])
async def test_what_shall_be_tried_again_is_tried_again(
    peer: Peer, store: Store, within: bool
) -> None:
    peer.emulator.faults.set(Fault("batch", 449, times=2, within=within))

    await store.commit(HOLD)

    assert await left(store) == 3
    assert len(batches(peer)) == 3


@pytest.mark.parametrize(("status", "within"), [(449, False), (449, True), (429, True)])
async def test_it_is_not_tried_for_ever(
    peer: Peer, store: Store, clock: StillClock, status: int, within: bool
) -> None:
    peer.emulator.faults.set(Fault("batch", status, times=99, within=within))

    with pytest.raises(StoreBusy):
        await store.commit(HOLD)

    assert len(batches(peer)) == len(PAUSES_SECONDS) + 1
    peer.emulator.faults.clear()
    assert (clock.time - START).total_seconds() == pytest.approx(sum(PAUSES_SECONDS))
    assert await left(store) == 5


async def test_what_the_last_try_refuses_is_refused(peer: Peer, store: Store) -> None:
    peer.emulator.faults.set(Fault("batch", 449, times=len(PAUSES_SECONDS)))

    with pytest.raises(AlreadyExists) as refused:
        await store.commit(change(Crate(id="c")))

    assert refused.value.entity_id == "c"


async def test_a_throttled_operation_of_a_batch_is_tried_again(peer: Peer, store: Store) -> None:
    peer.emulator.faults.set(Fault("batch", 429, within=True))

    await store.commit(HOLD)

    assert await left(store) == 3


@pytest.mark.parametrize("sort", ["batch", "query", "read"])
async def test_a_throttled_call_waits_as_long_as_it_is_told(
    peer: Peer, store: Store, sort: str
) -> None:
    peer.emulator.faults.set(Fault(sort, 429, times=2, retry_after_ms=60))
    began = time.monotonic()

    await store.commit(HOLD)
    assert await left(store) == 3
    assert await ids(store) == ["c", "hold"]

    assert time.monotonic() - began >= 0.12


async def test_the_wait_has_a_budget(peer: Peer, store: Store) -> None:
    peer.emulator.faults.set(Fault("batch", 429, times=99, retry_after_ms=1))

    with pytest.raises(StoreBusy):
        await store.commit(HOLD)

    assert batches(peer) == [429] * 10


@pytest.mark.parametrize(("pause_ms", "tries"), [(500, 3), (60_000, 2)])
@pytest.mark.timeout(30)
async def test_waits_are_over_when_the_budget_is_used_up(
    peer: Peer, store: Store, monkeypatch: pytest.MonkeyPatch, pause_ms: int, tries: int
) -> None:
    """A pause of a minute is cut to the budget, too."""
    monkeypatch.setattr(connection, "THROTTLED_SECONDS", 1)
    hasty = CosmosStore(CosmosDatabase(peer.settings), peer.clock, audit_key=AUDIT_KEY)
    peer.emulator.faults.set(Fault("read", 429, times=9, retry_after_ms=pause_ms))

    with pytest.raises(StoreBusy):
        await left(hasty)

    answers = [logged.status for logged in peer.emulator.log if logged.sort == "read"]
    assert answers == [429] * tries
    await hasty.close()


async def test_a_read_is_sent_again_when_its_connection_breaks(peer: Peer, store: Store) -> None:
    for sort in ("read", "query"):
        peer.emulator.faults.set(Fault(sort, drops=True))

    assert await left(store) == 5
    assert await ids(store) == ["c"]


@pytest.mark.parametrize(
    ("status", "substatus"), [(404, 1002), (408, 0), (449, 0), (500, 0), (503, 0)]
)
async def test_reads_that_fail_for_the_moment_are_busy(
    peer: Peer, status: int, substatus: int
) -> None:
    """Without other regions to try, so that the SDK gives up at once."""
    peer.emulator.faults.set(
        *(Fault(sort, status, times=20, substatus=substatus) for sort in ("read", "query"))
    )

    quick = CosmosDatabase(replace(peer.settings, discovers=False))
    impatient = CosmosStore(quick, peer.clock, audit_key=AUDIT_KEY)

    with pytest.raises(StoreBusy):
        await impatient.get(Crate, "c", "u-1")
    for query in (Query("u-1"), Scan()):
        with pytest.raises(StoreBusy):
            await impatient.find(Crate, query)
    await quick.close()


async def test_a_document_that_is_over_the_services_own_limit_is_too_large(
    peer: Peer, store: Store
) -> None:
    peer.emulator.faults.set(Fault("batch", 413))

    with pytest.raises(TooLarge):
        await store.commit(HOLD)


async def test_what_is_wrong_with_us_is_told_and_is_not_busy(
    peer: Peer, store: Store, clock: StillClock
) -> None:
    wrong_key = CosmosDatabase(replace(peer.settings, key="d3Jvbmc="))
    nowhere = CosmosDatabase(replace(peer.settings, database="none"))

    for database in (wrong_key, nowhere):
        stranger = CosmosStore(database, clock, audit_key=AUDIT_KEY)
        for call in (
            stranger.get(Crate, "c", "u-1"),
            stranger.find(Crate, Query("u-1")),
            stranger.commit(HOLD),
        ):
            with pytest.raises(StoreError) as error:
                await call
            assert not isinstance(error.value, StoreBusy)
        await database.close()


async def test_a_service_that_is_away_is_busy_and_is_found_again(
    peer: Peer, clock: StillClock
) -> None:
    server = await serve(peer.emulator)
    port = port_of(server)
    server.close()
    await server.wait_closed()
    settings = replace(peer.settings, endpoint=f"http://127.0.0.1:{port}/")
    database = CosmosDatabase(settings)
    store = CosmosStore(database, clock, audit_key=AUDIT_KEY)

    for call in (store.get(Crate, "c", "u-1"), store.commit(change(Crate(id="c", left=1)))):
        with pytest.raises(StoreBusy):
            await call
    server = await serve(peer.emulator, port=port)

    await store.commit(change(Crate(id="c", left=1)))
    assert await left(store) == 1
    await database.close()
    server.close()


async def test_a_process_reads_its_own_writes(peer: Peer, store: Store) -> None:
    await put(store, Crate(id="d"))

    assert await ids(store) == ["c", "d"]

    sessions = {logged.sort: logged.session for logged in peer.emulator.log}
    assert sessions["query"].endswith("#2")


async def test_who_was_refused_for_a_document_finds_it(peer: Peer) -> None:
    """The refusal says how far its replica has got; another one may still be behind."""
    one, other = peer.store, peer.store
    await put(other, Crate(id="before"))
    await put(other, Crate(id="c"))

    with pytest.raises(AlreadyExists):
        await one.commit(change(Crate(id="c")))

    assert await one.get(Crate, "c", "u-1") is not None
    assert peer.emulator.log[-1].session.endswith("#2")


async def test_a_session_that_no_replica_can_follow_begins_anew(peer: Peer, store: Store) -> None:
    """As after a restore: what this process has seen is not there any more."""
    client = await peer.database.client()
    await client.get_database_client("test").delete_container("Orders")
    await create(peer.settings, ORDERS)

    with pytest.raises(StoreBusy):
        await store.get(Crate, "c", "u-1")

    assert await store.get(Crate, "c", "u-1") is None


async def test_repeating_a_batch_that_happened_is_refused_by_what_it_made(
    peer: Peer, store: Store
) -> None:
    peer.emulator.faults.set(Fault("batch", 408, applied=True))
    with pytest.raises(StoreBusy):
        await store.commit(HOLD)

    with pytest.raises(AlreadyExists) as refused:
        await store.commit(HOLD)

    assert refused.value.entity_id == "hold"
    assert await left(store) == 3


async def test_short_pages_and_empty_ones_are_read_on(peer: Peer, store: Store) -> None:
    peer.emulator.most_rows = 2
    await store.commit(change(*(Crate(id=f"{n}", sequence=n) for n in range(9))))

    page = await store.find(Crate, Query("u-1", order_by="sequence", limit=7))
    scanned = await store.find(Crate, Scan(limit=5))

    assert [crate.id for crate in page.items] == list("0123456")
    assert page.next is not None
    assert len(scanned.items) == 5


async def test_of_two_who_race_the_loser_is_told_which_document(store: Store) -> None:
    crate = await put(store, Crate(id="d"))
    outcomes = await asyncio.gather(
        *(
            store.commit(Change(HOLD.by, puts=(Crate(id=f"n{n}"), crate.but(sequence=n))))
            for n in range(2)
        ),
        return_exceptions=True,
    )

    (lost,) = [each for each in outcomes if isinstance(each, VersionConflict)]
    assert lost.entity_id == "d"
    assert len(await ids(store)) == 3
