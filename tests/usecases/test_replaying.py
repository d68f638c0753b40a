"""Reading what was parked, and publishing it again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from domain.cursor import BadCursor
from domain.dead_letter import REPLAYED_TTL_SECONDS, DeadLetter, LetterNotFound, NotReplayable
from domain.events import Event
from tests.adapters.embedded.fixtures import NOON
from tests.usecases.shop_fixtures import CLOCKWORK, STAFF, Bench, RecordingHubs, open_bench
from usecases.parking import Unapplied, park
from usecases.ports.events import EventsBusy
from usecases.replaying import LetterLines, ListLetters, list_letters, replay


def unapplied(number: int, **told: Any) -> Unapplied:
    """The event ``e-<number>``, which nobody could apply."""
    event = Event(
        event_id=f"e-{number}",
        event_type="UserUpdated",
        timestamp=NOON,
        subject="u-1",
        sequence=number,
        data={"user_id": "u-1", "role": "customer", "status": "active", "changed": []},
        correlation_id="c-1",
        causation_id="r-1",
    )
    usual = Unapplied(
        hub="user-events",
        group="views",
        body=event.model_dump_json().encode(),
        reason="failed",
        detail="KeyError('x')",
        attempts=6,
        event_id=event.event_id,
        event_type=event.event_type,
    )
    return replace(usual, **told)


async def bench_with(*letters: Unapplied) -> Bench:
    """A shop where these were parked, a minute after each other."""
    bench = open_bench()
    for each in letters:
        await park(bench.shop, CLOCKWORK, each)
        bench.clock.move(60)
    return bench


async def listed(bench: Bench, **asked: Any) -> LetterLines:
    return await list_letters(bench.shop, ListLetters(**asked))


def ids(page: LetterLines) -> list[str]:
    return [line.id for line in page.items]


async def test_letters_of_all_hubs_are_read_newest_first_a_page_at_a_time() -> None:
    hubs = ("user-events", "order-events", "user-events", "support-events", "order-events")
    bench = await bench_with(*(unapplied(n, hub=hub) for n, hub in enumerate(hubs)))

    first = await listed(bench, limit=2)
    second = await listed(bench, limit=2, cursor=first.next_cursor)
    third = await listed(bench, limit=2, cursor=second.next_cursor)

    pages = [ids(page) for page in (first, second, third)]
    assert pages == [["views:e-4", "views:e-3"], ["views:e-2", "views:e-1"], ["views:e-0"]]
    assert third.next_cursor is None


async def test_they_are_found_by_hub_reason_and_state() -> None:
    bench = await bench_with(
        unapplied(0), unapplied(1, reason="gave_up"), unapplied(2, hub="order-events")
    )
    await replay(bench.shop, STAFF, "views:e-0")

    assert ids(await listed(bench)) == ["views:e-2", "views:e-1"]
    assert ids(await listed(bench, hub="user-events")) == ["views:e-1"]
    assert ids(await listed(bench, hub="no-such-events")) == []
    assert ids(await listed(bench, reason="failed")) == ["views:e-2"]
    assert ids(await listed(bench, state="replayed")) == ["views:e-0"]


async def test_a_cursor_of_another_list_is_refused() -> None:
    bench = await bench_with(unapplied(0), unapplied(1))
    cursor = (await listed(bench, limit=1)).next_cursor

    with pytest.raises(BadCursor):
        await listed(bench, state="replayed", cursor=cursor)


async def test_a_replayed_event_is_published_as_it_was_and_its_letter_goes_in_ninety_days() -> None:
    bench = await bench_with(unapplied(3))

    line = await replay(bench.shop, STAFF, "views:e-3")

    (event,) = bench.hubs.events
    (letter,) = bench.documents(DeadLetter)
    assert isinstance(letter, DeadLetter)
    assert event.model_dump_json() == letter.body
    assert (line.replayed_at, letter.replayed_at) == (bench.clock.now(), bench.clock.now())
    assert letter.ttl == REPLAYED_TTL_SECONDS


async def test_one_that_comes_back_waits_anew_and_for_good() -> None:
    bench = await bench_with(unapplied(3))
    await replay(bench.shop, STAFF, "views:e-3")

    await park(bench.shop, CLOCKWORK, unapplied(3))

    (letter,) = bench.documents(DeadLetter)
    assert isinstance(letter, DeadLetter)
    assert (letter.attempts, letter.replayed_at, letter.ttl) == (12, None, None)


async def test_one_that_comes_back_at_once_is_not_taken_for_replayed() -> None:
    bench = await bench_with(unapplied(3))

    class Reading(RecordingHubs):
        async def publish(self, hub: str, key: str, events: Sequence[Event]) -> None:
            await park(bench.shop, CLOCKWORK, unapplied(3))

    line = await replay(replace(bench.shop, events=Reading()), STAFF, "views:e-3")

    assert (line.replayed_at, line.attempts) == (None, 12)


async def test_while_the_hub_is_busy_it_waits_on() -> None:
    bench = await bench_with(unapplied(3))
    bench.hubs.busy = 1
    before = bench.state()

    with pytest.raises(EventsBusy):
        await replay(bench.shop, STAFF, "views:e-3")

    assert bench.state() == before


async def test_what_is_no_event_stays_where_it_is() -> None:
    bench = await bench_with(
        unapplied(3, body=b"{", event_id="", event_type="", reason="unreadable")
    )
    (letter,) = bench.documents(DeadLetter)
    before = bench.state()

    with pytest.raises(NotReplayable) as refused:
        await replay(bench.shop, STAFF, letter.id)
    with pytest.raises(LetterNotFound):
        await replay(bench.shop, STAFF, "views:e-4")

    assert refused.value.facts == {"reason": "unreadable"}
    assert (bench.state(), bench.hubs.events) == (before, [])
