"""The line of a ticket in the staff's list."""

from domain.ticket_listing import line_of, view_partition
from tests.domain.test_ticket import a_ticket


def test_a_line_of_the_list_says_what_the_ticket_says() -> None:
    ticket = a_ticket(assigned_to="s-1", status="assigned", order_id="O", message_count=2)

    line = line_of(ticket.but(sequence=7))

    assert (line.id, line.user_id, line.owner) == ("7K3MPX9Q", "~view:2026", "u-1")
    assert view_partition(2027) == "~view:2027"
    names = ("ticket_number", "type", "priority", "status", "subject", "order_id")
    for name in (*names, "assigned_to", "message_count", "created_at", "updated_at"):
        assert getattr(line, name) == getattr(ticket, name)
    assert line.sequence == 7
