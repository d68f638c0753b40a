"""An event that could not be applied."""

from domain.dead_letter import DeadLetter
from tests.domain.samples import NOON


def test_a_parked_event_lies_under_its_hub_and_its_body_is_personal() -> None:
    letter = DeadLetter(
        id="orders:e-1",
        hub="order-events",
        group="orders",
        event_id="e-1",
        reason="unreadable",
        detail="no JSON",
        body="{",
        attempts=1,
        parked_at=NOON,
    )

    assert (letter.partition, letter.event_type, letter.replayed_at) == ("order-events", "", None)
    assert letter.personal == {"body"}
    assert letter.document()["parked_at"] == "2026-01-25T12:00:00.000000Z"
