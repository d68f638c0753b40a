"""The documents beside an entity, in each container."""

import pytest

from domain.companions import (
    MARKER_TTL_SECONDS,
    OUTBOX_TTL_SECONDS,
    AuditRecord,
    Marker,
    Outbox,
    beside,
)
from domain.containers import PARTITION_KEYS
from domain.entity import Entity
from domain.events import Event
from tests.domain.samples import NOON

DAY = 24 * 3600


@pytest.mark.parametrize("kind", [Outbox, Marker, AuditRecord])
@pytest.mark.parametrize("container", PARTITION_KEYS)
def test_a_companion_lies_in_its_container_under_its_key(
    kind: type[Entity], container: str
) -> None:
    made = beside(kind, container)

    assert (made.kind, made.container) == (kind.kind, container)
    assert made.partition_field == PARTITION_KEYS[container]
    assert PARTITION_KEYS[container] in made.model_fields
    assert beside(kind, container) is made


def test_a_companion_has_the_partition_of_what_it_stands_beside() -> None:
    mark = beside(Marker, "Inventory").model_validate({"id": "in:orders:e-1", "sku": "MUG"})

    assert mark.partition == "MUG"


def test_an_outbox_keeps_events_whole_and_is_unsent_at_first() -> None:
    event = Event(
        event_id="e-1",
        event_type="OrderCompleted",
        timestamp=NOON,
        subject="o-1",
        sequence=3,
        data={"completed_at": None},
        correlation_id="c-1",
        causation_id="r-1",
    )
    body = {
        "id": "out:e-1",
        "user_id": "g-1",
        "key": "o-1",
        "sequence": 3,
        "events": (event,),
        "created_at": NOON,
    }
    outbox = beside(Outbox, "Orders").model_validate(body)

    again = beside(Outbox, "Orders").of_json(outbox.json_text(), "1")

    assert again.events == (event,)
    assert again.sent_at is None
    assert "sent_at" not in outbox.document()
    assert outbox.document()["created_at"] == "2026-01-25T12:00:00.000000Z"


def test_replay_and_dedupe_outlive_the_hubs_by_a_day() -> None:
    assert (OUTBOX_TTL_SECONDS, MARKER_TTL_SECONDS) == (8 * DAY, 8 * DAY)
