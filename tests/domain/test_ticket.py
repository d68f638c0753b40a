"""A ticket's life, its number and what is told of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Trace
from domain.errors import Refusal
from domain.ticket import (
    ENDED,
    KEPT_FOR_STAFF,
    MOST_MESSAGES,
    TRANSITIONS,
    ResolutionTooEarly,
    Ticket,
    TicketClosed,
    TicketErased,
    TicketFull,
    TicketStatus,
    TicketUnassigned,
    WrongStatus,
)
from domain.ticket_message import Words

NOON = datetime(2026, 1, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
TRACE = Trace(correlation_id="c-1", causation_id="r-1", traceparent="00-1")
STATUSES = get_args(TicketStatus.__value__)

type Deed = Callable[[Ticket, datetime], Ticket]


def a_ticket(**but: Any) -> Ticket:
    """What a customer has just asked."""
    whole = {
        "id": "7K3MPX9Q",
        "ticket_id": "7K3MPX9Q",
        "ticket_number": "HPH-T-2026-7K3M-PX9Q",
        "user_id": "u-1",
        "type": "delivery",
        "subject": "Where is it?",
        "description": "It should have been here.",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Ticket.model_validate(whole | but)


def said(text: str = "Hello", at: datetime = LATER) -> Words:
    return Words(message_id="message:1", author_id="somebody", text=text, at=at)


def moving(status: TicketStatus, resolution: str) -> Deed:
    return lambda ticket, at: ticket.moved(status, at, resolution)


DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.sampled_from(STATUSES).map(lambda status: moving(status, "")),
    st.sampled_from(STATUSES).map(lambda status: moving(status, "It was sent again.")),
    st.sampled_from(("s-1", "s-2")).map(lambda who: lambda ticket, at: ticket.assigned(who, at)),
    st.just(lambda ticket, at: ticket.replied(said(at=at))[0]),
    st.booleans().map(
        lambda note: lambda ticket, at: ticket.responded(said(at=at), is_internal=note)[0]
    ),
    st.just(lambda ticket, at: ticket.anonymised(at)),
)


@given(st.lists(DEEDS, max_size=30))
def test_whatever_is_done_the_ticket_stays_in_order(deeds: list[Deed]) -> None:
    """Each step is one of the table's, or none; nobody works on what nobody has; only what is over is resolved."""
    ticket = a_ticket()
    for minute, deed in enumerate(deeds):
        before = ticket
        try:
            ticket = deed(before, NOON + timedelta(minutes=minute))
        except Refusal:
            continue
        assert ticket.status == before.status or ticket.status in TRANSITIONS[before.status]
        assert (ticket.status == "new") == (ticket.assigned_to == "")
        assert (ticket.resolved_at is not None) == (ticket.status in ENDED)
        assert not ticket.resolution or ticket.status in ENDED
        assert before.message_count <= ticket.message_count <= before.message_count + 1
        assert ticket.updated_at >= before.updated_at
        assert not before.is_anonymous or not (ticket.subject + ticket.resolution)


@given(st.lists(DEEDS, max_size=12), DEEDS)
def test_what_is_done_twice_moves_nothing_twice(deeds: list[Deed], deed: Deed) -> None:
    """Status, person and resolution are where they were after the first time."""
    ticket = a_ticket()
    for each in (*deeds, deed):
        try:
            ticket = each(ticket, LATER)
        except Refusal:
            continue
    once = ticket
    try:
        twice = deed(once, LATER)
    except Refusal:
        return

    assert set(twice.changed_since(once)) <= {"message_count"}


def test_the_way_of_a_ticket() -> None:
    ticket = a_ticket().assigned("s-1", NOON)
    assert (ticket.status, ticket.assigned_to) == ("assigned", "s-1")

    ticket = ticket.moved("in_progress", NOON).assigned("s-2", LATER)
    assert (ticket.status, ticket.assigned_to) == ("in_progress", "s-2")

    ticket = ticket.moved("resolved", LATER, "Sent again.")
    assert (ticket.status, ticket.resolution, ticket.resolved_at) == (
        "resolved",
        "Sent again.",
        LATER,
    )

    closed = ticket.moved("closed", LATER + timedelta(days=1))
    assert (closed.status, closed.resolution, closed.resolved_at) == (
        "closed",
        "Sent again.",
        LATER,
    )


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("wanted", STATUSES)
def test_only_the_table_says_where_a_ticket_may_go(
    status: TicketStatus, wanted: TicketStatus
) -> None:
    ticket = a_ticket(status=status, assigned_to="s-1")

    if wanted in TRANSITIONS[status] | {status}:
        assert ticket.moved(wanted, LATER).status == wanted
    else:
        with pytest.raises(WrongStatus) as refused:
            ticket.moved(wanted, LATER)
        assert refused.value.facts == {"status": status, "allowed": sorted(TRANSITIONS[status])}


def test_nobody_starts_on_a_ticket_that_nobody_has() -> None:
    with pytest.raises(TicketUnassigned):
        a_ticket().moved("assigned", LATER)


def test_a_resolution_waits_until_it_is_resolved() -> None:
    with pytest.raises(ResolutionTooEarly):
        a_ticket(status="assigned", assigned_to="s-1").moved("in_progress", LATER, "Sent again.")


def test_another_resolution_replaces_the_first() -> None:
    ticket = a_ticket(status="resolved", assigned_to="s-1", resolution="Sent.", resolved_at=NOON)

    assert ticket.moved("resolved", LATER) == ticket
    again = ticket.moved("resolved", LATER, "Sent again.")
    assert (again.resolution, again.resolved_at, again.updated_at) == ("Sent again.", NOON, LATER)


def test_the_customers_reply_opens_what_was_resolved() -> None:
    ticket = a_ticket(status="resolved", assigned_to="s-1", resolution="Sent.", resolved_at=NOON)

    after, message = ticket.replied(said("It is not here."))

    assert (after.status, after.resolution, after.resolved_at) == ("in_progress", "", None)
    assert (message.author_type, message.message, message.sequence) == (
        "customer",
        "It is not here.",
        1,
    )
    assert (message.user_id, message.is_internal, after.message_count) == ("u-1", False, 1)


def test_only_an_answer_is_the_first_response() -> None:
    noted, note = a_ticket().responded(said(), is_internal=True)
    answered, answer = noted.responded(said(), is_internal=False)
    again, _ = answered.responded(said(at=LATER + timedelta(days=1)), is_internal=False)

    assert (note.is_internal, noted.first_response_at) == (True, None)
    assert (answer.is_internal, answered.first_response_at, answer.sequence) == (False, LATER, 2)
    assert again.first_response_at == LATER


def test_a_closed_ticket_stays_as_it_is() -> None:
    ticket = a_ticket(status="closed", assigned_to="s-1")

    for deed in (
        lambda: ticket.replied(said()),
        lambda: ticket.responded(said(), is_internal=True),
        lambda: ticket.assigned("s-2", LATER),
    ):
        with pytest.raises(TicketClosed):
            deed()


def test_the_customer_leaves_room_for_staff() -> None:
    ticket = a_ticket(message_count=MOST_MESSAGES - KEPT_FOR_STAFF)

    with pytest.raises(TicketFull):
        ticket.replied(said())
    assert ticket.responded(said(), is_internal=False)[0].message_count == 61
    with pytest.raises(TicketFull):
        a_ticket(message_count=MOST_MESSAGES).responded(said(), is_internal=True)


def test_of_who_has_left_nothing_is_said_any_more() -> None:
    ticket = a_ticket(status="in_progress", assigned_to="s-1").anonymised(LATER)
    _, message = a_ticket().replied(said())

    assert (ticket.subject, ticket.description, ticket.is_anonymous) == ("", "", True)
    assert message.anonymised().message == ""
    assert ticket.moved("resolved", LATER).status == "resolved"
    for deed in (
        lambda: ticket.replied(said()),
        lambda: ticket.responded(said(), is_internal=True),
        lambda: ticket.moved("resolved", LATER, "Sent to A Shopper."),
    ):
        with pytest.raises(TicketErased):
            deed()


@pytest.mark.parametrize(
    ("status", "changed", "type_"),
    [
        ("new", (), "TicketCreated"),
        ("assigned", ("status", "assigned_to"), "TicketUpdated"),
        ("resolved", ("status", "resolution"), "TicketResolved"),
        ("resolved", ("message_count",), "TicketUpdated"),
        ("closed", ("status",), "TicketUpdated"),
    ],
)
def test_what_is_told_of_a_ticket(
    status: TicketStatus, changed: tuple[str, ...], type_: str
) -> None:
    ticket = a_ticket(status=status, sequence=3, order_id="7K3MPX9QW2ZD")

    told, event = ticket.telling(changed, trace=TRACE, at=LATER)

    assert (event.event_type, event.hub, event.subject) == (type_, "support-events", "7K3MPX9Q")
    assert told.sequence == event.sequence == 4
    assert event.data == {
        "order_id": "7K3MPX9QW2ZD",
        "ticket_id": "7K3MPX9Q",
        "ticket_number": "HPH-T-2026-7K3M-PX9Q",
        "user_id": "u-1",
        "type": "delivery",
        "priority": "normal",
        "status": status,
        "changed": list(changed),
    }
    assert (event.correlation_id, event.causation_id, event.traceparent) == ("c-1", "r-1", "00-1")


def test_a_ticket_about_no_order_tells_of_none() -> None:
    assert "order_id" not in a_ticket().telling(trace=TRACE, at=LATER)[1].data


def test_the_words_of_a_ticket_are_personal() -> None:
    assert Ticket.audited
    assert Ticket.personal == {"subject", "description", "resolution"}
