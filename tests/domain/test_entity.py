"""Entities: documents with a version that carry through what they do not know."""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from domain.entity import Audited, Entity
from domain.money import Amount, Amounts, Money


class Price(Amounts):
    """A price."""

    amount: Amount


class Box(Entity):
    """A kind of its first release."""

    kind: ClassVar[str] = "box"
    container: ClassVar[str] = "Orders"
    partition_field: ClassVar[str] = "user_id"

    user_id: str
    name: str
    price: Price | None = None
    packed_at: datetime | None = None
    tags: tuple[str, ...] = ()


class Chest(Box):
    """The box of a later release, whose ``name`` is ``title``."""

    schema_version: ClassVar[int] = 2

    title: str

    @classmethod
    def lifted(cls, document: dict[str, Any]) -> dict[str, Any]:
        return document | {"title": document["name"].title()}


BOX = Box(
    id="b",
    user_id="u-1",
    name="grün ✓",
    price=Price.model_validate({"currency": "EUR", "amount": 1199.95}),
    packed_at=datetime(2026, 1, 25, 10, 30, tzinfo=UTC),
    tags=("a", "b"),
)


def test_the_text_is_the_document() -> None:
    assert json.loads(BOX.json_text()) == BOX.document()
    assert list(BOX.document())[:3] == ["kind", "schema_version", "id"]


def test_an_entity_comes_back_from_its_text_and_from_its_document() -> None:
    from_text = Box.of_json(BOX.json_text(), "7")
    from_document = Box.of_document(BOX.document(), "7")

    assert from_text.price == Price(currency="EUR", amount=Money(119995, "EUR"))
    assert from_text.model_dump() == from_document.model_dump() == BOX.model_dump()
    assert (from_text.version, from_document.version, BOX.version) == ("7", "7", None)


def test_what_was_stored_is_remembered_through_changes() -> None:
    from_text = Box.of_json(BOX.json_text(), "7").but(name="other")
    from_document = Box.of_document(BOX.document(), "7").but(name="other")

    assert from_text.stored == from_document.stored == BOX.document()
    assert BOX.stored is None
    assert BOX.at("1", BOX.document()).stored == BOX.document()


def test_unknown_fields_are_carried_through() -> None:
    newer = {**BOX.document(), "colour": {"name": "red"}}

    for box in (Box.of_json(json.dumps(newer), "1"), Box.of_document(newer, "1")):
        assert box.but(name="other").document() == {**newer, "name": "other"}


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_an_older_document_is_lifted(separators: tuple[str, str]) -> None:
    text = json.dumps(BOX.document(), separators=separators)

    for chest in (Chest.of_json(text, "1"), Chest.of_document(BOX.document(), "1")):
        assert chest.title == "Grün ✓"
        assert chest.document()["schema_version"] == 2
        assert Chest.of_json(chest.json_text(), "2").title == "Grün ✓"


def test_an_older_document_of_the_same_shape_needs_no_lifting() -> None:
    class Crate(Box):
        schema_version: ClassVar[int] = 2

    assert Crate.of_json(BOX.json_text(), "1").name == BOX.name


def test_a_newer_document_is_read_as_it_is() -> None:
    newer = Chest(id="b", user_id="u-1", name="n", title="t").json_text()

    assert Box.of_json(newer, "1").document()["title"] == "t"


def test_its_partition_is_the_value_of_its_partition_field() -> None:
    assert BOX.partition == "u-1"


def test_kinds_are_audited_when_they_say_so() -> None:
    assert (Box.audited, Audited.audited) == (False, True)
