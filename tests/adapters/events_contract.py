"""The contract of the events port: one suite, passed by every end.

To add an end, write a test module with a subclass of ``EventsContract`` named ``Test…`` that has a fixture
``hubs``: an end with nothing published, and what reads back what was.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.events import Event
from usecases.ports.events import Events

HUB = "order-events"
NOON = datetime(2031, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """An event as it was kept: its body, its properties as text, and where it lies."""

    hub: str
    partition: str
    key: str
    body: str
    properties: dict[str, str]

    @property
    def number(self) -> int:
        """The number that the test gave it."""
        return int(json.loads(self.body)["data"]["number"])


@dataclass(frozen=True, slots=True)
class Hubs:
    """An end, and all that lies in its hubs, each partition in its order."""

    end: Events
    read: Callable[[], Awaitable[Sequence[Kept]]]


def created(key: str, number: int, **fields: Any) -> Event:
    """An OrderCreated event of the order ``key``."""
    known: dict[str, Any] = {"data": {"order_id": key, "number": number}, **fields}
    return Event(
        event_id=f"{key}-{number}",
        event_type="OrderCreated",
        timestamp=NOON,
        subject=key,
        correlation_id="correlation",
        causation_id="cause",
        **known,
    )


class EventsContract:
    """What every end of the events port does. A subclass brings the fixture ``hubs``."""

    async def test_an_event_is_kept_as_it_was_published(self, hubs: Hubs) -> None:
        event = created("o-1", 1, traceparent="00-a-b-01")

        await hubs.end.publish(HUB, "o-1", [event])

        (kept,) = await hubs.read()
        assert (kept.hub, kept.key) == (HUB, "o-1")
        assert Event.model_validate_json(kept.body) == event
        assert json.loads(kept.body)["timestamp"] == "2031-01-01T12:00:00Z"
        assert kept.properties == {
            "event_type": "OrderCreated",
            "event_version": "1.0",
            "event_id": "o-1-1",
            "correlation_id": "correlation",
            "causation_id": "cause",
            "order_id": "o-1",
            "traceparent": "00-a-b-01",
            "Diagnostic-Id": "00-a-b-01",
        }

    async def test_what_an_event_does_not_have_is_no_property(self, hubs: Hubs) -> None:
        await hubs.end.publish(HUB, "u-1", [created("u-1", 1, data={"number": 1})])

        (kept,) = await hubs.read()
        assert set(kept.properties) == {
            "event_type",
            "event_version",
            "event_id",
            "correlation_id",
            "causation_id",
        }

    async def test_events_of_a_key_keep_their_order_and_partition(self, hubs: Hubs) -> None:
        await hubs.end.publish(HUB, "o-1", [created("o-1", 1), created("o-1", 2)])
        await hubs.end.publish(HUB, "o-2", [created("o-2", 1)])
        await hubs.end.publish(HUB, "o-1", [created("o-1", 3)])

        kept = [each for each in await hubs.read() if each.key == "o-1"]
        assert [each.number for each in kept] == [1, 2, 3]
        assert len({each.partition for each in kept}) == 1

    async def test_keys_spread_over_the_partitions(self, hubs: Hubs) -> None:
        for number in range(24):
            await hubs.end.publish(HUB, f"key-{number}", [created(f"key-{number}", number)])

        assert {each.partition for each in await hubs.read()} == {"0", "1", "2", "3"}

    async def test_each_hub_keeps_its_own(self, hubs: Hubs) -> None:
        await hubs.end.publish(HUB, "o-1", [created("o-1", 1)])
        await hubs.end.publish("payment-events", "o-1", [created("o-1", 2)])

        kept = {each.hub: each.number for each in await hubs.read()}
        assert kept == {HUB: 1, "payment-events": 2}

    async def test_more_than_a_batch_holds_arrives_whole_and_in_order(self, hubs: Hubs) -> None:
        long = {"order_id": "o-1", "note": "x" * 30_000}
        events = [created("o-1", n, data={**long, "number": n}) for n in range(80)]

        await hubs.end.publish(HUB, "o-1", events)

        assert [each.number for each in await hubs.read()] == list(range(80))

    async def test_text_of_every_script_survives(self, hubs: Hubs) -> None:
        data = {"order_id": "o-é", "number": 1, "name": "Grüße, 店 \U0001f381"}

        await hubs.end.publish(HUB, "o-é", [created("o-é", 1, data=data)])

        (kept,) = await hubs.read()
        assert (kept.key, json.loads(kept.body)["data"]) == ("o-é", data)
        assert kept.properties["order_id"] == "o-é"

    async def test_no_events_are_no_work(self, hubs: Hubs) -> None:
        await hubs.end.publish(HUB, "o-1", [])

        assert await hubs.read() == []

    async def test_publishing_again_keeps_it_again_under_the_same_id(self, hubs: Hubs) -> None:
        for _ in range(2):
            await hubs.end.publish(HUB, "o-1", [created("o-1", 1)])

        ids = [each.properties["event_id"] for each in await hubs.read()]
        assert ids == ["o-1-1", "o-1-1"]

    async def test_hubs_that_are_there_pass_the_check(self, hubs: Hubs) -> None:
        await hubs.end.check()
        await hubs.end.check()
