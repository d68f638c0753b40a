"""Parking events that nobody could apply."""

from dataclasses import replace

from domain.dead_letter import MOST_BODY_CHARACTERS, DeadLetter
from tests.usecases.shop_fixtures import CLOCKWORK, Bench, open_bench
from usecases.parking import Unapplied, park

LOST = Unapplied(
    hub="order-events",
    group="orders",
    body=b'{"a":1}',
    reason="failed",
    detail="KeyError('x')",
    attempts=5,
    event_id="e-1",
    event_type="OrderCreated",
)


async def parked(bench: Bench, unapplied: Unapplied) -> DeadLetter:
    await park(bench.shop, CLOCKWORK, unapplied)
    letter = bench.documents(DeadLetter)[-1]
    assert isinstance(letter, DeadLetter)
    return letter


async def test_a_parked_event_is_kept_to_the_letter() -> None:
    letter = await parked(open_bench(), LOST)

    assert letter.model_dump(exclude={"parked_at", "replayed_at", "ttl", "audit_head"}) == {
        "id": "orders:e-1",
        "hub": "order-events",
        "group": "orders",
        "event_id": "e-1",
        "event_type": "OrderCreated",
        "reason": "failed",
        "detail": "KeyError('x')",
        "body": '{"a":1}',
        "attempts": 5,
    }


async def test_the_same_event_is_parked_once_for_each_group() -> None:
    bench = open_bench()
    await park(bench.shop, CLOCKWORK, LOST)
    bench.clock.move(60)

    await park(bench.shop, CLOCKWORK, replace(LOST, attempts=4, reason="gave_up", detail="busy"))
    await park(bench.shop, CLOCKWORK, replace(LOST, group="payment"))

    first, second = bench.documents(DeadLetter)
    assert isinstance(first, DeadLetter)
    assert (first.id, first.attempts, first.reason, first.detail) == (
        "orders:e-1",
        9,
        "gave_up",
        "busy",
    )
    assert (first.parked_at, second.id) == (bench.clock.now(), "payment:e-1")


async def test_what_cannot_be_read_is_known_by_its_body() -> None:
    bench = open_bench()
    unreadable = replace(LOST, event_id="", event_type="", body=b"\xff{")

    letter = await parked(bench, unreadable)
    await park(bench.shop, CLOCKWORK, unreadable)
    await park(bench.shop, CLOCKWORK, replace(unreadable, body=b"\xfe{"))

    assert (letter.body, letter.event_id.startswith("unreadable-")) == (
        "\N{REPLACEMENT CHARACTER}{",
        True,
    )
    assert len(bench.documents(DeadLetter)) == 2


async def test_a_huge_event_is_kept_in_part() -> None:
    letter = await parked(
        open_bench(), replace(LOST, body="é".encode() * 1_000_000, detail="d" * 5_000)
    )

    assert (len(letter.body), len(letter.detail)) == (MOST_BODY_CHARACTERS, 1000)
