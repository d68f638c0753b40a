"""The Event Hubs wrapper: nothing is lost, nothing is done twice, and no event stops another."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.sqlite.eventlog import Record
from domain.dead_letter import DeadLetter
from domain.events import Event
from domain.hold import Hold, hold_id
from local.worker import Function, FunctionFailed
from tests.blueprints.goods import CANDLE, ORDER, TRAY
from tests.blueprints.harness import Web
from tests.blueprints.steps import Faulty
from usecases.ports.store import Query, StoreBusy

HUB = "order-events"
LAST = (5, 5)


async def placed(web: Web, product: str = CANDLE) -> Record:
    """A new order's OrderCreated, as it lies in the log."""
    guest = await web.guest()
    await guest.send("POST", "/api/cart/items", {"product_id": product})
    answer = await guest.send("POST", "/api/orders", ORDER)
    assert answer.status_code == 201
    return (await web.events())[-1]


def inventory(web: Web) -> Function:
    return web.door.function("inventory_on_order_events")


def record(body: bytes, key: str = "k", hub: str = HUB) -> Record:
    """An event of somebody else's making."""
    return Record(1, hub, 0, key, 1_800_000_000.0, body, "{}")


def event(**fields: Any) -> Record:
    """A well-made event of ours, but for what the test changes."""
    whole: dict[str, Any] = {
        "event_id": "e-1",
        "event_type": "OrderCreated",
        "timestamp": datetime(2031, 1, 1, tzinfo=UTC),
        "subject": "0123456789AB",
        "data": {"order_id": "0123456789AB", "user_id": "guest:nobody"},
        "correlation_id": "c-1",
        "causation_id": "r-1",
    }
    return record(Event(**whole | fields).model_dump_json().encode())


async def letters(web: Web, hub: str = HUB) -> list[tuple[str, str, int]]:
    """Reason, event and attempts of every parked event."""
    found = await web.shop.store.find(DeadLetter, Query(hub, limit=100))
    return [(one.reason, one.event_id, one.attempts) for one in found.items]


async def reserved(web: Web) -> list[Event]:
    """Every InventoryReserved there is."""
    events = [Event.model_validate_json(one.body) for one in await web.events()]
    return [one for one in events if one.event_type == "InventoryReserved"]


async def test_an_event_that_comes_again_changes_nothing(web: Web) -> None:
    created = await placed(web)
    await web.deliver(inventory(web), [created, created])
    assert len(await reserved(web)) == 1

    with web.unchanged():
        await web.deliver(inventory(web), [created])


@pytest.mark.parametrize("event_id", ["https://agents/e/1?v=2#a", "back\\slash", "x" * 3_000])
async def test_an_event_that_others_gave_any_id_is_applied_once(web: Web, event_id: str) -> None:
    created = await placed(web)
    theirs = Event.model_validate_json(created.body).model_copy(update={"event_id": event_id})
    body = record(theirs.model_dump_json().encode())

    await web.deliver(inventory(web), [body])

    assert len(await reserved(web)) == 1
    with web.unchanged():
        await web.deliver(inventory(web), [body])
    assert await letters(web) == []


async def test_an_event_that_others_gave_any_id_is_parked_once(web: Web) -> None:
    newer = event(event_id="agents/7?", event_version="2.0")

    await web.deliver(inventory(web), [newer, newer])

    assert await letters(web) == [("newer_version", "agents/7?", 2)]


async def test_what_follows_carries_the_correlation_and_names_its_cause(web: Web) -> None:
    created = await placed(web)
    cause = Event.model_validate_json(created.body)

    await web.deliver(inventory(web), [created])

    (answer,) = await reserved(web)
    assert answer.correlation_id == cause.correlation_id
    assert answer.causation_id == cause.event_id


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json", "unreadable"),
        (b"{}", "unreadable"),
        (b"[1]", "unreadable"),
        (b"{" + b" " * 1_000_000 + b"}", "too_large"),
    ],
)
async def test_what_nobody_can_read_is_parked_and_its_neighbours_are_applied(
    web: Web, body: bytes, reason: str
) -> None:
    created = await placed(web)

    await web.deliver(inventory(web), [record(body), created, record(body)])

    ((why, _, attempts),) = await letters(web)
    assert (why, attempts) == (reason, 2)
    assert len(await reserved(web)) == 1


async def test_an_event_of_a_newer_kind_is_parked_for_the_release_that_knows_it(web: Web) -> None:
    await web.deliver(inventory(web), [event(event_version="2.0")])

    assert await letters(web) == [("newer_version", "e-1", 1)]


async def test_a_smaller_change_of_version_is_applied(web: Web) -> None:
    created = Event.model_validate_json((await placed(web)).body)
    newer = created.model_copy(update={"event_version": "1.7"}).model_dump_json().encode()

    await web.deliver(inventory(web), [record(newer)])

    assert len(await reserved(web)) == 1


@pytest.mark.parametrize("event_type", ["PaymentProcessed", "SomethingNew"])
async def test_what_does_not_belong_on_the_hub_is_left_alone(web: Web, event_type: str) -> None:
    with web.unchanged():
        await web.deliver(inventory(web), [event(event_type=event_type)])


async def test_an_event_about_no_order_is_left_alone(web: Web) -> None:
    with web.unchanged():
        await web.deliver(inventory(web), [event(data={}), event(data={"order_id": 7})])


async def test_a_reply_that_names_the_order_only_finds_it(web: Web) -> None:
    created = Event.model_validate_json((await placed(web)).body)
    bare = created.model_copy(update={"data": {"order_id": created.data["order_id"]}})

    await web.deliver(inventory(web), [record(bare.model_dump_json().encode())])

    assert len(await reserved(web)) == 1


async def test_a_passing_fault_makes_the_batch_run_again(web: Web) -> None:
    created = await placed(web)
    whole = web.shop.store
    web.change(store=Faulty(web, **{created.key: StoreBusy("away")}))

    with web.unchanged(), pytest.raises(FunctionFailed, match="Postponed"):
        await web.deliver(inventory(web), [created])

    web.change(store=whole)
    await web.deliver(inventory(web), [created], retry=(1, 5))
    assert len(await reserved(web)) == 1
    assert await letters(web) == []


async def test_what_fails_on_the_last_try_is_parked(web: Web) -> None:
    created, other = await placed(web), await placed(web, TRAY)
    event_id = Event.model_validate_json(created.body).event_id
    web.change(store=Faulty(web, **{created.key: StoreBusy("away")}))

    await web.deliver(inventory(web), [created, other], retry=LAST)

    assert await letters(web) == [("gave_up", event_id, 6)]
    assert [one.subject for one in await reserved(web)] == [other.key]


async def test_the_last_try_is_the_one_that_the_retry_policy_names(web: Web) -> None:
    retry = inventory(web).retry

    assert retry is not None
    assert (retry.most, retry.least_seconds, retry.most_seconds) == (5, 1.0, 30.0)


async def test_an_order_that_is_not_visible_yet_is_waited_for(web: Web) -> None:
    with web.unchanged(), pytest.raises(FunctionFailed, match="Postponed"):
        await web.deliver(inventory(web), [event()])

    await web.deliver(inventory(web), [event()], retry=LAST)
    assert await letters(web) == [("gave_up", "e-1", 6)]


async def test_a_bug_parks_the_event_at_once(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    created, other = await placed(web), await placed(web, TRAY)
    event_id = Event.model_validate_json(created.body).event_id
    web.change(store=Faulty(web, **{created.key: RuntimeError("a bug")}))

    await web.deliver(inventory(web), [created, other])

    assert await letters(web) == [("failed", event_id, 1)]
    assert [one.subject for one in await reserved(web)] == [other.key]
    assert "not applied" in [one.message for one in caplog.records if one.exc_info]


async def test_events_of_a_key_wait_for_each_other_and_others_go_on(web: Web) -> None:
    first, other = await placed(web), await placed(web, TRAY)
    created = Event.model_validate_json(first.body)
    cancelled = created.model_copy(update={"event_type": "OrderCancelled", "event_id": "e-2"})
    second = record(cancelled.model_dump_json().encode(), first.key)
    store = Faulty(web, **{first.key: StoreBusy("away")})
    web.change(store=store)

    with pytest.raises(FunctionFailed, match="1 keys wait"):
        await web.deliver(inventory(web), [first, second, other])
    assert store.asked.count(first.key) == 1
    assert [one.subject for one in await reserved(web)] == [other.key]

    store.faults.clear()
    await web.deliver(inventory(web), [first, second, other], retry=(1, 5))
    assert [one.subject for one in await reserved(web)] == [other.key, first.key]
    hold = await web.shop.store.get(Hold, hold_id(first.key), "pine-candle-1")
    assert hold is not None
    assert hold.state == "released"


async def test_an_event_that_cannot_be_parked_is_not_lost(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    created = await placed(web)
    store = Faulty(web)
    store.commits = StoreBusy("away")
    web.change(store=store)

    with pytest.raises(FunctionFailed, match="1 events are not parked"):
        await web.deliver(inventory(web), [record(b"junk"), created])
    assert len(await reserved(web)) == 1
    assert "not parked" in [one.message for one in caplog.records if one.levelno == logging.ERROR]

    store.commits = None
    await web.deliver(inventory(web), [record(b"junk"), created], retry=(1, 5))
    assert [reason for reason, _, _ in await letters(web)] == ["unreadable"]


async def test_a_parked_event_is_kept_to_the_letter(web: Web) -> None:
    await web.deliver(inventory(web), [record(b'{"odd": "\xc3\xa9"}')])

    (letter,) = (await web.shop.store.find(DeadLetter, Query(HUB))).items
    assert letter.body == '{"odd": "é"}'
    assert (letter.hub, letter.group) == (HUB, "inventory")
