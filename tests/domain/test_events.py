"""The envelope of an event, and the seven hubs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import GROUPS_BY_HUB, HUB_OF, TYPES_BY_HUB, Event, event_id
from tests.domain.samples import NOON

NAMES = st.text("abc-", min_size=1, max_size=5)
CAUSES = st.text("abc:-", max_size=8)


def event(type_: str) -> Event:
    return Event(
        event_id="e-1",
        event_type=type_,
        timestamp=NOON,
        subject="o-1",
        data={"order_id": "o-1"},
        correlation_id="c-1",
        causation_id="r-1",
    )


def test_every_type_has_exactly_one_hub() -> None:
    assert len(HUB_OF) == sum(len(types) for types in TYPES_BY_HUB.values()) == 31
    assert HUB_OF["ShipmentScheduled"] == "shipping-events"
    assert event("RefundProcessed").hub == "payment-events"


def test_a_type_that_is_not_ours_has_no_hub() -> None:
    with pytest.raises(KeyError):
        assert event("Earthquake").hub


def test_every_hub_has_groups_of_ours() -> None:
    assert GROUPS_BY_HUB.keys() == TYPES_BY_HUB.keys()
    assert all("views" in groups for groups in GROUPS_BY_HUB.values())


def test_the_envelope_is_what_agents_read() -> None:
    assert json.loads(event("OrderCreated").model_dump_json()) == {
        "event_id": "e-1",
        "event_type": "OrderCreated",
        "event_version": "1.0",
        "schema_version": "1.0",
        "timestamp": "2026-01-25T12:00:00Z",
        "source": "holiday-peak-hub",
        "subject": "o-1",
        "sequence": 0,
        "data": {"order_id": "o-1"},
        "correlation_id": "c-1",
        "causation_id": "r-1",
        "traceparent": "",
    }


def test_an_event_of_another_release_keeps_its_fields() -> None:
    body = event("OrderCreated").model_dump_json()[:-1] + ',"colour":"red"}'

    assert Event.model_validate_json(body).model_dump()["colour"] == "red"


def test_the_id_of_an_event_never_changes_between_releases() -> None:
    known = "1ed4d733-5814-537d-b4d4-2bebdbdf82fa"

    assert event_id("orders", "e-1", "OrderCancelled") == known


@given(st.tuples(NAMES, CAUSES, NAMES), st.tuples(NAMES, CAUSES, NAMES))
def test_an_id_stands_for_its_cause(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """The same consumer, cause and type give the same id; another one gives another."""
    assert (event_id(*one) == event_id(*other)) == (one == other)


def test_one_cause_may_have_several_events_of_a_type() -> None:
    assert event_id("orders", "e-1", "T", 0) != event_id("orders", "e-1", "T", 1)
    assert event_id("orders", "e-1", "T") == event_id("orders", "e-1", "T", 0)
