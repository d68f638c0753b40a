"""What was said in some hours is said again, once, and nothing else is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.access import Trace, system
from domain.companions import Outbox, beside
from domain.events import Event
from tests.usecases.catalog_shop import open_shop
from tools.replay import unsend, window
from usecases.ports.store import Change, Scan, Where
from usecases.relaying import sweep
from usecases.shop import Shop

TEN = datetime(2026, 1, 25, 10, 0, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)
CALLER = system("replay", Trace(correlation_id="c", causation_id="r"))
ORDERS, INVENTORY = beside(Outbox, "Orders"), beside(Outbox, "Inventory")


@dataclass
class Heard:
    """Hubs that remember the ids of what was published."""

    ids: list[str] = field(default_factory=list)

    async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
        self.ids.extend(event.event_id for event in events)

    async def check(self) -> None:
        return


def outbox(name: str, made: datetime, *, kind: type[Outbox] = ORDERS, sent: bool = True) -> Outbox:
    event = Event(
        event_id=f"event-{name}",
        event_type="OrderCreated",
        timestamp=made,
        subject="O-1",
        sequence=1,
        data={},
        correlation_id="c",
        causation_id="r",
    )
    place = {kind.partition_field: "somebody"}
    mark = {"sent_at": made + timedelta(seconds=1), "ttl": 691200} if sent else {}
    fields = {
        "id": f"outbox-{name}",
        "key": "O-1",
        "sequence": 1,
        "events": (event,),
        "created_at": made,
    }
    return kind.model_validate(fields | place | mark)


async def shop_with(*outboxes: Outbox) -> tuple[Shop, Heard]:
    heard = Heard()
    shop = replace(open_shop(), events=heard)
    for one in outboxes:
        await shop.store.commit(Change(by=CALLER, puts=(one,)))
    return shop, heard


async def test_what_was_said_in_the_window_is_said_again() -> None:
    shop, heard = await shop_with(
        outbox("before", TEN - timedelta(microseconds=1)),
        outbox("first", TEN),
        outbox("stock", TEN + timedelta(minutes=30), kind=INVENTORY),
        outbox("after", ELEVEN),
    )

    assert await unsend(shop, CALLER, TEN, ELEVEN) == 2
    assert await sweep(shop, CALLER) == 2
    assert sorted(heard.ids) == ["event-first", "event-stock"]


async def test_a_second_run_before_the_sweep_changes_nothing() -> None:
    shop, heard = await shop_with(outbox("first", TEN))

    assert await unsend(shop, CALLER, TEN, ELEVEN) == 1
    assert await unsend(shop, CALLER, TEN, ELEVEN) == 0
    assert await sweep(shop, CALLER) == 1
    assert heard.ids == ["event-first"]


async def test_what_was_never_sent_is_left_to_the_sweep() -> None:
    shop, _ = await shop_with(outbox("waiting", TEN, sent=False))

    assert await unsend(shop, CALLER, TEN, ELEVEN) == 0


async def test_more_than_a_page_is_taken_whole() -> None:
    shop, _ = await shop_with(*(outbox(f"{number}", TEN) for number in range(205)))

    assert await unsend(shop, CALLER, TEN, ELEVEN) == 205
    page = await shop.store.find(ORDERS, Scan(where=(Where("sent_at", ">=", "2"),)))
    assert page.items == ()


async def test_a_replayed_document_waits_without_an_end() -> None:
    shop, _ = await shop_with(outbox("first", TEN))

    await unsend(shop, CALLER, TEN, ELEVEN)

    (left,) = (await shop.store.find(ORDERS, Scan())).items
    assert (left.sent_at, left.ttl) == (None, None)


def test_a_window_names_its_zone() -> None:
    assert window(["--since", "2026-01-25T11:00:00+01:00", "--until", "2026-01-25T11:00:00Z"]) == (
        TEN,
        ELEVEN,
    )


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-01-25T10:00:00", "2026-01-25T11:00:00"),
        ("2026-01-25T11:00:00Z", "2026-01-25T10:00:00Z"),
        ("2026-01-25T10:00:00Z", "2026-01-25T10:00:00Z"),
    ],
)
def test_a_window_that_is_none_is_refused(since: str, until: str) -> None:
    with pytest.raises(SystemExit):
        window(["--since", since, "--until", until])
