"""The contract of listing payments: one suite, passed by every end of the card network.

To add an end, write a test module with a subclass of ``PaymentsListContract`` named ``Test…`` that has the
fixtures ``payments``, a network without intents, and ``clock``, by which that network dates them.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from domain.money import Money
from usecases.ports.payments import MOST_LISTED_AT_ONCE, Intent, IntentPage, Payments

PRICE = Money(12_345, "USD")
DAY = timedelta(days=1)


class MovableClock(Protocol):
    """The network's time."""

    def now(self) -> datetime:
        """What time it is there."""

    def move(self, seconds: float) -> None:
        """Let time pass."""


class PaymentsListContract:
    """How every end lists intents. A subclass brings the fixtures ``payments`` and ``clock``."""

    async def test_a_network_without_intents_lists_none(
        self, payments: Payments, clock: MovableClock
    ) -> None:
        page = await payments.list_intents(since=clock.now() - DAY, until=clock.now() + DAY)

        assert page == IntentPage(())

    async def test_intents_are_listed_newest_first_each_as_it_is_now(
        self, payments: Payments, clock: MovableClock
    ) -> None:
        made = [await created(payments, clock, number) for number in range(3)]
        await payments.confirm(made[1].id, payment_method="pm_card_visa", key="c")
        await payments.capture(made[1].id, key="t")
        await payments.refund(made[1].id, Money(345, "USD"), key="r")

        page = await payments.list_intents(since=clock.now() - DAY, until=clock.now() + DAY)

        assert [one.id for one in page.intents] == [one.id for one in reversed(made)]
        assert page.next == ""
        assert page.intents == tuple([await payments.retrieve(one.id) for one in reversed(made)])
        taken = page.intents[1]
        assert (taken.status, taken.received, taken.refunded) == (
            "succeeded",
            PRICE,
            Money(345, "USD"),
        )
        assert taken.metadata == {"order_id": "o1", "user_id": "u1"}
        assert (taken.brand, taken.last4) == ("visa", "4242")

    async def test_a_window_begins_with_its_first_moment_and_ends_before_its_last(
        self, payments: Payments, clock: MovableClock
    ) -> None:
        first, second, third = [await created(payments, clock, number) for number in range(3)]

        page = await payments.list_intents(since=second.created_at, until=third.created_at)
        all_but_the_last = await payments.list_intents(
            since=first.created_at - DAY, until=third.created_at
        )

        assert [one.id for one in page.intents] == [second.id]
        assert [one.id for one in all_but_the_last.intents] == [second.id, first.id]

    async def test_when_an_intent_was_created_is_said_to_the_second_in_utc(
        self, payments: Payments, clock: MovableClock
    ) -> None:
        before = clock.now()

        intent = await created(payments, clock, 0)

        assert intent.created_at.tzinfo == UTC
        assert intent.created_at.microsecond == 0
        assert before - timedelta(seconds=1) < intent.created_at <= clock.now()

    async def test_pages_follow_each_other_whatever_is_created_meanwhile(
        self, payments: Payments, clock: MovableClock
    ) -> None:
        count = MOST_LISTED_AT_ONCE + 3
        made = [await created(payments, clock, number) for number in range(count)]
        since, until = clock.now() - DAY, clock.now() + DAY

        first = await payments.list_intents(since=since, until=until)
        late = await created(payments, clock, count)
        rest = await all_after(payments, since, until, first.next)

        listed = [one.id for one in (*first.intents, *rest)]
        assert len(first.intents) <= MOST_LISTED_AT_ONCE
        assert listed == [one.id for one in reversed(made)]
        assert late.id not in listed

    async def test_a_window_in_the_past_is_found_behind_a_page_of_newer_ones(
        self, payments: Payments, clock: MovableClock
    ) -> None:
        old = await created(payments, clock, 0)
        clock.move(3600)
        for number in range(1, MOST_LISTED_AT_ONCE + 3):
            await created(payments, clock, number)

        found = await all_after(payments, old.created_at - DAY, old.created_at + DAY / 48, "")

        assert [one.id for one in found] == [old.id]


async def created(payments: Payments, clock: MovableClock, number: int) -> Intent:
    """An intent that is two seconds older than the next."""
    metadata = {"order_id": f"o{number}", "user_id": "u1"}
    intent = await payments.create_intent(PRICE, key=f"o{number}:intent", metadata=metadata)
    clock.move(2)
    return intent


async def all_after(
    payments: Payments, since: datetime, until: datetime, cursor: str
) -> list[Intent]:
    """Every intent of the window from that cursor on."""
    found: list[Intent] = []
    for _ in range(10):
        page = await payments.list_intents(since=since, until=until, cursor=cursor)
        found += page.intents
        cursor = page.next
        if not cursor:
            return found
    raise AssertionError("the list does not end")
