"""What the store keeps of an entity, and what it gives back."""

import json
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.entity import Audited, Command, Entity, Value

JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
UNKNOWN_FIELDS = st.dictionaries(st.text("xyz", min_size=1), JSON, max_size=4)


class Part(Value):
    size: int


class Thing(Entity):
    kind: ClassVar[str] = "thing"
    container: ClassVar[str] = "Things"
    partition_field: ClassVar[str] = "shelf"

    shelf: int
    part: Part | None = None


class NewThing(Thing):
    """Of a later release: ``part`` was called ``piece`` before."""

    schema_version: ClassVar[int] = 2

    @classmethod
    def lifted(cls, document: dict[str, Any]) -> dict[str, Any]:
        return {"part" if name == "piece" else name: value for name, value in document.items()}


class Ask(Command):
    name: str


THING = Thing(id="t-1", shelf=3, part=Part(size=2))
TEXT = '{"kind":"thing","schema_version":1,"id":"t-1","shelf":3,"part":{"size":2}}'


def test_a_new_entity_has_no_version_and_was_not_stored() -> None:
    assert (THING.version, THING.stored, THING.partition) == (None, None, "3")


def test_the_document_begins_with_kind_and_schema() -> None:
    assert THING.json_text() == TEXT
    assert THING.document() == json.loads(TEXT)


@pytest.mark.parametrize("read", ["json", "document", "spaced json"])
def test_an_entity_read_remembers_version_and_document(read: str) -> None:
    if read == "document":
        thing = Thing.of_document(json.loads(TEXT), "v7")
    else:
        thing = Thing.of_json(TEXT if read == "json" else TEXT.replace(",", ", "), "v7")

    assert thing.document() == THING.document()
    assert (thing.version, thing.stored) == ("v7", json.loads(TEXT))


def test_a_change_keeps_the_version_that_was_read() -> None:
    read = Thing.of_json(TEXT, "v7")

    changed = read.but(shelf=4)

    assert (changed.shelf, changed.version, changed.stored) == (4, "v7", json.loads(TEXT))
    assert read.shelf == 3


def test_an_older_shape_is_lifted() -> None:
    old = {"kind": "thing", "schema_version": 1, "id": "t-1", "shelf": 3, "piece": {"size": 2}}

    thing = NewThing.of_json(json.dumps(old), "v1")

    assert thing.part == Part(size=2)
    assert json.loads(thing.json_text()) == json.loads(TEXT) | {"schema_version": 2}
    assert thing.stored == old


def test_a_kind_with_one_shape_lifts_nothing() -> None:
    assert Thing.lifted({"id": "t-1"}) == {"id": "t-1"}


@given(UNKNOWN_FIELDS)
def test_fields_of_another_release_are_carried_through(unknown: dict[str, Any]) -> None:
    """Reading, changing and writing an entity leaves every field that it does not know as it was."""
    written = json.loads(TEXT) | unknown | {"part": {"size": 2} | unknown}

    for thing in (Thing.of_json(json.dumps(written), "v1"), Thing.of_document(written, "v1")):
        assert thing.but(shelf=4).document() == written | {"shelf": 4}
        assert json.loads(thing.but(shelf=4).json_text()) == written | {"shelf": 4}


def test_a_part_is_frozen() -> None:
    with pytest.raises(ValidationError):
        THING.shelf = 4  # type: ignore[misc]  # that it is refused is the point


def test_a_command_is_strict_and_trims() -> None:
    assert Ask(name="  mug ").name == "mug"
    with pytest.raises(ValidationError):
        Ask.model_validate({"name": "mug", "colour": "red"})


def test_only_audited_kinds_carry_a_head() -> None:
    assert (Thing.audited, Audited.audited) == (False, True)
    assert "audit_head" not in Thing.model_fields
    assert Audited.model_fields["audit_head"].default is None
