"""The contract of the events, its document, and what was promised once."""

import json
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from domain.events import HUB_OF, Event
from tools.contracts.__main__ import main
from tools.contracts.check import faults
from tools.contracts.document import document, published_on
from tools.contracts.payloads import PUBLISHED

SAMPLES: Final = Path(__file__).parent / "samples"
"""An event of each type as it was published at version 1.0. They stay as they are."""

TYPES: Final = sorted(PUBLISHED)


def sample(type_: str) -> dict[str, Any]:
    """The sample, as its JSON says it."""
    body: dict[str, Any] = json.loads((SAMPLES / f"{type_}.json").read_text("utf-8"))
    return body


def event_with(type_: str, **data: Any) -> Event:
    """The sample with other values in ``data``."""
    body = sample(type_)
    return Event.model_validate(body | {"data": body["data"] | data})


def validator(type_: str) -> jsonschema_rs.Draft202012Validator:
    """What the document says of a message of that type."""
    there = document()
    payload = there["components"]["messages"][type_]["payload"]
    return jsonschema_rs.Draft202012Validator(payload | {"components": there["components"]})


def test_the_committed_documents_are_current() -> None:
    assert main(["--check"]) == 0


def test_what_is_out_of_date_is_named_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("events.md", "asyncapi.json"):
        (tmp_path / name).write_text("old", "utf-8")

    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().out.count("is out of date") == 2
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


def test_every_type_is_published_on_one_hub() -> None:
    channels = document()["channels"]

    assert [type_ for hub in channels for type_ in published_on(hub)] == list(PUBLISHED)
    assert all(type_ in channels[HUB_OF[type_]]["messages"] for type_ in PUBLISHED)


def test_there_is_a_sample_of_every_type() -> None:
    assert sorted(path.stem for path in SAMPLES.glob("*.json")) == TYPES


@pytest.mark.parametrize("type_", TYPES)
def test_what_was_promised_once_is_still_promised(type_: str) -> None:
    event = event_with(type_)

    assert event.event_version == "1.0"
    assert list(faults(event)) == []
    validator(type_).validate(sample(type_))


@pytest.mark.parametrize("type_", TYPES)
def test_the_document_lets_fields_be_added_and_none_be_left_out(type_: str) -> None:
    body, promised = sample(type_), PUBLISHED[type_].model_fields
    needed = [name for name, field in promised.items() if field.is_required()]

    validator(type_).validate(body | {"later": 1, "data": body["data"] | {"later": 1}})
    for name in needed:
        without = {key: value for key, value in body["data"].items() if key != name}
        with pytest.raises(jsonschema_rs.ValidationError, match=name):
            validator(type_).validate(body | {"data": without})


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (event_with("OrderCreated", items=[]), "data.items: Tuple should have at least 1 item"),
        (event_with("OrderCreated", coupon="X"), "data.coupon: Extra inputs are not permitted"),
        (event_with("PaymentProcessed", amount="84.28 USD"), "data.amount: Input should be"),
        (event_with("PaymentFailed", reason="unlucky"), "data.reason: Input should be"),
        (event_with("StockLevelChanged", delta=1.5), "data.delta: Input should be"),
        (event_with("OrderUpdated", order_number="HPH-1"), "data.order_number: String should"),
    ],
)
def test_a_broken_promise_is_named_with_its_field(event: Event, fault: str) -> None:
    (told,) = faults(event)

    assert told.startswith(f"{event.event_type} {event.event_id}: {fault}")


def test_a_type_that_nobody_publishes_is_named() -> None:
    event = event_with("OrderCreated").model_copy(update={"event_type": "OrderDreamt"})

    assert list(faults(event)) == [
        f"OrderDreamt {event.event_id}: the type is not one that the shop publishes"
    ]
