"""What is said on a ticket."""

from domain.ticket_message import Words, message_id_of
from tests.domain.samples import NOON
from tests.domain.test_ticket import a_ticket


def test_a_message_keeps_its_place_and_loses_its_words() -> None:
    _, message = a_ticket(message_count=4).replied(Words("message:1", "u-1", "A secret", NOON))

    gone = message.anonymised()

    assert (gone.message, gone.sequence, gone.author_type) == ("", 5, "customer")
    assert message_id_of("o") == "message:o"
